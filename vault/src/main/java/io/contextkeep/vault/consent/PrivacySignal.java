package io.contextkeep.vault.consent;

import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.Indicator;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.customers.AuditedChange;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.web.Intake;
import io.contextkeep.vault.web.Request;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * What a signal does: it is a no that is said once and stays. A signal that is absent or allows
 * takes nothing back, and what she says herself later counts.
 *
 * <p>Global Privacy Control (W3C) is one: {@code Sec-GPC: 1} on a request of a customer's is her no
 * to everybody for the sale of her data and for advertising that follows her.
 */
public final class PrivacySignal implements CustomerSession.BrowserSignal {
  static final String METHOD = "gpc";
  private static final String OPT_OUT = "opt-out";

  private final Db db;
  private final ConsentLedger consents;
  private final ConsentReceipts receipts;
  private final Supplier<Set<Purpose>> saleOrSharing;

  /**
   * A no that was signalled.
   *
   * @param method the kind of signal
   * @param by the customer, or the controller where one of its apps passes on what she said
   * @param recipient an app, or everyone
   * @param told when it says that it was said; empty where that is now
   * @param once whether a second one is no news: a signal that is sent along with everything, and
   *     does not tell when she said so, must not undo what she says later
   */
  record Signalled(
      String method,
      Indicator by,
      Set<Purpose> purposes,
      String recipient,
      Optional<Instant> told,
      boolean once) {}

  /**
   * @param saleOrSharing the purposes that an opt-out is a no to, as the policy in force has them
   */
  PrivacySignal(
      Db db,
      ConsentLedger consents,
      ConsentReceipts receipts,
      Supplier<Set<Purpose>> saleOrSharing) {
    this.saleOrSharing = saleOrSharing;
    this.db = db;
    this.consents = consents;
    this.receipts = receipts;
  }

  /** What is sale or sharing, a law says. */
  Set<Purpose> saleOrSharing() {
    return saleOrSharing.get();
  }

  Instant now() {
    return consents.now();
  }

  /** Records the no if the request carries the header and it was not heeded yet. */
  @Override
  public void heed(Request request, SubjectId subject, CustomerSession me) {
    if (!request.header(Intake.GPC).equals(Optional.of("1"))) {
      return;
    }
    Signalled gpc =
        new Signalled(
            METHOD,
            Indicator.SUBJECT,
            saleOrSharing(),
            ConsentLedger.EVERYONE,
            Optional.empty(),
            true);
    if (!db.inRead(c -> news(c, gpc, subject, now())).isEmpty()) {
      db.inWrite(c -> deny(c, request, subject, me, gpc));
    }
  }

  /** The same no as the signal's, said in so many words: one act for each purpose. */
  public List<AuditedChange> optOut(SubjectId subject) {
    Signalled no =
        new Signalled(
            OPT_OUT,
            Indicator.SUBJECT,
            saleOrSharing(),
            ConsentLedger.EVERYONE,
            Optional.empty(),
            false);
    return no.purposes().stream().map(purpose -> no(subject, purpose, no)).toList();
  }

  /**
   * Appends what of the no is news, with its entries, in the caller's transaction.
   *
   * @return the purposes to which it was said
   */
  List<Purpose> deny(
      Connection c, Request request, SubjectId subject, CustomerSession me, Signalled signalled)
      throws SQLException {
    Instant at = consents.placed(c, subject, true, signalled.told());
    List<Purpose> news = news(c, signalled, subject, at);
    for (Purpose purpose : news) {
      me.staged(c, request.actor(), subject, no(subject, purpose, signalled));
    }
    return news;
  }

  /** Who was told yes is looked up in the transaction of the no, so that it misses no yes. */
  private AuditedChange no(SubjectId subject, Purpose purpose, Signalled signalled) {
    return new AuditedChange(
        EntryType.WITHDRAW,
        c ->
            Map.of(
                "purpose", purpose.curie(),
                "recipient", signalled.recipient(),
                "status", status(signalled, given(c, subject, purpose, signalled)).name()),
        c -> receipts.append(c, noes(c, subject, purpose, signalled), signalled.told()));
  }

  private TreeSet<String> given(
      Connection c, SubjectId subject, Purpose purpose, Signalled signalled) throws SQLException {
    return consents.everGiven(c, subject, purpose, signalled.recipient());
  }

  private List<ConsentEvent> noes(
      Connection c, SubjectId subject, Purpose purpose, Signalled signalled) throws SQLException {
    TreeSet<String> recipients = given(c, subject, purpose, signalled);
    ConsentStatus status = status(signalled, recipients);
    recipients.add(signalled.recipient());
    List<ConsentEvent> events = new ArrayList<>();
    for (String recipient : recipients) {
      ConsentEvent no = no(subject, purpose, recipient, status, signalled, now());
      events.add(ConsentApi.ofTheSameNotice(no, consents.lastYes(c, subject, purpose, recipient)));
    }
    return events;
  }

  private static ConsentStatus status(Signalled signalled, Set<String> given) {
    return status(signalled, !given.isEmpty());
  }

  private List<Purpose> news(Connection c, Signalled signalled, SubjectId subject, Instant at)
      throws SQLException {
    List<Purpose> news = new ArrayList<>();
    for (Purpose purpose : new TreeSet<>(signalled.purposes())) {
      boolean isNews =
          signalled.once()
              ? !consents.signalled(c, subject, purpose, signalled.recipient(), signalled.method())
              : changes(c, no(subject, purpose, signalled, at));
      if (isNews) {
        news.add(purpose);
      }
    }
    return news;
  }

  /** Whether anything stands differently for it: so nobody can fill a history with the same no. */
  private boolean changes(Connection c, ConsentEvent no) throws SQLException {
    Optional<ConsentEvent> standing =
        consents.latest(c, no.subject(), no.purpose(), no.recipient());
    if (standing.isPresent() && consents.isOutlived(c, standing.get())) {
      return consents.latestWith(c, no).equals(Optional.of(no));
    }
    boolean denied = standing.filter(event -> event.status().denies()).isPresent();
    boolean own = standing.filter(event -> event.by() == Indicator.SUBJECT).isPresent();
    if (denied && (own || no.by() != Indicator.SUBJECT)) {
      return false;
    }
    return consents.latestWith(c, no).equals(Optional.of(no));
  }

  /** A no before any yes is a refusal; one that others pass on revokes. */
  private static ConsentStatus status(Signalled signalled, boolean given) {
    if (signalled.by() != Indicator.SUBJECT) {
      return ConsentStatus.REVOKED;
    }
    return given ? ConsentStatus.WITHDRAWN : ConsentStatus.REFUSED;
  }

  private static ConsentEvent no(
      SubjectId subject, Purpose purpose, Signalled signalled, Instant at) {
    return no(subject, purpose, signalled.recipient(), status(signalled, false), signalled, at);
  }

  private static ConsentEvent no(
      SubjectId subject,
      Purpose purpose,
      String recipient,
      ConsentStatus status,
      Signalled signalled,
      Instant at) {
    return new ConsentEvent(
        0,
        subject,
        purpose,
        recipient,
        status,
        signalled.by(),
        false,
        "unversioned",
        "und",
        signalled.method(),
        at,
        null);
  }
}
