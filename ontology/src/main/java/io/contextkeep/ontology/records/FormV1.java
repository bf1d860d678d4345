package io.contextkeep.ontology.records;

import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.DataRight;
import io.contextkeep.ontology.Indicator;
import io.contextkeep.ontology.LegalBasis;
import io.contextkeep.ontology.Sha256;
import io.contextkeep.ontology.Urns;
import io.contextkeep.ontology.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The first form: each of the 25 mandatory fields of ISO/IEC TS 27560:2023 under the property that
 * the DPV-27560 profile gives it (by its section 8.5 if the document contradicts itself).
 */
final class FormV1 {
  static final List<String> PROCESSING = List.of("dpv:Retrieve", "dpv:Use");
  static final String CONSENT = "eu-gdpr:A6-1-a";

  private FormV1() {}

  static Document of(ConsentReceipt receipt) {
    String id = "urn:contextkeep:receipt:" + receipt.number();
    Document document =
        new Document(id, "dpv:ConsentReceipt")
            .with(Word.CONFORMS_TO, "dpv-27560:receipt-eu-gdpr")
            .with(Word.CONFORMS_TO, "ck:receipt-1")
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
    notice.recipients().forEach(party -> process.with(Word.RECIPIENT, party.document()));
    return new Document(id, "ck:NoticeReceipt")
        .with(Word.CONFORMS_TO, "dpv-27560:receipt")
        .with(Word.CONFORMS_TO, "ck:notice-receipt-1")
        .with(Word.IDENTIFIER, id)
        .with(Word.CREATED, receipt.created().toString())
        .with(Word.ISSUER, receipt.issuer())
        .with(Word.NOTICE, notice(notice, receipt.text()))
        .with(Word.PROCESS, process);
  }

  /** Returns the record of a consent, named after its first event. */
  static Document record(Consent consent) {
    ConsentEvent last = consent.last();
    String id = "urn:contextkeep:record:" + consent.first().id();
    Document record =
        new Document(id, consent.notice().isPresent() ? "dpv:ConsentRecord" : "ck:RefusalRecord")
            .with(Word.CONFORMS_TO, "dpv-27560:record-eu-gdpr")
            .with(Word.CONFORMS_TO, consent.notice().isPresent() ? "ck:record-1" : "ck:refusal-1")
            .with(Word.IDENTIFIER, id)
            .with(
                Word.DATA_SUBJECT,
                new Document(Urns.subject(last.subject()), "dpv:DataSubject")
                    .with(Word.IDENTIFIER, last.subject().toString()));
    consent
        .notice()
        .ifPresent(
            notice ->
                record.with(
                    Word.NOTICE,
                    notice(notice, notice.text(Optional.of(last.language())).orElseThrow())));
    record.with(Word.PROCESS, process(id + ":process", consent));
    consent.events().forEach(event -> record.with(Word.EVENT, event(event, consent.notice())));
    return record;
  }

  static Document notice(Notice notice, Notice.Text text) {
    return new Document("urn:contextkeep:notice:" + notice.reference(), "dpv:ConsentNotice")
        .with(Word.IDENTIFIER, notice.reference())
        .with(Word.LANGUAGE, text.language())
        .with(Word.TITLE, text.title())
        .with(Word.DIGEST, digest(text));
  }

  private static Document process(String id, Consent consent) {
    ConsentEvent last = consent.last();
    Document process =
        consent
            .notice()
            .map(notice -> process(id, notice))
            .orElseGet(() -> new Document(id, "ck:RefusedProcess"));
    process.with(Word.PURPOSE, last.purpose().curie());
    String recipient = Urns.recipient(last);
    consent.notice().stream()
        .flatMap(notice -> notice.recipients().stream())
        .filter(party -> party.id().equals(recipient))
        .findFirst()
        .ifPresentOrElse(
            party -> process.with(Word.RECIPIENT, party.document()),
            () -> process.with(Word.RECIPIENT, recipient));
    return process;
  }

  private static Document process(String id, Notice notice) {
    Document process =
        new Document(id, "dpv:Process")
            .with(Word.LEGAL_BASIS, CONSENT)
            .with(Word.PERSONAL_DATA, curies(notice.categories()))
            .with(
                Word.SPECIAL_CATEGORY,
                notice.categories().stream()
                    .filter(DataCategory::isSpecial)
                    .map(DataCategory::curie)
                    .toList())
            .with(Word.PROCESSING, PROCESSING)
            .with(
                Word.STORAGE,
                new Document(id + ":location", "dpv:StorageLocation")
                    .with(Word.LOCATION, notice.locations()))
            .with(
                Word.STORAGE,
                new Document(id + ":retention", "dpv:StorageDuration")
                    .with(Word.PERIOD, notice.retention()))
            .with(Word.CONTROLLER, notice.controller().document())
            .with(
                Word.WITHDRAWAL,
                new Document(id + ":withdrawal", "dpv:WithdrawConsent")
                    .with(Word.EXERCISED_AT, notice.withdrawAt().toString()))
            .with(Word.JURISDICTION, notice.jurisdictions());
    return process.with(
        Word.RIGHT,
        LegalBasis.parse(CONSENT).orElseThrow().rights().stream().map(DataRight::curie).toList());
  }

  static List<String> curies(SortedSet<DataCategory> categories) {
    return categories.stream().map(DataCategory::curie).toList();
  }

  private static Document event(ConsentEvent event, Optional<Notice> notice) {
    return new Document(
            Urns.consent(event), notice.isPresent() ? "ck:ConsentEvent" : "ck:RefusalEvent")
        .with(Word.LEGAL_BASIS, Vocabulary.consentType(event.explicit()))
        .with(Word.STATE, event.status().curie())
        .with(Word.AT, event.at().toString())
        .with(Word.DURATION, duration(event))
        .with(Word.BY, entity(event, notice))
        .with(Word.METHOD, Urns.method(event))
        .with(Word.NOTICE, Urns.notice(event))
        .with(Word.LANGUAGE, event.language());
  }

  /**
   * Returns the duration: consent without an end lasts until it is withdrawn; other events last.
   */
  private static Document duration(ConsentEvent event) {
    Instant expires = event.expiresAt();
    String id = Urns.duration(event);
    if (expires != null) {
      return new Document(id, "dpv:UntilTimeDuration").with(Word.UNTIL, expires.toString());
    }
    return new Document(
        id, event.status().allows() ? "dpv:UntilEventDuration" : "dpv:EndlessDuration");
  }

  static Document entity(ConsentEvent event, Optional<Notice> notice) {
    String subject = Urns.subject(event.subject());
    return switch (event.by()) {
      case SUBJECT -> new Document(subject, Indicator.SUBJECT.curie());
      case GUARDIAN -> new Document(subject + ":guardian", Indicator.GUARDIAN.curie());
      case CONTROLLER ->
          new Document(
              notice.map(n -> n.controller().id()).orElse("urn:contextkeep:controller"),
              Indicator.CONTROLLER.curie());
      case AUTHORITY -> new Document("urn:contextkeep:authority", Indicator.AUTHORITY.curie());
    };
  }

  /** Returns the hash of the notice that was shown, as evidence of its content. */
  private static String digest(Notice.Text text) {
    return Sha256.hex((text.title() + "\n" + text.body()).getBytes(StandardCharsets.UTF_8));
  }
}
