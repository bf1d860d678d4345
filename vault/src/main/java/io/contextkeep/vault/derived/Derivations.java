package io.contextkeep.vault.derived;

import static io.contextkeep.vault.consent.ConsentLedger.EVERYONE;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStates;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.LegalBasis;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.context.DerivationInput;
import io.contextkeep.vault.context.Derived;
import io.contextkeep.vault.context.SourceValues;
import io.contextkeep.vault.context.ValidValues;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.provenance.Removals;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The derivations of values, and the removal of values whose grounds have ended.
 *
 * <p>A derived value has clauses and is valid while each clause has a ground. One clause is its
 * own; the others are copied from the derived values among its inputs, so a read follows no chain.
 * A ground ends for good with the consent that it rests on, or with a refusal or objection that
 * covers its purpose; a later consent does not restore it. Values whose grounds expired are not
 * read, and a sweep removes them.
 */
public final class Derivations implements ConsentLedger.Listener {

  /** The limit on a value's clauses, against rules that feed each other without end. */
  private static final int MAX_CLAUSES = 64;

  /** The number of categories that surely fit into a log entry. */
  private static final int MAX_CATEGORIES = 24;

  /** The derivation of a value that is held. */
  public record Kept(Derived.Kind kind, String rule, List<Clause> clauses, List<From> inputs) {}

  /** A set of grounds, one of which must hold. */
  public record Clause(List<Derivable.Ground> grounds) {}

  /**
   * An input of a derivation.
   *
   * @param version the version of the value; 0 for events, null for an input of an input
   */
  public record From(
      String name,
      @Nullable Long version,
      @Nullable Long observed,
      @Nullable String source,
      @Nullable String batch) {
    public boolean isDirect() {
      return version != null;
    }
  }

  private record Removed(String name, DataCategory category, String source) {}

  private final Registry registry;
  private final SubjectKeys keys;
  private final AuditLog log;
  private final InstantSource clock;

  public Derivations(Registry registry, SubjectKeys keys, AuditLog log, InstantSource clock) {
    this.registry = registry;
    this.keys = keys;
    this.log = log;
    this.clock = clock;
  }

  /** Returns the clauses of a value with these grounds and inputs; empty if they are too many. */
  public Optional<List<Set<Derivable.Ground>>> clauses(
      Connection c, SubjectId subject, Derivable.Verdict.Allowed allowed) throws SQLException {
    Set<Set<Derivable.Ground>> all = new LinkedHashSet<>();
    all.add(new LinkedHashSet<>(allowed.grounds()));
    for (DerivationInput input : allowed.inputs()) {
      if (input.attribute().kind() == Attribute.Kind.VALUE) {
        clauses(c, subject, input.attribute().name())
            .forEach(clause -> all.add(new LinkedHashSet<>(clause.grounds())));
      }
    }
    return all.size() > MAX_CLAUSES ? Optional.empty() : Optional.of(List.copyOf(all));
  }

  /** Stores the derivation of a value that was just written. */
  public void keep(
      Connection c,
      SubjectId subject,
      String name,
      Derived derived,
      List<Set<Derivable.Ground>> clauses,
      List<DerivationInput> inputs)
      throws SQLException {
    Sql.update(
        c,
        "INSERT INTO derivation (subject, name, kind, rule) VALUES (?, ?, ?, ?)",
        subject.value(),
        name,
        derived.kind().name(),
        derived.rule());
    for (int i = 0; i < clauses.size(); i++) {
      for (Derivable.Ground ground : clauses.get(i)) {
        Sql.update(
            c,
            """
            INSERT INTO derivation_ground (subject, name, clause, purpose, recipient, basis, since)
            VALUES (?, ?, ?, ?, ?, ?, ?)\
            """,
            subject.value(),
            name,
            i + 1,
            ground.purpose(),
            ground.recipient(),
            ground.basis(),
            ground.since());
      }
    }
    for (DerivationInput input : inputs) {
      addInput(c, subject, name, input);
    }
  }

  /** Adds an input, and all inputs of that input. */
  private static void addInput(Connection c, SubjectId subject, String name, DerivationInput input)
      throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO derivation_input
          (subject, name, input, version, observed, source, batch)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (subject, name, input) DO UPDATE SET version = excluded.version,
          observed = excluded.observed, source = excluded.source, batch = excluded.batch\
        """,
        subject.value(),
        name,
        input.attribute().name(),
        input.version(),
        input.observed(),
        input.source(),
        input.batch());
    Sql.update(
        c,
        """
        INSERT INTO derivation_input (subject, name, input)
        SELECT subject, ?, input FROM derivation_input WHERE subject = ? AND name = ?
        ON CONFLICT DO NOTHING\
        """,
        name,
        subject.value(),
        input.attribute().name());
  }

  /** Returns the derivation of a value; empty if it was collected. */
  public Optional<Kept> of(Connection c, SubjectId subject, String name) throws SQLException {
    List<Clause> clauses = clauses(c, subject, name);
    List<From> inputs =
        Sql.query(
            c,
            """
            SELECT input, version, observed, source, batch FROM derivation_input
            WHERE subject = ? AND name = ? ORDER BY input\
            """,
            row ->
                new From(
                    row.getString(1),
                    Sql.number(row, 2),
                    Sql.number(row, 3),
                    row.getString(4),
                    row.getString(5)),
            subject.value(),
            name);
    return Sql.one(
        c,
        "SELECT kind, rule FROM derivation WHERE subject = ? AND name = ?",
        row -> new Kept(Derived.Kind.valueOf(row.getString(1)), row.getString(2), clauses, inputs),
        subject.value(),
        name);
  }

  /** Returns the names of a customer's derived values, each with its kind. */
  public Map<String, Derived.Kind> kinds(Connection c, SubjectId subject) throws SQLException {
    Map<String, Derived.Kind> kinds = new TreeMap<>();
    Sql.each(
        c,
        "SELECT name, kind FROM derivation WHERE subject = ?",
        row -> kinds.put(row.getString(1), Derived.Kind.valueOf(row.getString(2))),
        subject.value());
    return kinds;
  }

  private static List<Clause> clauses(Connection c, SubjectId subject, String name)
      throws SQLException {
    SortedMap<Integer, List<Derivable.Ground>> clauses = new TreeMap<>();
    Sql.each(
        c,
        """
        SELECT clause, purpose, recipient, basis, since FROM derivation_ground
        WHERE subject = ? AND name = ? ORDER BY clause, purpose, recipient\
        """,
        row ->
            clauses
                .computeIfAbsent(row.getInt(1), _ -> new ArrayList<>())
                .add(
                    new Derivable.Ground(
                        row.getString(2), row.getString(3), row.getString(4), Sql.number(row, 5))),
        subject.value(),
        name);
    return clauses.values().stream().map(Clause::new).toList();
  }

  /**
   * Ends the grounds that a consent's latest event ends, and removes values without grounds, in the
   * transaction that appends the event.
   *
   * @param since the event with which the present consent began; 0 if there is none
   */
  @Override
  public void onConsentChange(Connection c, ConsentEvent latest, long since) throws SQLException {
    if (!hasAny(c, latest.subject())) {
      return;
    }
    if (latest.status().denies()) {
      long survivesAfter =
          ConsentStates.yields(latest) ? latest.at().toEpochMilli() : Long.MAX_VALUE;
      for (Grounds grounds : grounds(c, latest.subject(), latest.purpose())) {
        end(c, latest.subject(), grounds, latest.recipient(), survivesAfter);
      }
    } else {
      Sql.update(
          c,
          """
          DELETE FROM derivation_ground
          WHERE subject = ? AND purpose = ? AND recipient = ? AND since <> ?\
          """,
          latest.subject().value(),
          latest.purpose().curie(),
          latest.recipient(),
          since);
    }
    removeInvalid(c, latest.subject());
  }

  /** Returns whether any value of the customer was derived. Nothing else has grounds. */
  private static boolean hasAny(Connection c, SubjectId subject) throws SQLException {
    return Sql.one(
            c,
            "SELECT 1 FROM derivation WHERE subject = ? LIMIT 1",
            row -> row.getInt(1),
            subject.value())
        .isPresent();
  }

  /**
   * Ends the grounds that an objection ends: those of every recipient, unless the law requires the
   * purpose.
   */
  @Override
  public void onObjection(Connection c, SubjectId subject, Purpose purpose) throws SQLException {
    for (Grounds grounds : grounds(c, subject, purpose)) {
      if (grounds.basis().canBeObjectedTo(grounds.purpose())) {
        end(c, subject, grounds, EVERYONE, Long.MAX_VALUE);
      }
    }
    removeInvalid(c, subject);
  }

  /** The grounds of one customer with the same purpose, basis and recipient. */
  private record Grounds(Purpose purpose, LegalBasis basis, String recipient) {}

  /**
   * Returns the grounds that a refusal of a purpose covers: those of it and of all narrower ones.
   */
  private static List<Grounds> grounds(Connection c, SubjectId subject, Purpose refused)
      throws SQLException {
    List<Grounds> all =
        Sql.query(
            c,
            "SELECT DISTINCT purpose, basis, recipient FROM derivation_ground WHERE subject = ?",
            row ->
                new Grounds(
                    Purpose.parse(row.getString(1)).orElseThrow(),
                    LegalBasis.parse(row.getString(2)).orElseThrow(),
                    row.getString(3)),
            subject.value());
    return all.stream().filter(one -> one.purpose().isWithin(refused)).toList();
  }

  /**
   * Ends grounds.
   *
   * @param recipient the recipient whose grounds end, or {@code *} for all
   * @param survivesAfter a consent given after this instant keeps its grounds
   */
  private static void end(
      Connection c, SubjectId subject, Grounds grounds, String recipient, long survivesAfter)
      throws SQLException {
    boolean covered = recipient.equals(EVERYONE) || recipient.equals(grounds.recipient());
    if (!covered
        || ConsentLedger.isGivenAfter(
            c, subject, grounds.purpose(), grounds.recipient(), survivesAfter)) {
      return;
    }
    Sql.update(
        c,
        """
        DELETE FROM derivation_ground
        WHERE subject = ? AND purpose = ? AND basis = ? AND recipient = ?\
        """,
        subject.value(),
        grounds.purpose().curie(),
        grounds.basis().curie(),
        grounds.recipient());
  }

  /** Returns the customers of a page with invalid values, without restricted ones. */
  public List<SubjectId> withInvalidValues(Connection c, long after, long last)
      throws SQLException {
    List<SubjectId> found = new ArrayList<>();
    for (SubjectId subject : ValidValues.withInvalid(c, after, last, clock.millis())) {
      if (Customers.mayBeProcessed(c, subject)) {
        found.add(subject);
      }
    }
    return found;
  }

  /** Removes a customer's invalid values; returns their number. */
  public int removeInvalid(Connection c, SubjectId subject) throws SQLException {
    List<Removed> invalid =
        ValidValues.invalid(c, subject, clock.millis()).stream()
            .map(value -> removed(value.name(), value.source()))
            .toList();
    remove(c, subject, invalid, "derived-unfounded");
    return invalid.size();
  }

  /**
   * Removes the values that were derived, directly or not, from a value that the customer corrected
   * or removed, and notes for their sources that they are to be derived anew.
   */
  public void corrected(Connection c, SubjectId subject, String input) throws SQLException {
    List<Removed> outdated = derivedFrom(c, subject, input);
    remove(c, subject, outdated, "derived-outdated");
    long hour = clock.millis() / Duration.ofHours(1).toMillis();
    for (Removed value : outdated) {
      Sql.update(
          c,
          """
          INSERT INTO recompute (source, name, hour) VALUES (?, ?, ?)
          ON CONFLICT (source, name) DO UPDATE SET hour = excluded.hour\
          """,
          value.source(),
          value.name(),
          hour);
    }
  }

  /**
   * Returns the attributes that a source should derive anew, each with the hour since 1970 of the
   * correction.
   */
  public static SortedMap<String, Long> recompute(Connection c, String source) throws SQLException {
    SortedMap<String, Long> names = new TreeMap<>();
    Sql.each(
        c,
        "SELECT name, hour FROM recompute WHERE source = ?",
        row -> names.put(row.getString(1), row.getLong(2)),
        source);
    return names;
  }

  private List<Removed> derivedFrom(Connection c, SubjectId subject, String input)
      throws SQLException {
    List<String> names =
        Sql.query(
            c,
            "SELECT name FROM derivation_input WHERE subject = ? AND input = ?",
            row -> row.getString(1),
            subject.value(),
            input);
    List<Removed> derived = new ArrayList<>();
    for (String name : names) {
      SourceValues.source(c, subject, name).ifPresent(source -> derived.add(removed(name, source)));
    }
    return derived;
  }

  private Removed removed(String name, String source) {
    return new Removed(name, registry.attribute(name).orElseThrow().category(), source);
  }

  private void remove(Connection c, SubjectId subject, Collection<Removed> values, String action)
      throws SQLException {
    if (values.isEmpty()) {
      return;
    }
    SortedMap<DataCategory, Integer> counts = new TreeMap<>();
    for (Removed value : values) {
      SourceValues.remove(c, subject, value.name());
      counts.merge(value.category(), 1, Integer::sum);
    }
    Removals.add(c, clock.instant(), counts);
    log.stage(c, entry(subject, counts, values.stream().map(Removed::name).toList(), action));
  }

  private AuditEntry entry(
      SubjectId subject,
      SortedMap<DataCategory, Integer> counts,
      List<String> names,
      String action) {
    Map<String, Object> facts = new TreeMap<>();
    facts.put("actor", "vault");
    facts.put("action", action);
    facts.put("values", names.size());
    facts.put(
        "removed",
        counts.entrySet().stream()
            .limit(MAX_CATEGORIES)
            .map(each -> each.getKey().curie() + "*" + each.getValue())
            .toList());
    AuditEntry entry = AuditEntry.of(EntryType.RETENTION, facts);
    Optional<SubjectKey> key = keys.find(subject);
    return key.map(k -> entry.about(subject.value(), k, Map.of("removed", names))).orElse(entry);
  }
}
