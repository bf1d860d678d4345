package io.contextkeep.ontology.records;

import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.DataRight;
import io.contextkeep.ontology.LegalBasis;
import io.contextkeep.ontology.Urns;
import io.contextkeep.ontology.Vocabulary;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The second form: a reader finds each mandatory field by the words that the DPV-27560 profile has
 * for it. Where the profile's guide names two words for one field of an event (section 7.2 {@code
 * dct:date}, {@code dct:valid} and {@code dpv:isImplementedByEntity}, section 8.5 {@code
 * dpv:isIndicatedAtTime}, {@code dpv:hasDuration} and {@code dpv:isIndicatedBy}), both are there
 * and say the same.
 */
final class FormV2 {
  /** The default data source: the controller's systems, unless a notice states another. */
  private static final List<String> DATA_SOURCES = List.of("dpv:DataControllerDataSource");

  /** The profile's default. */
  private static final String NECESSITY = "dpv:Required";

  private FormV2() {}

  static Document of(ConsentReceipt receipt) {
    String id = "urn:contextkeep:receipt:" + receipt.number();
    Document document =
        new Document(Context.RECORDS_2, id, "dpv:ConsentReceipt")
            .with(Word.CONFORMS_TO, "dpv-27560:receipt-eu-gdpr")
            .with(Word.CONFORMS_TO, "ck:receipt-2")
            .with(Word.IDENTIFIER, id)
            .with(Word.CREATED, receipt.created().toString())
            .with(Word.ISSUER, receipt.issuer());
    receipt.consents().forEach(consent -> document.with(Word.RECORD, record(consent)));
    return document;
  }

  static Document of(NoticeReceipt receipt) {
    Notice notice = receipt.notice();
    String id = "urn:contextkeep:notice-receipt:" + notice.reference();
    Document process = process(id + ":process", notice);
    notice.purposes().forEach(purpose -> process.with(Word.PURPOSE, purpose.curie()));
    notice.recipients().forEach(recipient -> process.with(Word.RECIPIENT, party(recipient)));
    return new Document(Context.RECORDS_2, id, "ck:NoticeReceipt")
        .with(Word.CONFORMS_TO, "dpv-27560:receipt")
        .with(Word.CONFORMS_TO, "ck:notice-receipt-2")
        .with(Word.IDENTIFIER, id)
        .with(Word.CREATED, receipt.created().toString())
        .with(Word.ISSUER, receipt.issuer())
        .with(Word.NOTICE, FormV1.notice(notice, receipt.text()))
        .with(Word.PROCESS, process);
  }

  /** Returns the record of a consent, named after its first event. */
  private static Document record(Consent consent) {
    ConsentEvent last = consent.last();
    boolean whole = consent.notice().isPresent();
    String id = "urn:contextkeep:record:" + consent.first().id();
    String subject = last.subject().toString();
    Document record =
        new Document(id, whole ? "dpv:ConsentRecord" : "ck:RefusalRecord")
            .with(Word.CONFORMS_TO, "dpv-27560:record-eu-gdpr")
            .with(Word.CONFORMS_TO, whole ? "ck:record-2" : "ck:refusal-2")
            .with(Word.IDENTIFIER, id)
            .with(
                Word.DATA_SUBJECT,
                new Document(Urns.subject(last.subject()), "dpv:DataSubject")
                    .with(Word.IDENTIFIER, subject)
                    .with(Word.ENTITY_ID, subject));
    consent
        .notice()
        .ifPresent(
            notice ->
                record.with(
                    Word.NOTICE,
                    FormV1.notice(
                        notice, notice.text(Optional.of(last.language())).orElseThrow())));
    record.with(Word.PROCESS, process(id + ":process", consent));
    consent
        .events()
        .forEach(event -> record.with(Word.CONSENT_EVENT, event(event, consent.notice())));
    return record;
  }

  private static Document process(String id, Consent consent) {
    ConsentEvent last = consent.last();
    String recipient = Urns.recipient(last);
    Document process =
        consent
            .notice()
            .map(notice -> process(id, notice))
            .orElseGet(() -> new Document(id, "ck:RefusedProcess"))
            .with(Word.PURPOSE, last.purpose().curie());
    consent.notice().stream()
        .flatMap(notice -> notice.recipients().stream())
        .filter(party -> party.id().equals(recipient))
        .findFirst()
        .ifPresentOrElse(
            party -> process.with(Word.RECIPIENT, party(party)),
            () -> process.with(Word.RECIPIENT, recipient));
    return process;
  }

  private static Document process(String id, Notice notice) {
    Notice.Particulars particulars = notice.particulars();
    List<String> sources = particulars.dataSources();
    return new Document(id, "dpv:Process")
        .with(Word.LEGAL_BASIS, FormV1.CONSENT)
        .with(Word.PERSONAL_DATA, FormV1.curies(notice.categories()))
        .with(
            Word.SPECIAL_CATEGORY,
            notice.categories().stream()
                .filter(DataCategory::isSpecial)
                .map(DataCategory::curie)
                .toList())
        .with(Word.NECESSITY, particulars.necessity().orElse(NECESSITY))
        .with(Word.DATA_SOURCE, sources.isEmpty() ? DATA_SOURCES : sources)
        .with(Word.PROCESSING, FormV1.PROCESSING)
        .with(
            Word.STORAGE,
            new Document(id + ":location", "dpv:StorageLocation")
                .with(Word.LOCATION, notice.locations()))
        .with(Word.STORAGE, retention(id + ":retention", notice))
        .with(Word.CONTROLLER, party(notice.controller()))
        .with(Word.AUTHORITY, authority(id + ":authority", notice))
        .with(
            Word.WITHDRAWAL,
            new Document(id + ":withdrawal", "dpv:WithdrawConsent")
                .with(Word.EXERCISED_AT, notice.withdrawAt().toString()))
        .with(Word.JURISDICTION, notice.jurisdictions())
        .with(
            Word.RIGHT,
            LegalBasis.parse(FormV1.CONSENT).orElseThrow().rights().stream()
                .map(DataRight::curie)
                .toList());
  }

  private static Document retention(String id, Notice notice) {
    return new Document(id, "dpv:StorageDuration")
        .with(
            Word.DURATION,
            new Document(id + ":duration", "dpv:TemporalDuration")
                .with(Word.LENGTH, notice.retention()));
  }

  private static Document authority(String id, Notice notice) {
    Document document =
        new Document(id, "dpv:DataProtectionAuthority")
            .with(Word.JURISDICTION, notice.jurisdictions());
    notice
        .particulars()
        .authority()
        .ifPresent(
            authority ->
                document
                    .with(Word.NAME, authority.name())
                    .with(Word.ADDRESS, authority.address())
                    .with(Word.CONTACT, authority.contact()));
    return document;
  }

  private static Document party(Party party) {
    return party.document().with(Word.ENTITY_ID, party.id());
  }

  private static Document event(ConsentEvent event, Optional<Notice> notice) {
    Document entity = FormV1.entity(event, notice);
    return new Document(
            Urns.consent(event), notice.isPresent() ? "ck:ConsentEvent" : "ck:RefusalEvent")
        .also(event.status().curie())
        .with(Word.LEGAL_BASIS, Vocabulary.consentType(event.explicit()))
        .with(Word.STATE, event.status().curie())
        .with(Word.AT, event.at().toString())
        .with(Word.DATE, event.at().toString())
        .with(Word.DURATION, duration(event))
        .with(Word.VALID, validity(event))
        .with(Word.BY, entity)
        .with(Word.IMPLEMENTED_BY, entity.id())
        .with(Word.METHOD, Urns.method(event))
        .with(Word.NOTICE, Urns.notice(event))
        .with(Word.LANGUAGE, event.language());
  }

  /**
   * Returns the duration: consent without an end lasts until it is withdrawn; other events last.
   */
  private static Document duration(ConsentEvent event) {
    String id = Urns.duration(event);
    Instant expires = event.expiresAt();
    if (expires != null) {
      return new Document(id, "dpv:UntilTimeDuration").with(Word.END, expires.toString());
    }
    return event.status().allows()
        ? new Document(id, "dpv:UntilEventDuration").with(Word.END_EVENT, "Withdrawal of consent")
        : new Document(id, "dpv:EndlessDuration");
  }

  /** Returns the interval (ISO 8601-1), open if there is no end (ISO 8601-2). */
  private static String validity(ConsentEvent event) {
    Instant expires = event.expiresAt();
    return event.at() + "/" + (expires == null ? ".." : expires.toString());
  }
}
