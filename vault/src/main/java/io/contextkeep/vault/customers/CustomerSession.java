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

/** The customer who makes a request, and the log entries of what they do. */
public final class CustomerSession {

  /** A change of the customer's data. */
  @FunctionalInterface
  public interface Change {
    void apply(Connection c) throws SQLException;
  }

  /** The handler of a privacy signal that a browser sends with each request. */
  @FunctionalInterface
  public interface BrowserSignal {
    void applyHeader(Request request, SubjectId subject, CustomerSession me);
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
   * Makes a change and records it, in one transaction.
   *
   * @param optsOut whether it is a new opt-out, which no limit refuses
   * @throws Problem 429 where the customer made too many changes lately
   */
  public void change(Request request, SubjectId subject, AuditedChange change, boolean optsOut) {
    changed(
        request,
        subject,
        change.type(),
        change.facts(),
        optsOut,
        c -> {
          change.change().apply(c);
          return 0;
        });
  }

  /** Makes a change in the caller's transaction; returns the receipt of its entry. */
  public Receipt staged(Connection c, Actor actor, SubjectId subject, AuditedChange change)
      throws SQLException {
    AuditEntry entry = entry(actor, subject, change.type(), change.facts().in(c));
    change.change().apply(c);
    return log.stage(c, entry);
  }

  /** Makes a change that has a result. */
  public <T> T changed(
      Request request,
      SubjectId subject,
      EntryType type,
      Map<String, Object> facts,
      boolean optsOut,
      LogStore.Work<T> change) {
    return changed(request, subject, type, (Connection _) -> facts, optsOut, change);
  }

  /** Makes a change with a result whose entry's facts depend on what is held. */
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
   * Records a view by the customer, before they see it.
   *
   * @throws Problem 429 where the customer viewed too much lately
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

  /** Returns the customer, if anything is held about them. */
  public Optional<SubjectId> known(Request request) {
    Identifier account = account(request);
    return db.inRead(c -> customers.find(c, account));
  }

  /**
   * Returns the customer.
   *
   * @throws Problem 404 where nothing is held about them
   */
  public SubjectId subject(Request request) {
    return heeded(request).orElseThrow(CustomerSession::nothingHeld);
  }

  /** Applies the browser's signal; returns the customer, if anything is held about them. */
  public Optional<SubjectId> heeded(Request request) {
    Optional<SubjectId> subject = known(request);
    subject.ifPresent(known -> signal.applyHeader(request, known, this));
    return subject;
  }

  /** Returns the customer, enrolled now if nothing was held about them before. */
  public SubjectId enrolled(Request request) {
    SubjectId subject =
        enrolment
            .enrol(account(request), request.actor())
            .orElseThrow(
                () ->
                    new Problem(409, "being_erased", "Your data is being erased; try again later"));
    signal.applyHeader(request, subject, this);
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
            .orElseThrow(
                () -> new Problem(403, "no_account", "The token does not name an account"));
    return Identifier.parse(account)
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "invalid_customer",
                    "The token's account is a placeholder or has invisible or look-alike"
                        + " characters; sign in with another account"));
  }

  /**
   * Parses the identifier of the customer whom a request names.
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
