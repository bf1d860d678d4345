package io.contextkeep.vault.http;

import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.consent.ConsentReceipts;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.store.ConsentLedger;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Global Privacy Control (W3C): {@code Sec-GPC: 1} on a request of a customer's is her no to
 * everybody for the sale of her data and for advertising that follows her. It is said once and
 * stays; a request without the header takes nothing back, and what she says herself later counts.
 */
final class PrivacySignal {
  static final String HEADER = "Sec-GPC";
  static final String METHOD = "gpc";
  private static final String OPT_OUT = "opt-out";

  private final Db db;
  private final ConsentLedger consents;
  private final ConsentReceipts receipts;
  private final Supplier<Set<Purpose>> saleOrSharing;
  private final InstantSource clock;

  /**
   * @param saleOrSharing the purposes that the signal is a no to, as the policy in force has them
   */
  PrivacySignal(
      Db db,
      ConsentLedger consents,
      ConsentReceipts receipts,
      Supplier<Set<Purpose>> saleOrSharing,
      InstantSource clock) {
    this.saleOrSharing = saleOrSharing;
    this.db = db;
    this.consents = consents;
    this.receipts = receipts;
    this.clock = clock;
  }

  /** Records the no if the request carries the signal and it was not heeded yet. */
  void heed(Request request, SubjectId subject, Me me) {
    if (!request.header(HEADER).equals(Optional.of("1"))) {
      return;
    }
    List<ConsentEvent> history = db.inRead(c -> consents.history(c, subject));
    saleOrSharing.get().stream()
        .filter(purpose -> history.stream().noneMatch(said -> isSignal(said, purpose)))
        .map(purpose -> no(subject, purpose, METHOD, history))
        .forEach(act -> me.change(request, subject, act));
  }

  /** The same no as the signal's, said in so many words: one act for each purpose. */
  List<Act> optOut(SubjectId subject) {
    List<ConsentEvent> history = db.inRead(c -> consents.history(c, subject));
    return saleOrSharing.get().stream()
        .map(purpose -> no(subject, purpose, OPT_OUT, history))
        .toList();
  }

  /** Since when the customer's signal is honoured, if it ever came. */
  static Optional<Instant> honouredAt(Collection<ConsentEvent> history) {
    return history.stream()
        .filter(said -> said.method().equals(METHOD))
        .map(ConsentEvent::at)
        .min(Comparator.naturalOrder());
  }

  private Act no(SubjectId subject, Purpose purpose, String method, List<ConsentEvent> history) {
    TreeSet<String> given = ConsentApi.givenTo(history, purpose, ConsentApi.EVERYONE);
    ConsentStatus status = given.isEmpty() ? ConsentStatus.REFUSED : ConsentStatus.WITHDRAWN;
    given.add(ConsentApi.EVERYONE);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return new Act(
        EntryType.WITHDRAW,
        Map.of(
            "purpose", purpose.curie(), "recipient", ConsentApi.EVERYONE, "status", status.name()),
        c ->
            receipts.append(
                c,
                given.stream()
                    .map(
                        recipient ->
                            ConsentApi.ofTheSameNotice(
                                no(subject, purpose, recipient, status, method, now), history))
                    .toList()));
  }

  private static ConsentEvent no(
      SubjectId subject,
      Purpose purpose,
      String recipient,
      ConsentStatus status,
      String method,
      Instant at) {
    return new ConsentEvent(
        0, subject, purpose, recipient, status, false, "unversioned", "und", method, at, null);
  }

  private static boolean isSignal(ConsentEvent said, Purpose purpose) {
    return said.method().equals(METHOD)
        && said.purpose().equals(purpose)
        && said.recipient().equals(ConsentApi.EVERYONE);
  }
}
