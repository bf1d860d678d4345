package io.contextkeep.vault.customers;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.LogStore;
import io.contextkeep.audit.Receipt;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.web.Limits;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The customer behind a request, and the record of what she does: one for every self-service. */
public final class CustomerSession {

  /** A change to what is held about the customer. */
  @FunctionalInterface
  public interface Change {
    void apply(Connection c) throws SQLException;
  }

  /** What a customer's browser says by itself, on each of their requests. */
  @FunctionalInterface
  public interface BrowserSignal {
    void heed(Request request, SubjectId subject, CustomerSession me);
  }

  private final Db db;
  private final Customers customers;
  private final SubjectKeys keys;
  private final Enrolment enrolment;
  private final AuditLog log;
  private final BrowserSignal signal;
  private final Limits limits;

  CustomerSession(
      Db db,
      Customers customers,
      SubjectKeys keys,
      Enrolment enrolment,
      AuditLog log,
      BrowserSignal signal,
      Limits limits) {
    this.signal = signal;
    this.limits = limits;
    this.db = db;
    this.enrolment = enrolment;
    this.customers = customers;
    this.keys = keys;
    this.log = log;
  }

  /**
   * Does what the customer does, and records it, in one transaction.
   *
   * @param optsOut whether it is an opt-out that is new, of which there are never too many
   * @throws Problem 429 where the customer has changed too much lately
   */
  public void change(Request request, SubjectId subject, AuditedChange act, boolean optsOut) {
    changed(
        request,
        subject,
        act.type(),
        act.facts(),
        optsOut,
        c -> {
          act.change().apply(c);
          return 0;
        });
  }

  /** The same in the caller's transaction; gives the entry that shows that it was done. */
  public Receipt staged(Connection c, Actor actor, SubjectId subject, AuditedChange act)
      throws SQLException {
    AuditEntry entry = entry(actor, subject, act.type(), act.facts().in(c));
    act.change().apply(c);
    return log.stage(c, entry);
  }

  /** The same of a change that has a result. */
  public <T> T changed(
      Request request,
      SubjectId subject,
      EntryType type,
      Map<String, Object> facts,
      boolean optsOut,
      LogStore.Work<T> change) {
    return changed(request, subject, type, (Connection _) -> facts, optsOut, change);
  }

  /** The same where the facts of its entry depend on what is held when it is done. */
  public <T> T changed(
      Request request,
      SubjectId subject,
      EntryType type,
      AuditedChange.Facts facts,
      boolean optsOut,
      LogStore.Work<T> change) {
    if (!optsOut) {
      limits.change(subject);
    }
    SubjectKey key = key(subject);
    return db.inWrite(
        c -> {
          AuditEntry entry = entry(request.actor(), subject, key, type, facts.in(c));
          T result = change.run(c);
          log.stage(c, entry);
          return result;
        });
  }

  /**
   * Records that the customer looked, before they see.
   *
   * @throws Problem 429 where the customer has looked too often lately
   */
  public void recordView(Request request, SubjectId subject, String what) {
    limits.look(subject);
    log.append(entry(request.actor(), subject, EntryType.SELF_VIEW, Map.of("action", what)));
  }

  private AuditEntry entry(
      Actor actor, SubjectId subject, EntryType type, Map<String, Object> facts) {
    return entry(actor, subject, key(subject), type, facts);
  }

  private static AuditEntry entry(
      Actor actor, SubjectId subject, SubjectKey key, EntryType type, Map<String, Object> facts) {
    TreeMap<String, Object> all = new TreeMap<>(facts);
    all.putAll(actor.facts());
    return AuditEntry.of(type, all).about(subject.value(), key, Map.of());
  }

  public SubjectKey key(SubjectId subject) {
    return keys.find(subject).orElseThrow(CustomerSession::nothingHeld);
  }

  /** The customer, if anything is held about her. */
  public Optional<SubjectId> known(Request request) {
    Identifier account = account(request);
    return db.inRead(c -> customers.find(c, account));
  }

  public SubjectId subject(Request request) {
    return heeded(request).orElseThrow(CustomerSession::nothingHeld);
  }

  /** The customer, if anything is held about them, after the signal that their browser sent. */
  public Optional<SubjectId> heeded(Request request) {
    Optional<SubjectId> subject = known(request);
    subject.ifPresent(known -> signal.heed(request, known, this));
    return subject;
  }

  /** The same for what customers may say before anything is held about them. */
  public SubjectId enrolled(Request request) {
    SubjectId subject =
        enrolment
            .enrol(account(request), request.actor())
            .orElseThrow(
                () -> new Problem(409, "being_erased", "What was held is being erased; try again"));
    signal.heed(request, subject, this);
    return subject;
  }

  public static Problem nothingHeld() {
    return new Problem(404, "nothing_held", "Nothing is held about this account");
  }

  public static Identifier account(Request request) {
    String account =
        request
            .caller()
            .account()
            .orElseThrow(() -> new Problem(403, "no_account", "The token names no account"));
    return Identifier.parse(account)
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "invalid_customer",
                    "The token's account is a placeholder or has characters that identify nobody;"
                        + " sign in by another account"));
  }

  /**
   * Reads the customer whom a request names.
   *
   * @throws Problem 400 where it is no identifier
   */
  public static Identifier named(String text) {
    return Identifier.parse(text).orElseThrow(CustomerSession::invalidCustomer);
  }

  public static Problem invalidCustomer() {
    return Problem.badRequest(
        "invalid_customer",
        "Name the customer as kind:value, such as email:a@b.example; the value is no placeholder"
            + " such as null and has no invisible or look-alike characters");
  }
}
