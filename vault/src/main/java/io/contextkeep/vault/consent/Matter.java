package io.contextkeep.vault.consent;

import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStates;
import io.contextkeep.ontology.ConsentStates.Held;
import io.contextkeep.ontology.ConsentStates.Standing;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is kept of one purpose and recipient of a customer, so that their next event is appended
 * without a look at the earlier ones: one row, of which what follows from the event in force is
 * left out.
 *
 * @param held the consent in force; empty where no event counted yet
 * @param newest the time of the newest event; empty where there is none
 * @param lastYes the number of the consent that was received last, whatever followed
 * @param yesAt the time of the newest consent
 * @param act the number of the receipt of the act that the last event was part of, if there was
 *     one; empty where that is not known
 */
record Matter(
    Optional<Held> held,
    Optional<Long> newest,
    Optional<Long> lastYes,
    Optional<Long> yesAt,
    Optional<Long> act) {

  /** Returns what is kept of the purpose and recipient of an event that is not appended yet. */
  static Matter of(Connection c, ConsentEvent event) throws SQLException {
    Optional<Matter> kept =
        Sql.one(
            c,
            """
            SELECT status, own, explicit, expires, since, coalesce(newest, at),
              coalesce(last_yes, CASE WHEN status IN ('GIVEN', 'RENEWED') THEN event END),
              coalesce(yes_at, CASE WHEN status IN ('GIVEN', 'RENEWED') THEN at END), act
            FROM consent_state WHERE subject = ? AND purpose = ? AND recipient = ?\
            """,
            Matter::kept,
            event.subject().value(),
            event.purpose().curie(),
            event.recipient());
    return kept.isPresent() ? kept.get() : withoutState(c, event);
  }

  private static Matter kept(ResultSet row) throws SQLException {
    Long expires = Sql.number(row, 4);
    Held held =
        new Held(
            ConsentStatus.valueOf(row.getString(1)),
            row.getInt(2) != 0,
            row.getInt(3) != 0,
            expires == null ? null : Instant.ofEpochMilli(expires),
            row.getLong(5));
    return of(row, 6, Optional.of(held), Optional.ofNullable(Sql.number(row, 9)));
  }

  /** Asks the history, which has at most events without effect. */
  private static Matter withoutState(Connection c, ConsentEvent event) throws SQLException {
    return Sql.one(
            c,
            """
            SELECT max(at), max(CASE WHEN status IN ('GIVEN', 'RENEWED') THEN id END),
              max(CASE WHEN status IN ('GIVEN', 'RENEWED') THEN at END)
            FROM consent_event WHERE subject = ? AND purpose = ? AND recipient = ?\
            """,
            row -> of(row, 1, Optional.empty(), Optional.empty()),
            event.subject().value(),
            event.purpose().curie(),
            event.recipient())
        .orElseThrow();
  }

  /** Reads three columns: the times of the newest event, the last consent, and its time. */
  private static Matter of(ResultSet row, int first, Optional<Held> held, Optional<Long> act)
      throws SQLException {
    return new Matter(
        held,
        Optional.ofNullable(Sql.number(row, first)),
        Optional.ofNullable(Sql.number(row, first + 1)),
        Optional.ofNullable(Sql.number(row, first + 2)),
        act);
  }

  /** Returns whether all events that are kept are earlier than another. */
  boolean isEarlierThan(ConsentEvent event) {
    return newest.filter(at -> at >= event.at().toEpochMilli()).isEmpty();
  }

  /**
   * Returns what is to be kept with another event.
   *
   * @param ofAct the number of the first event of its act
   */
  Matter with(ConsentEvent event, long ofAct) {
    Optional<Long> at = Optional.of(event.at().toEpochMilli());
    boolean yes = event.status().allows();
    return new Matter(
        held,
        later(newest, at),
        yes ? Optional.of(event.id()) : lastYes,
        yes ? later(yesAt, at) : yesAt,
        Optional.of(ofAct));
  }

  private static Optional<Long> later(Optional<Long> one, Optional<Long> other) {
    return Stream.of(one, other).flatMap(Optional::stream).max(Long::compare);
  }

  /** Writes the row. */
  void put(Connection c, Standing standing) throws SQLException {
    ConsentEvent latest = standing.latest();
    Instant expires = latest.expiresAt();
    Optional<Long> at = Optional.of(latest.at().toEpochMilli());
    boolean yes = latest.status().allows();
    Sql.update(
        c,
        """
        INSERT INTO consent_state
          (subject, purpose, recipient, event, status, explicit, at, expires, since, yields, own,
           newest, last_yes, yes_at, act)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (subject, purpose, recipient) DO UPDATE SET event = excluded.event,
          status = excluded.status, explicit = excluded.explicit, at = excluded.at,
          expires = excluded.expires, since = excluded.since, yields = excluded.yields,
          own = excluded.own, newest = excluded.newest, last_yes = excluded.last_yes,
          yes_at = excluded.yes_at, act = excluded.act\
        """,
        latest.subject().value(),
        latest.purpose().curie(),
        latest.recipient(),
        latest.id(),
        latest.status().name(),
        latest.explicit(),
        latest.at().toEpochMilli(),
        expires == null ? null : expires.toEpochMilli(),
        standing.since(),
        ConsentStates.yields(latest),
        Held.of(standing).own(),
        newest.equals(at) ? null : newest.orElse(null),
        yes && lastYes.equals(Optional.of(latest.id())) ? null : lastYes.orElse(null),
        yes && yesAt.equals(at) ? null : yesAt.orElse(null),
        act.orElse(null));
  }
}
