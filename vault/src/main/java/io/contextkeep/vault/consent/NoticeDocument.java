package io.contextkeep.vault.consent;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.Urns;
import io.contextkeep.ontology.records.Notice;
import io.contextkeep.ontology.records.Party;
import io.contextkeep.vault.web.BodyReader;
import io.contextkeep.vault.web.InvalidField;
import io.contextkeep.vault.web.Items;
import io.contextkeep.vault.web.Nearest;
import io.contextkeep.vault.web.Text;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A notice as operators send it, as it is kept and as it is shown.
 *
 * @param retention an ISO 8601 duration
 * @param dataSources the sources of the data; without it, the controller
 * @param necessity whether the purposes need the data; without it, they do
 * @param authority the authority that takes complaints; without it, that of the jurisdictions
 */
record NoticeDocument(
    Contact controller,
    @Items(min = 1, max = 100) List<Recipient> recipients,
    @Items(min = 1, max = 100) List<Purpose> purposes,
    @Items(min = 1, max = 100) List<DataCategory> categories,
    @Items(min = 1, max = 100) List<@Text(max = 100) String> locations,
    @Text(max = 40) String retention,
    @Items(min = 1, max = 100) List<@Text(max = 100) String> jurisdictions,
    @Text(max = 500) String withdrawAt,
    @Items(min = 1, max = 100) List<Wording> texts,
    Optional<@Items(min = 1, max = 100) List<@Text(max = 100) String>> dataSources,
    Optional<@Text(max = 100) String> necessity,
    Optional<Contact> authority) {
  private static final String CONTROLLER = "urn:contextkeep:controller";
  private static final String APP = Urns.app("");
  private static final BodyReader<NoticeDocument> KEPT = BodyReader.of(NoticeDocument.class);

  NoticeDocument {
    try {
      var _ = new URI(withdrawAt);
    } catch (URISyntaxException e) {
      throw InvalidField.of("withdrawAt", "must be a URI, such as https://shop.example/privacy");
    }
    dataSources.ifPresent(all -> check("dataSources", all, Notice.Particulars.DATA_SOURCES));
    necessity.ifPresent(one -> check("necessity", List.of(one), Notice.Particulars.NECESSITIES));
  }

  private static void check(String field, List<String> terms, Set<String> known) {
    for (String term : terms) {
      if (!known.contains(term)) {
        throw InvalidField.of(
            field,
            "must be one of "
                + String.join(", ", new TreeSet<>(known))
                + Nearest.hint(term, known));
      }
    }
  }

  /** Reads a notice as it is kept. */
  static NoticeDocument read(byte[] kept) {
    return KEPT.read(kept);
  }

  /** Returns a notice as it is shown and kept. */
  static NoticeDocument of(Notice notice) {
    Notice.Particulars given = notice.particulars();
    return new NoticeDocument(
        Contact.of(notice.controller()),
        notice.recipients().stream().map(Recipient::of).toList(),
        List.copyOf(notice.purposes()),
        List.copyOf(notice.categories()),
        notice.locations(),
        notice.retention(),
        notice.jurisdictions(),
        notice.withdrawAt().toString(),
        notice.texts().stream().map(Wording::of).toList(),
        Optional.of(given.dataSources()).filter(sources -> !sources.isEmpty()),
        given.necessity(),
        given.authority().map(Contact::of));
  }

  /** Returns the notice under a name and version. */
  Notice notice(String id, int version) {
    return new Notice(
        id,
        version,
        new Party(
            CONTROLLER,
            Party.Role.CONTROLLER,
            controller.name(),
            controller.address(),
            controller.contact()),
        recipients.stream().map(Recipient::party).toList(),
        new TreeSet<>(purposes),
        new TreeSet<>(categories),
        locations,
        retention,
        jurisdictions,
        URI.create(withdrawAt),
        texts.stream().map(Wording::text).toList(),
        new Notice.Particulars(
            dataSources.orElse(List.of()).stream().distinct().toList(),
            necessity,
            authority.map(Contact::authority)));
  }

  /** An organisation and how to reach it. */
  record Contact(
      @Text(max = 200) String name,
      @Text(max = 500) String address,
      @Text(max = 200) String contact) {

    private static Contact of(Party party) {
      return new Contact(party.name(), party.address(), party.contact());
    }

    private static Contact of(Notice.Authority authority) {
      return new Contact(authority.name(), authority.address(), authority.contact());
    }

    private Notice.Authority authority() {
      return new Notice.Authority(name, address, contact);
    }
  }

  /** An app that gets the data, and the organisation behind it. */
  record Recipient(
      @Text(max = 63) String app,
      Optional<Party.Role> role,
      @Text(max = 200) String name,
      @Text(max = 500) String address,
      @Text(max = 200) String contact) {

    private static Recipient of(Party party) {
      return new Recipient(
          party.id().substring(APP.length()),
          Optional.of(party.role()),
          party.name(),
          party.address(),
          party.contact());
    }

    private Party party() {
      return new Party(Urns.app(app), role.orElse(Party.Role.RECIPIENT), name, address, contact);
    }
  }

  /** The notice in one language (BCP 47). */
  record Wording(
      @Text(max = 35) String language,
      @Text(max = 300) String title,
      @Text(max = 100_000) String body) {

    private static Wording of(Notice.Text text) {
      return new Wording(text.language(), text.title(), text.body());
    }

    private Notice.Text text() {
      return new Notice.Text(language, title, body);
    }
  }
}
