package io.contextkeep.vault.store;

import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStates;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.Indicator;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.db.VaultClock;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What each customer said: an append-only list of consent events, and beside it the current state
 * per purpose and recipient, derived by {@link ConsentStates} in the transaction that appends.
 */
public final class ConsentLedger {

  /** A no to a purpose and all that is narrower, whoever asks. */
  public record Objection(String purpose, Instant at) {}

  private static final String EVENT_COLUMNS =
      "id, subject, purpose, recipient, status, explicit, notice, language, method, at, expires,"
          + " said_by";

  /** An event further ahead than this was said while the clock was wrong. */
  private static final long AHEAD = Duration.ofMinutes(1).toMillis();

  private final Derivations derivations;
  private final InstantSource clock;

  public ConsentLedger(Derivations derivations) {
    this.derivations = derivations;
    this.clock = derivations.clock();
  }

  /**
   * The instant at which something counts as said, which decides what it overrides. What is said
   * now never comes before anything that is held of the customer, and a yes comes after every no
   * that is: whatever the clock did, the act that came last counts. What tells an earlier instant
   * is believed as far as clocks can be compared: it may be later by as much as the host's clock is
   * behind, and where the customer's events are of a clock that had been ahead it comes last.
   *
   * @param denies whether it is a no
   * @param told when it says that it was said; empty where that is now
   */
  public Instant placed(Connection c, SubjectId subject, boolean denies, Optional<Instant> told)
      throws SQLException {
    long now = clock.millis();
    long newest =
        Sql.one(
                c,
                "SELECT coalesce(max(at), 0) FROM consent_event WHERE subject = ?",
                row -> row.getLong(1),
                subject.value())
            .orElse(0L);
    long latest = told.map(at -> at.plus(VaultClock.behind(clock)).toEpochMilli()).orElse(now);
    if (latest < now && newest <= now + AHEAD) {
      return Instant.ofEpochMilli(latest);
    }
    boolean follows = newest >= now && !denies && denied(c, subject, newest);
    return Instant.ofEpochMilli(follows ? newest + 1 : Math.max(now, newest));
  }

  /** The vault's time, in the precision in which it is kept. */
  public Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }

  /** Whether there is a no of that very instant, which would win over a yes of the same. */
  private static boolean denied(Connection c, SubjectId subject, long at) throws SQLException {
    return Sql.query(
            c,
            "SELECT DISTINCT status FROM consent_event WHERE subject = ? AND at = ?",
            row -> ConsentStatus.valueOf(row.getString(1)),
            subject.value(),
            at)
        .stream()
        .anyMatch(ConsentStatus::denies);
  }

  /** Appends the event and brings the state up to date, in the caller's transaction. */
  public ConsentEvent append(Connection c, ConsentEvent event) throws SQLException {
    Instant expires = event.expiresAt();
    Sql.update(
        c,
        """
        INSERT INTO consent_event
          (subject, purpose, recipient, status, explicit, notice, language, method, at, expires,
           said_by)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
        """,
        event.subject().value(),
        event.purpose().curie(),
        event.recipient(),
        event.status().name(),
        event.explicit(),
        event.noticeVersion(),
        event.language(),
        event.method(),
        event.at().toEpochMilli(),
        expires == null ? null : expires.toEpochMilli(),
        event.by().name());
    List<ConsentEvent> history =
        Sql.query(
            c,
            "SELECT "
                + EVENT_COLUMNS
                + " FROM consent_event WHERE subject = ? AND purpose = ? AND recipient = ?",
            ConsentLedger::event,
            event.subject().value(),
            event.purpose().curie(),
            event.recipient());
    // What is passed over (a renewal of nothing) may leave no state at all.
    Optional<ConsentEvent> latest = ConsentStates.latest(history);
    if (latest.isPresent()) {
      long since = ConsentStates.begun(history).map(ConsentEvent::id).orElse(0L);
      state(c, latest.get(), since);
      derivations.said(c, latest.get(), since);
    }
    return history.stream().max(Comparator.comparing(ConsentEvent::id)).orElseThrow();
  }

  public void object(Connection c, SubjectId subject, Purpose purpose, Instant at)
      throws SQLException {
    int added =
        Sql.update(
            c,
            "INSERT INTO objection (subject, purpose, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            subject.value(),
            purpose.curie(),
            at.toEpochMilli());
    if (added > 0) {
      NoHistory.objected(c, subject, purpose.curie(), true, at);
    }
    derivations.objected(c, subject, purpose);
  }

  public void liftObjection(Connection c, SubjectId subject, Purpose purpose, Instant at)
      throws SQLException {
    int lifted =
        Sql.update(
            c,
            "DELETE FROM objection WHERE subject = ? AND purpose = ?",
            subject.value(),
            purpose.curie());
    if (lifted > 0) {
      NoHistory.objected(c, subject, purpose.curie(), false, at);
    }
  }

  /** What the customer objected to, and when. */
  public List<Objection> objectionsOf(Connection c, SubjectId subject) throws SQLException {
    return Sql.query(
        c,
        "SELECT purpose, at FROM objection WHERE subject = ? ORDER BY purpose",
        row -> new Objection(row.getString(1), Instant.ofEpochMilli(row.getLong(2))),
        subject.value());
  }

  public List<ConsentEvent> history(Connection c, SubjectId subject) throws SQLException {
    return Sql.query(
        c,
        "SELECT " + EVENT_COLUMNS + " FROM consent_event WHERE subject = ? ORDER BY id",
        ConsentLedger::event,
        subject.value());
  }

  /** The events after the cursor, in order, for the graph's projection. */
  public static List<ConsentEvent> after(Connection c, long cursor, int limit) throws SQLException {
    return Sql.query(
        c,
        "SELECT "
            + EVENT_COLUMNS
            + " FROM consent_event JOIN (SELECT id AS sid FROM subject WHERE erasing = 0)"
            + " ON sid = subject WHERE id > ? ORDER BY id LIMIT ?",
        ConsentLedger::event,
        cursor,
        limit);
  }

  /** The number of the event that was appended last, even if it is erased since. */
  public static long newest(Connection c) throws SQLException {
    return Sql.one(
            c,
            "SELECT seq FROM sqlite_sequence WHERE name = 'consent_event'",
            row -> row.getLong(1))
        .orElse(0L);
  }

  private static void state(Connection c, ConsentEvent latest, long since) throws SQLException {
    Instant expires = latest.expiresAt();
    Sql.update(
        c,
        """
        INSERT INTO consent_state
          (subject, purpose, recipient, event, status, explicit, at, expires, since, yields)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (subject, purpose, recipient) DO UPDATE SET
          event = excluded.event, status = excluded.status, explicit = excluded.explicit,
          at = excluded.at, expires = excluded.expires, since = excluded.since,
          yields = excluded.yields\
        """,
        latest.subject().value(),
        latest.purpose().curie(),
        latest.recipient(),
        latest.id(),
        latest.status().name(),
        latest.explicit(),
        latest.at().toEpochMilli(),
        expires == null ? null : expires.toEpochMilli(),
        since,
        ConsentStates.yields(latest));
  }

  private static ConsentEvent event(ResultSet row) throws SQLException {
    return new ConsentEvent(
        row.getLong(1),
        new SubjectId(row.getLong(2)),
        Purpose.parse(row.getString(3)).orElseThrow(),
        row.getString(4),
        ConsentStatus.valueOf(row.getString(5)),
        Indicator.valueOf(row.getString(12)),
        row.getInt(6) != 0,
        row.getString(7),
        row.getString(8),
        row.getString(9),
        Instant.ofEpochMilli(row.getLong(10)),
        instant(row, 11));
  }

  private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }
}
