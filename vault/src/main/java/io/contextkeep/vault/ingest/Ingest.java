package io.contextkeep.vault.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.context.CanonicalJson;
import io.contextkeep.vault.context.Sealed;
import io.contextkeep.vault.context.SourceLine;
import io.contextkeep.vault.context.SourceValues;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Enrolment;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.customers.Link;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.derived.Derivable;
import io.contextkeep.vault.derived.Derivations;
import io.contextkeep.vault.provenance.Batches;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes of sources: each line names a customer and says one thing about them. A line is kept or
 * refused by itself; all that is kept of a batch is kept in one transaction.
 */
public final class Ingest {
  /** How far a source's clock may be ahead of the vault's. */
  public static final Duration MAX_AHEAD = Duration.ofMinutes(5);

  /** Why a line was not kept, in words that hold nothing of the line's values. */
  public record Fault(int line, String code, String detail) {}

  /**
   * What became of lines.
   *
   * @param kept those of which a row is held now
   * @param repeated how many events were held before, word for word
   * @param faults why each other line was not kept
   * @param reasons how many were not kept for each reason, also those that sources are not told
   */
  public record Written(
      List<SourceLine> kept,
      int repeated,
      List<Fault> faults,
      SortedMap<String, Integer> reasons) {}

  /** Whose transaction writes lines: the source and its batch. */
  private record Batch(String source, String id) {}

  /** What becomes of one line, once it is known that it may be written. */
  private sealed interface Verdict {
    /** It adds a row, or replaces the source's own. */
    record Keep(Work work) implements Verdict {}

    /** The same event is held already. */
    record Repeat() implements Verdict {}

    /**
     * It leaves nothing.
     *
     * @param reason for the log; the fault's code may say less
     */
    record Refuse(Fault fault, String reason) implements Verdict {}
  }

  /** The links of a line's identifiers, and those of its identifiers that nobody has. */
  private record Named(List<Link> links, List<Identifier> unlinked) {
    boolean isNew() {
      return links.isEmpty();
    }
  }

  /** Writes of a line that was checked whole. */
  @FunctionalInterface
  private interface Work {
    void write(SubjectId subject, SubjectKey key) throws SQLException;
  }

  /** Says how little: a source must learn nothing of what others wrote. */
  private static final String NOT_KEPT = "not_kept";

  private static final Derivable.Verdict.Allowed COLLECTED =
      new Derivable.Verdict.Allowed(List.of(), List.of());

  private final Db db;
  private final Customers customers;
  private final SubjectKeys keys;
  private final BlindIndex blindIndex;
  private final Enrolment enrolment;
  private final Derivations derivations;
  private final SecureRandom random;
  private final InstantSource clock;

  public Ingest(
      Db db,
      Customers customers,
      Enrolment enrolment,
      SubjectKeys keys,
      BlindIndex blindIndex,
      Derivations derivations,
      SecureRandom random,
      InstantSource clock) {
    this.clock = clock;
    this.derivations = derivations;
    this.db = db;
    this.customers = customers;
    this.enrolment = enrolment;
    this.keys = keys;
    this.blindIndex = blindIndex;
    this.random = random;
  }

  /**
   * Makes the keys that the lines' new customers will need. A key is durable before the row that
   * needs it; one that is not needed after all is an orphan that nothing was ever sealed with.
   */
  public List<SubjectId> keysFor(List<SourceLine> lines) {
    long unknown =
        db.inRead(
            c -> {
              Set<Identifier> missing = new HashSet<>();
              for (SourceLine line : lines) {
                if (line.derived().isEmpty() && named(c, line).isNew()) {
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
   * Writes the lines in the caller's transaction. A line that is not kept leaves nothing: no value,
   * no customer, no link.
   *
   * @param derivable which derived lines may be
   */
  public Written write(
      Connection c,
      String source,
      String batch,
      List<SourceLine> lines,
      List<SubjectId> fresh,
      Derivable derivable)
      throws SQLException {
    List<SourceLine> kept = new ArrayList<>();
    List<Fault> faults = new ArrayList<>();
    SortedMap<String, Integer> reasons = new TreeMap<>();
    int repeated = 0;
    List<SubjectId> unused = new ArrayList<>(fresh);
    for (SourceLine line : lines) {
      switch (write(c, new Batch(source, batch), line, unused, derivable)) {
        case Verdict.Keep _ -> kept.add(line);
        case Verdict.Repeat _ -> repeated++;
        case Verdict.Refuse refused -> {
          faults.add(refused.fault());
          reasons.merge(refused.reason(), 1, Integer::sum);
        }
      }
    }
    return new Written(kept, repeated, faults, reasons);
  }

  private Verdict write(
      Connection c, Batch batch, SourceLine line, List<SubjectId> unused, Derivable derivable)
      throws SQLException {
    Derivable.Verdict derived = line.derived().isPresent() ? derivable.of(c, line) : COLLECTED;
    if (derived instanceof Derivable.Verdict.Refused no) {
      return refused(line, no.code(), no.detail());
    }
    Named named = named(c, line);
    Optional<Verdict> conflict = conflict(c, batch, line, named);
    if (conflict.isPresent()) {
      return conflict.get();
    }
    if (named.isNew() && unused.isEmpty()) {
      return tryAgain(line);
    }
    SubjectId subject = named.isNew() ? unused.getFirst() : named.links().getFirst().subject();
    Optional<SubjectKey> key = keys.find(subject);
    if (key.isEmpty()) {
      return tryAgain(line);
    }
    Verdict verdict =
        switch (line.attribute().kind()) {
          case VALUE -> value(c, batch, line, subject, (Derivable.Verdict.Allowed) derived);
          case EVENT -> event(c, batch, line, subject, key.get());
        };
    if (verdict instanceof Verdict.Keep keep) {
      if (named.isNew()) {
        unused.removeFirst();
      }
      name(c, batch, named, subject, key.get());
      keep.work().write(subject, key.get());
    }
    return verdict;
  }

  /** Makes the customer known by all identifiers of a line that is kept. */
  private void name(Connection c, Batch batch, Named named, SubjectId subject, SubjectKey key)
      throws SQLException {
    Map<String, Object> source =
        Map.of("actor", batch.source(), "role", "source", "batch", batch.id());
    if (named.isNew()) {
      enrolment.create(c, subject, key, source, named.unlinked(), batch.source());
    } else if (!named.unlinked().isEmpty()) {
      enrolment.link(c, subject, key, source, named.unlinked(), batch.source());
    }
  }

  /**
   * The refusal of a line whose identifiers cannot be one customer's. A source is told so only
   * where it made all links itself that tell against it.
   */
  private Optional<Verdict> conflict(Connection c, Batch batch, SourceLine line, Named named)
      throws SQLException {
    if (named.isNew()) {
      return Optional.empty();
    }
    List<Link> links = named.links();
    boolean known = links.stream().allMatch(link -> link.isBy(batch.source()));
    SubjectId subject = links.getFirst().subject();
    if (!links.stream().allMatch(link -> link.subject().equals(subject))) {
      return Optional.of(
          known
              ? refused(
                  line, "identifier_conflict", "The identifiers belong to different customers")
              : notKept(line, "identifier_conflict"));
    }
    Optional<Link> clash = enrolment.clash(c, subject, named.unlinked());
    if (clash.isPresent()) {
      return Optional.of(
          known && clash.get().isBy(batch.source())
              ? refused(
                  line,
                  "identifier_conflict",
                  "The customer has another " + clash.get().kind() + "; nobody has two")
              : notKept(line, "identifier_conflict"));
    }
    for (Identifier identifier : named.unlinked()) {
      if (customers.isUnlinked(c, subject, identifier)) {
        return Optional.of(notKept(line, "unlinked_before"));
      }
    }
    return Optional.empty();
  }

  /**
   * Of each source the newest value is held. In force is the customer's correction, and without one
   * the value that was observed last: no source's clock undoes what the customer said.
   */
  private Verdict value(
      Connection c,
      Batch batch,
      SourceLine line,
      SubjectId subject,
      Derivable.Verdict.Allowed allowed)
      throws SQLException {
    long latest = clock.millis() + MAX_AHEAD.toMillis();
    SourceValues.Held held =
        SourceValues.held(c, subject, line.attribute().name(), batch.source(), latest);
    boolean correction = batch.source().equals(Customers.SOURCE);
    if (!correction && line.observed() < held.own()) {
      return refused(line, "older_than_current", "You wrote a value that was observed later");
    }
    boolean inForce = correction || held.yieldsTo(line.observed());
    if (!inForce) {
      return line.derived().isPresent()
          ? notKept(line, "another_in_force")
          : new Verdict.Keep(
              (who, key) ->
                  SourceValues.putBeside(
                      c,
                      who,
                      line,
                      batch.source(),
                      batch.id(),
                      held.next(),
                      sealed(line, held, key)));
    }
    Optional<List<Set<Derivable.Ground>>> clauses =
        line.derived().isEmpty()
            ? Optional.of(List.of())
            : derivations.clauses(c, subject, allowed);
    if (clauses.isEmpty()) {
      return refused(line, "derivation_too_deep", "It was made from too much that was derived");
    }
    return new Verdict.Keep(
        (who, key) -> {
          SourceValues.putInForce(
              c,
              who,
              line,
              batch.source(),
              batch.id(),
              held,
              sealed(line, held, key),
              clauses.get().size());
          if (line.derived().isPresent()) {
            Batches.derived(
                c, batch.id(), line.attribute().category(), line.derived().get(), allowed.inputs());
            derivations.keep(
                c,
                who,
                line.attribute().name(),
                line.derived().get(),
                clauses.get(),
                allowed.inputs());
          }
        });
  }

  private static byte[] sealed(SourceLine line, SourceValues.Held held, SubjectKey key) {
    return key.seal(Sealed.valueRecord(line.attribute().name()), held.next(), json(line.value()));
  }

  /** An event that the source wrote before, by the same id at the same time, is kept once. */
  private Verdict event(
      Connection c, Batch batch, SourceLine line, SubjectId subject, SubjectKey key)
      throws SQLException {
    String name = line.attribute().name();
    byte[] body = key.mac("event/" + name, CanonicalJson.bytes(line.value()));
    if (line.id().isPresent()) {
      Optional<Boolean> same = isRepeated(c, batch, line, subject, body);
      if (same.isPresent()) {
        return same.get()
            ? new Verdict.Repeat()
            : refused(
                line, "event_conflict", "You wrote this event's id and time with another value");
      }
    }
    byte[] id = line.id().map(text -> eventId(batch, name, text)).orElseGet(this::randomId);
    return new Verdict.Keep(
        (who, its) ->
            Sql.update(
                c,
                """
                INSERT INTO event (subject, name, observed, id, source, batch, sealed, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)\
                """,
                who.value(),
                name,
                line.observed(),
                id,
                batch.source(),
                batch.id(),
                its.seal(Sealed.eventRecord(name, id), line.observed(), json(line.value())),
                body));
  }

  /** Each source has its own ids, so that none learns which ids another used. */
  private byte[] eventId(Batch batch, String name, String id) {
    return blindIndex.of("event/" + name + "/" + batch.source(), id);
  }

  /**
   * Whether the source's event of that id and time has that body; empty if there is none. Older
   * events have ids that all sources shared, and no body to compare with.
   */
  private Optional<Boolean> isRepeated(
      Connection c, Batch batch, SourceLine line, SubjectId subject, byte[] body)
      throws SQLException {
    String name = line.attribute().name();
    String id = line.id().orElseThrow();
    return Sql.one(
        c,
        """
        SELECT body FROM event
        WHERE subject = ? AND name = ? AND observed = ? AND id IN (?, ?) AND source = ?\
        """,
        row -> row.getBytes(1) == null || Arrays.equals(row.getBytes(1), body),
        subject.value(),
        name,
        line.observed(),
        eventId(batch, name, id),
        blindIndex.of("event/" + name, id),
        batch.source());
  }

  private Named named(Connection c, SourceLine line) throws SQLException {
    List<Link> links = new ArrayList<>();
    List<Identifier> unlinked = new ArrayList<>();
    for (Identifier identifier : line.customer()) {
      Optional<Link> link = customers.holder(c, identifier);
      link.ifPresent(links::add);
      if (link.isEmpty()) {
        unlinked.add(identifier);
      }
    }
    return new Named(links, unlinked);
  }

  private byte[] randomId() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return id;
  }

  private static byte[] json(JsonNode value) {
    return value.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Verdict tryAgain(SourceLine line) {
    return refused(line, "try_again", "The customer was changed meanwhile; send the line again");
  }

  private static Verdict notKept(SourceLine line, String reason) {
    return new Verdict.Refuse(
        new Fault(
            line.number(),
            NOT_KEPT,
            "The line does not fit what is held; name the customer by one identifier of yours"),
        reason);
  }

  private static Verdict refused(SourceLine line, String code, String detail) {
    return new Verdict.Refuse(new Fault(line.number(), code, detail), code);
  }
}
