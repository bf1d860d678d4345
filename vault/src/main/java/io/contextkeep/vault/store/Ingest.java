package io.contextkeep.vault.store;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes of sources: each line names a customer and says one thing about them. A line is kept or
 * refused by itself; all that is kept of a batch is kept in one transaction.
 */
public final class Ingest {
  /** The source of what customers say themselves. No app can be registered under this name. */
  public static final String CUSTOMER = "customer";

  /** One checked line. An event's id makes it idempotent; a value is replaced by a newer one. */
  public record Line(
      int number,
      List<Identifier> customer,
      Attribute attribute,
      Optional<String> id,
      long observed,
      JsonNode value,
      Optional<Derived> derived) {

    /** One that was collected. */
    public Line(
        int number,
        List<Identifier> customer,
        Attribute attribute,
        Optional<String> id,
        long observed,
        JsonNode value) {
      this(number, customer, attribute, id, observed, value, Optional.empty());
    }

    @Override
    public String toString() {
      return "Line[" + number + ", redacted]";
    }
  }

  /** Why a line was not kept, in words that hold nothing of the line's values. */
  public record Fault(int line, String code, String detail) {}

  private static final Derivable.Verdict.Allowed COLLECTED =
      new Derivable.Verdict.Allowed(List.of(), List.of());

  private final Db db;
  private final Customers customers;
  private final SubjectKeys keys;
  private final BlindIndex blindIndex;
  private final AuditLog log;
  private final Derivations derivations;
  private final SecureRandom random;

  public Ingest(
      Db db,
      Customers customers,
      SubjectKeys keys,
      BlindIndex blindIndex,
      AuditLog log,
      Derivations derivations,
      SecureRandom random) {
    this.derivations = derivations;
    this.log = log;
    this.db = db;
    this.customers = customers;
    this.keys = keys;
    this.blindIndex = blindIndex;
    this.random = random;
  }

  /**
   * Makes the keys that the lines' new customers will need. A key is durable before the row that
   * needs it; one that is not needed after all is an orphan that nothing was ever sealed with.
   */
  public List<SubjectId> keysFor(List<Line> lines) {
    long unknown =
        db.inRead(
            c -> {
              Set<Identifier> missing = new HashSet<>();
              for (Line line : lines) {
                if (line.derived().isEmpty() && holders(c, line).isEmpty()) {
                  missing.add(line.customer().getFirst());
                }
              }
              return (long) missing.size();
            });
    List<SubjectId> fresh = new ArrayList<>();
    for (long i = 0; i < unknown; i++) {
      fresh.add(SubjectId.random(random));
    }
    if (!fresh.isEmpty()) {
      keys.create(fresh);
    }
    return fresh;
  }

  /**
   * The customer with that identifier, who is made known if nobody has it: customers may say what
   * they want before anything is held about them. Empty while an erasure is under way.
   *
   * @param who the request and the caller, for the log
   */
  public Optional<SubjectId> enrol(Identifier identifier, Map<String, Object> who) {
    Optional<SubjectId> known = db.inRead(c -> customers.find(c, identifier));
    if (known.isPresent()) {
      return known;
    }
    SubjectId fresh = SubjectId.random(random);
    keys.create(List.of(fresh));
    SubjectKey key = keys.find(fresh).orElseThrow();
    return db.inWrite(
        c -> {
          if (customers.holder(c, identifier).isEmpty()) {
            create(c, fresh, key, who);
            customers.link(c, fresh, identifier, sealed(key, identifier));
          }
          return customers.find(c, identifier);
        });
  }

  /** Her first entry in the log is made with her, or else some entry could come before it. */
  private void create(Connection c, SubjectId subject, SubjectKey key, Map<String, Object> who)
      throws SQLException {
    customers.create(c, subject);
    log.stage(c, AuditEntry.enrolment(who, subject.value(), key.viewKey(), key));
  }

  private static byte[] sealed(SubjectKey key, Identifier identifier) {
    byte[] text = identifier.value().getBytes(StandardCharsets.UTF_8);
    return key.seal("identifier/" + identifier.kind(), 1, text);
  }

  /**
   * Writes the lines in the caller's transaction and adds a fault for each that is not kept.
   *
   * @param derivable which derived lines may be
   */
  public int write(
      Connection c,
      String source,
      String batch,
      List<Line> lines,
      List<SubjectId> fresh,
      Derivable derivable,
      List<Fault> faults)
      throws SQLException {
    int kept = 0;
    List<SubjectId> unused = new ArrayList<>(fresh);
    for (Line line : lines) {
      Optional<Fault> fault = write(c, source, batch, line, unused, derivable);
      fault.ifPresent(faults::add);
      kept += fault.isEmpty() ? 1 : 0;
    }
    return kept;
  }

  private Optional<Fault> write(
      Connection c,
      String source,
      String batch,
      Line line,
      List<SubjectId> unused,
      Derivable derivable)
      throws SQLException {
    Derivable.Verdict verdict = line.derived().isPresent() ? derivable.of(c, line) : COLLECTED;
    if (verdict instanceof Derivable.Verdict.Refused no) {
      return refused(line, no.code(), no.detail());
    }
    Set<SubjectId> holders = holders(c, line);
    if (holders.size() > 1) {
      return refused(line, "identifier_conflict", "The identifiers belong to different customers");
    }
    if (holders.isEmpty() && unused.isEmpty()) {
      return refused(line, "try_again", "The customer was changed meanwhile; send the line again");
    }
    boolean isNew = holders.isEmpty();
    SubjectId subject = isNew ? unused.removeFirst() : holders.iterator().next();
    Optional<SubjectKey> key = keys.find(subject);
    if (key.isEmpty()) {
      return refused(line, "try_again", "The customer was changed meanwhile; send the line again");
    }
    if (isNew) {
      create(c, subject, key.get(), Map.of("actor", source, "role", "source", "batch", batch));
    }
    for (Identifier identifier : line.customer()) {
      if (customers.holder(c, identifier).isEmpty()) {
        customers.link(c, subject, identifier, sealed(key.get(), identifier));
      }
    }
    return switch (line.attribute().kind()) {
      case VALUE -> {
        var allowed = (Derivable.Verdict.Allowed) verdict;
        yield value(c, source, batch, line, subject, key.get(), allowed);
      }
      case EVENT -> event(c, source, batch, line, subject, key.get());
    };
  }

  private Optional<Fault> value(
      Connection c,
      String source,
      String batch,
      Line line,
      SubjectId subject,
      SubjectKey key,
      Derivable.Verdict.Allowed allowed)
      throws SQLException {
    String name = line.attribute().name();
    record Current(long version, long observed) {}
    Current current =
        Sql.one(
                c,
                "SELECT version, observed FROM value WHERE subject = ? AND name = ?",
                row -> new Current(row.getLong(1), row.getLong(2)),
                subject.value(),
                name)
            .orElse(new Current(0, Long.MIN_VALUE));
    if (line.observed() < current.observed()) {
      return refused(line, "older_than_current", "A value observed later is held already");
    }
    Optional<List<Set<Derivable.Ground>>> clauses =
        line.derived().isEmpty()
            ? Optional.of(List.of())
            : derivations.clauses(c, subject, allowed);
    if (clauses.isEmpty()) {
      return refused(line, "derivation_too_deep", "It was made from too much that was derived");
    }
    long version = current.version() + 1;
    Sql.update(
        c,
        """
        INSERT OR REPLACE INTO value
          (subject, name, version, observed, source, batch, sealed, clauses)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)\
        """,
        subject.value(),
        name,
        version,
        line.observed(),
        source,
        batch,
        key.seal(Sealed.valueRecord(name), version, json(line.value())),
        clauses.get().size());
    if (line.derived().isPresent()) {
      Batches.derived(
          c, batch, line.attribute().category(), line.derived().get(), allowed.inputs());
      derivations.keep(c, subject, name, line.derived().get(), clauses.get(), allowed.inputs());
    }
    return Optional.empty();
  }

  /** An event that was written before, by the same id at the same time, is kept once. */
  private Optional<Fault> event(
      Connection c, String source, String batch, Line line, SubjectId subject, SubjectKey key)
      throws SQLException {
    String name = line.attribute().name();
    byte[] id =
        line.id().map(text -> blindIndex.of("event/" + name, text)).orElseGet(this::randomId);
    Sql.update(
        c,
        """
        INSERT INTO event (subject, name, observed, id, source, batch, sealed)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING\
        """,
        subject.value(),
        name,
        line.observed(),
        id,
        source,
        batch,
        key.seal(Sealed.eventRecord(name, id), line.observed(), json(line.value())));
    return Optional.empty();
  }

  private Set<SubjectId> holders(Connection c, Line line) throws SQLException {
    Set<SubjectId> holders = new HashSet<>();
    for (Identifier identifier : line.customer()) {
      customers.holder(c, identifier).ifPresent(holders::add);
    }
    return holders;
  }

  private byte[] randomId() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return id;
  }

  private static byte[] json(JsonNode value) {
    return value.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Optional<Fault> refused(Line line, String code, String detail) {
    return Optional.of(new Fault(line.number(), code, detail));
  }
}
