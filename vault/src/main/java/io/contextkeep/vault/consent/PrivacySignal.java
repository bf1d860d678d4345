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
 * The effect of privacy signals: persistent opt-outs. A signal that is absent or allows something
 * takes nothing back, and a later choice of the customer overrides it.
 *
 * <p>Global Privacy Control (W3C) is such a signal: {@code Sec-GPC: 1} on a customer's request opts
 * out of the sale of their data and of cross-context advertising, by every app.
 */
public final class PrivacySignal implements CustomerSession.BrowserSignal {
  static final String METHOD = "gpc";
  private static final String OPT_OUT = "opt-out";

  private final Db db;
  private final ConsentLedger consents;
  private final ConsentReceipts receipts;
  private final Supplier<Set<Purpose>> saleOrSharing;

  /**
   * An opt-out by a signal.
   *
   * @param method the kind of signal
   * @param by the customer, or the controller where one of its apps passes on the signal
   * @param recipient an app, or everyone
   * @param told the instant that the signal states; empty for now
   * @param once whether repeating it has no effect: a signal that comes with every request, and
   *     does not state when the choice was made, must not undo a later choice
   */
  record Signalled(
      String method,
      Indicator by,
      Set<Purpose> purposes,
      String recipient,
      Optional<Instant> told,
      boolean once) {}

  /**
   * @param saleOrSharing the purposes that an opt-out refuses, by the policy in force
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

  /** Returns the purposes that are sale or sharing by law. */
  Set<Purpose> saleOrSharing() {
    return saleOrSharing.get();
  }

  Instant now() {
    return consents.now();
  }

  /** Records the opt-out if the request has the header and it was not recorded before. */
  @Override
  public void applyHeader(Request request, SubjectId subject, CustomerSession me) {
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
    if (!db.inRead(c -> effective(c, gpc, subject, now())).isEmpty()) {
      db.inWrite(c -> deny(c, request, subject, me, gpc));
    }
  }

  /** Makes the same opt-out as the signal on explicit request, one for each purpose. */
  public List<AuditedChange> optOut(SubjectId subject) {
    Signalled optOut =
        new Signalled(
            OPT_OUT,
            Indicator.SUBJECT,
            saleOrSharing(),
            ConsentLedger.EVERYONE,
            Optional.empty(),
            false);
    return optOut.purposes().stream().map(purpose -> refusal(subject, purpose, optOut)).toList();
  }

  /**
   * Appends the refusals of the opt-out that change something, with their log entries, in the
   * caller's transaction.
   *
   * @return the purposes that are refused
   */
  List<Purpose> deny(
      Connection c, Request request, SubjectId subject, CustomerSession me, Signalled signalled)
      throws SQLException {
    Instant at = consents.placed(c, subject, true, signalled.told());
    List<Purpose> effective = effective(c, signalled, subject, at);
    for (Purpose purpose : effective) {
      me.staged(c, request.actor(), subject, refusal(subject, purpose, signalled));
    }
    return effective;
  }

  /** Looks up consents in the transaction of the refusal, so that none is missed. */
  private AuditedChange refusal(SubjectId subject, Purpose purpose, Signalled signalled) {
    return new AuditedChange(
        EntryType.WITHDRAW,
        c ->
            Map.of(
                "purpose", purpose.curie(),
                "recipient", signalled.recipient(),
                "status", status(signalled, given(c, subject, purpose, signalled)).name()),
        c -> receipts.append(c, refusals(c, subject, purpose, signalled), signalled.told()));
  }

  private TreeSet<String> given(
      Connection c, SubjectId subject, Purpose purpose, Signalled signalled) throws SQLException {
    return consents.everGiven(c, subject, purpose, signalled.recipient());
  }

  private List<ConsentEvent> refusals(
      Connection c, SubjectId subject, Purpose purpose, Signalled signalled) throws SQLException {
    TreeSet<String> recipients = given(c, subject, purpose, signalled);
    ConsentStatus status = status(signalled, recipients);
    recipients.add(signalled.recipient());
    List<ConsentEvent> events = new ArrayList<>();
    for (String recipient : recipients) {
      ConsentEvent refusal = refusal(subject, purpose, recipient, status, signalled, now());
      events.add(
          ConsentApi.ofTheSameNotice(refusal, consents.lastYes(c, subject, purpose, recipient)));
    }
    return events;
  }

  private static ConsentStatus status(Signalled signalled, Set<String> given) {
    return status(signalled, !given.isEmpty());
  }

  private List<Purpose> effective(Connection c, Signalled signalled, SubjectId subject, Instant at)
      throws SQLException {
    List<Purpose> effective = new ArrayList<>();
    for (Purpose purpose : new TreeSet<>(signalled.purposes())) {
      boolean hasEffect =
          signalled.once()
              ? !consents.signalled(c, subject, purpose, signalled.recipient(), signalled.method())
              : changes(c, refusal(subject, purpose, signalled, at));
      if (hasEffect) {
        effective.add(purpose);
      }
    }
    return effective;
  }

  /**
   * Returns whether a refusal changes anything, so that a history cannot be filled with repeats.
   */
  private boolean changes(Connection c, ConsentEvent refusal) throws SQLException {
    Optional<ConsentEvent> current =
        consents.latest(c, refusal.subject(), refusal.purpose(), refusal.recipient());
    if (current.isPresent() && consents.isOutlived(c, current.get())) {
      return consents.latestWith(c, refusal).equals(Optional.of(refusal));
    }
    boolean denied = current.filter(event -> event.status().denies()).isPresent();
    boolean own = current.filter(event -> event.by() == Indicator.SUBJECT).isPresent();
    if (denied && (own || refusal.by() != Indicator.SUBJECT)) {
      return false;
    }
    return consents.latestWith(c, refusal).equals(Optional.of(refusal));
  }

  /** Returns the status: refused before any consent, withdrawn after one, revoked by others. */
  private static ConsentStatus status(Signalled signalled, boolean given) {
    if (signalled.by() != Indicator.SUBJECT) {
      return ConsentStatus.REVOKED;
    }
    return given ? ConsentStatus.WITHDRAWN : ConsentStatus.REFUSED;
  }

  private static ConsentEvent refusal(
      SubjectId subject, Purpose purpose, Signalled signalled, Instant at) {
    return refusal(
        subject, purpose, signalled.recipient(), status(signalled, false), signalled, at);
  }

  private static ConsentEvent refusal(
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
