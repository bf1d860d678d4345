package io.contextkeep.vault.consent;

import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStates;
import io.contextkeep.ontology.ConsentStates.Standing;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.Indicator;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.customers.ObjectionHistory;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.db.VaultClock;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The consent events of all customers, which are only ever appended, and the current state per
 * purpose and recipient. {@link ConsentStates} derives the state in the transaction that appends.
 */
public final class ConsentLedger {
  /** The recipient that stands for all apps, present and future. It can only be refused. */
  public static final String EVERYONE = "*";

  /** An objection to a purpose and all narrower ones, for every app. */
  public record Objection(String purpose, Instant at) {}

  private static final String PAIR = " WHERE subject = ? AND purpose = ? AND recipient = ?";

  /** The events of one purpose and recipient, except one event. */
  private static final String OTHERS = PAIR + " AND id <> ?";

  private static final String EVENT_COLUMNS =
      "id, subject, purpose, recipient, status, explicit, notice, language, method, at, expires,"
          + " said_by";

  private static final String EACH_CONSENT =
      "SELECT subject, "
          + PackedConsent.COLUMN
          + ", purpose FROM consent_state"
          + " WHERE subject > ? AND subject <= ? AND recipient IN (?, '*')"
          + " ORDER BY subject, purpose, recipient";

  /** The lead over the clock beyond which an event was made while the clock was wrong. */
  private static final long AHEAD = Duration.ofMinutes(1).toMillis();

  private final Listener listener;
  private final InstantSource clock;

  public ConsentLedger(Listener listener, InstantSource clock) {
    this.listener = listener;
    this.clock = clock;
  }

  /**
   * Returns the instant by which an event is ordered, which decides what it overrides. An event of
   * now is never placed before an earlier one of the customer, and a consent is placed after every
   * refusal: the customer's last act wins even if the clock changed. A stated earlier instant is
   * trusted as far as clocks can be compared: it may be later by as much as the host's clock is
   * behind, and it comes last where the customer's events were made by a clock that ran ahead.
   *
   * @param denies whether the event is a refusal
   * @param told the instant that the event states; empty for now
   */
  public Instant placed(Connection c, SubjectId subject, boolean denies, Optional<Instant> told)
      throws SQLException {
    long now = clock.millis();
    long newest =
        Sql.one(
                c,
                """
                SELECT coalesce(max(coalesce(newest, at)), 0) FROM consent_state
                WHERE subject = ?\
                """,
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

  /** Returns the vault's time, in the precision in which it is kept. */
  public Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }

  /** Returns whether there is a refusal of that very instant, which would override a consent. */
  private static boolean denied(Connection c, SubjectId subject, long at) throws SQLException {
    return Sql.query(
            c,
            """
            SELECT DISTINCT e.status FROM consent_state s JOIN consent_event e
              ON e.subject = s.subject AND e.purpose = s.purpose AND e.recipient = s.recipient
            WHERE s.subject = ? AND coalesce(s.newest, s.at) = ? AND e.at = ?\
            """,
            row -> ConsentStatus.valueOf(row.getString(1)),
            subject.value(),
            at,
            at)
        .stream()
        .anyMatch(ConsentStatus::denies);
  }

  /** Returns whether the customer gave a later consent that the refusal does not block. */
  public boolean isOutlived(Connection c, ConsentEvent no) throws SQLException {
    return ConsentStates.yields(no)
        && Sql.one(
                c,
                """
                SELECT 1 FROM consent_state WHERE subject = ? AND coalesce(
                  yes_at, CASE WHEN status IN ('GIVEN', 'RENEWED') THEN at END) > ? LIMIT 1\
                """,
                row -> row.getInt(1),
                no.subject().value(),
                no.at().toEpochMilli())
            .isPresent();
  }

  /** Returns whether a later refusal would yield to the consent if that were given again. */
  public boolean isOvertaken(Connection c, ConsentEvent yes) throws SQLException {
    return yes.status().allows()
        && Sql.one(
                c,
                "SELECT 1 FROM consent_state WHERE subject = ? AND yields = 1 AND at >= ? LIMIT 1",
                row -> row.getInt(1),
                yes.subject().value(),
                yes.at().toEpochMilli())
            .isPresent();
  }

  /** Appends the event and updates the state, in the caller's transaction. */
  public ConsentEvent append(Connection c, ConsentEvent event) throws SQLException {
    return append(c, event, Optional.empty()).event();
  }

  /**
   * An event that was appended.
   *
   * @param before what was kept of its purpose and recipient before it
   */
  record Appended(ConsentEvent event, Matter before) {}

  /**
   * Appends one of the events of an act.
   *
   * @param act the number of the first of them; empty if this is the first
   */
  Appended append(Connection c, ConsentEvent event, Optional<Long> act) throws SQLException {
    Matter before = Matter.of(c, event);
    ConsentEvent appended = event.withId(insert(c, event));
    // An event without effect (a renewal of nothing) may leave no state at all.
    Optional<Standing> standing = with(c, appended, before);
    if (standing.isPresent()) {
      before.with(appended, act.orElse(appended.id())).put(c, standing.get());
      listener.onConsentChange(c, standing.get().latest(), standing.get().since());
    }
    return new Appended(appended, before);
  }

  private static long insert(Connection c, ConsentEvent event) throws SQLException {
    Instant expires = event.expiresAt();
    return Sql.number(
        c,
        """
        INSERT INTO consent_event
          (subject, purpose, recipient, status, explicit, notice, language, method, at, expires,
           said_by)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id\
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
  }

  /**
   * Returns the event that would be in force if this one were added to its purpose and recipient.
   */
  public Optional<ConsentEvent> latestWith(Connection c, ConsentEvent event) throws SQLException {
    return with(c, event, Matter.of(c, event)).map(Standing::latest);
  }

  /**
   * Computes the state with an event added. The work does not grow with the history: an event later
   * than all others is applied to the current state. Only an event of an earlier time is sorted in
   * among the others, of which none before the customer's own last refusal matters.
   */
  private Optional<Standing> with(Connection c, ConsentEvent event, Matter before)
      throws SQLException {
    if (before.isEarlierThan(event)) {
      Optional<Standing> changed = ConsentStates.changed(before.held(), event);
      return changed.isPresent() ? changed : standing(c, event);
    }
    Object[] which = {
      event.subject().value(), event.purpose().curie(), event.recipient(), event.id()
    };
    Optional<Long> ownNo =
        Sql.one(
            c,
            "SELECT at FROM consent_event"
                + OTHERS
                + " AND said_by = 'SUBJECT' AND status IN ('UNKNOWN', 'REFUSED', 'WITHDRAWN')"
                + " ORDER BY at DESC LIMIT 1",
            row -> row.getLong(1),
            which);
    List<ConsentEvent> counting =
        new ArrayList<>(
            Sql.query(
                c,
                "SELECT " + EVENT_COLUMNS + " FROM consent_event" + OTHERS + " AND at >= ?",
                ConsentLedger::event,
                event.subject().value(),
                event.purpose().curie(),
                event.recipient(),
                event.id(),
                ownNo.orElse(Long.MIN_VALUE)));
    counting.add(event);
    return ConsentStates.standing(counting);
  }

  /** Returns the state of the event's purpose and recipient; empty where there is none. */
  private static Optional<Standing> standing(Connection c, ConsentEvent event) throws SQLException {
    return Sql.one(
        c,
        "SELECT "
            + EVENT_COLUMNS
            + ", since FROM (SELECT event, since FROM consent_state"
            + PAIR
            + ") AS held JOIN consent_event ON id = event",
        row -> new Standing(event(row), row.getLong(13)),
        event.subject().value(),
        event.purpose().curie(),
        event.recipient());
  }

  /** Returns the event that is in force for that purpose and recipient. */
  public Optional<ConsentEvent> latest(
      Connection c, SubjectId subject, Purpose purpose, String recipient) throws SQLException {
    return Sql.one(
        c,
        "SELECT "
            + EVENT_COLUMNS
            + " FROM consent_event WHERE id = (SELECT event FROM consent_state"
            + PAIR
            + ")",
        ConsentLedger::event,
        subject.value(),
        purpose.curie(),
        recipient);
  }

  /** Returns the events that are in force, one for each purpose and recipient. */
  public List<ConsentEvent> latest(Connection c, SubjectId subject) throws SQLException {
    return Sql.query(
        c,
        "SELECT "
            + EVENT_COLUMNS
            + " FROM consent_event WHERE id IN (SELECT event FROM consent_state WHERE subject = ?)"
            + " ORDER BY purpose, recipient",
        ConsentLedger::event,
        subject.value());
  }

  /**
   * Returns the recipients that were ever given consent for the purpose.
   *
   * @param recipient the only one to look for, or {@code *} for all
   */
  public TreeSet<String> everGiven(
      Connection c, SubjectId subject, Purpose purpose, String recipient) throws SQLException {
    return new TreeSet<>(
        Sql.query(
            c,
            """
            SELECT recipient FROM consent_state
            WHERE subject = ? AND purpose = ? AND ? IN (recipient, '*')
              AND (status IN ('GIVEN', 'RENEWED') OR last_yes IS NOT NULL)\
            """,
            row -> row.getString(1),
            subject.value(),
            purpose.curie(),
            recipient));
  }

  /** Returns the last consent to that purpose and recipient, whatever followed. */
  public Optional<ConsentEvent> lastYes(
      Connection c, SubjectId subject, Purpose purpose, String recipient) throws SQLException {
    return Sql.one(
        c,
        "SELECT "
            + EVENT_COLUMNS
            + " FROM consent_event WHERE id = (SELECT coalesce(last_yes,"
            + " CASE WHEN status IN ('GIVEN', 'RENEWED') THEN event END) FROM consent_state"
            + PAIR
            + ")",
        ConsentLedger::event,
        subject.value(),
        purpose.curie(),
        recipient);
  }

  /** Returns whether a signal of that kind ever concerned that purpose and recipient. */
  public boolean signalled(
      Connection c, SubjectId subject, Purpose purpose, String recipient, String method)
      throws SQLException {
    return Sql.one(
            c,
            "SELECT 1 FROM consent_event"
                + PAIR
                + " AND method = ? AND method IN ('gpc', 'tcf', 'gpp') LIMIT 1",
            row -> row.getInt(1),
            subject.value(),
            purpose.curie(),
            recipient,
            method)
        .isPresent();
  }

  /** Records an objection, if it is not in force already. */
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
      ObjectionHistory.objected(c, subject, purpose.curie(), true, at);
    }
    listener.onObjection(c, subject, purpose);
  }

  /** Takes an objection back, if it is in force. */
  public void liftObjection(Connection c, SubjectId subject, Purpose purpose, Instant at)
      throws SQLException {
    int lifted =
        Sql.update(
            c,
            "DELETE FROM objection WHERE subject = ? AND purpose = ?",
            subject.value(),
            purpose.curie());
    if (lifted > 0) {
      ObjectionHistory.objected(c, subject, purpose.curie(), false, at);
    }
  }

  /** Returns the customer's objections. */
  public List<Objection> objectionsOf(Connection c, SubjectId subject) throws SQLException {
    return Sql.query(
        c,
        "SELECT purpose, at FROM objection WHERE subject = ? ORDER BY purpose",
        row -> new Objection(row.getString(1), Instant.ofEpochMilli(row.getLong(2))),
        subject.value());
  }

  /** Returns all events of a customer, in order. */
  public List<ConsentEvent> history(Connection c, SubjectId subject) throws SQLException {
    return Sql.query(
        c,
        "SELECT " + EVENT_COLUMNS + " FROM consent_event WHERE subject = ? ORDER BY id",
        ConsentLedger::event,
        subject.value());
  }

  /** Returns the time of the first event by a signal of that kind. */
  public Optional<Instant> firstSignalled(Connection c, SubjectId subject, String method)
      throws SQLException {
    return Sql.one(
            c,
            """
            SELECT min(at) FROM consent_event
            WHERE subject = ? AND method = ? AND method IN ('gpc', 'tcf', 'gpp')\
            """,
            row -> Optional.ofNullable(instant(row, 1)),
            subject.value(),
            method)
        .flatMap(first -> first);
  }

  /** Returns the events of one purpose and recipient, up to a number. */
  public List<ConsentEvent> history(
      Connection c, SubjectId subject, Purpose purpose, String recipient, long last)
      throws SQLException {
    return Sql.query(
        c,
        "SELECT " + EVENT_COLUMNS + " FROM consent_event" + PAIR + " AND id <= ? ORDER BY id",
        ConsentLedger::event,
        subject.value(),
        purpose.curie(),
        recipient,
        last);
  }

  /** Returns the events of the customer with numbers from the first to the last, which are few. */
  public List<ConsentEvent> between(Connection c, SubjectId subject, long first, long last)
      throws SQLException {
    return Sql.query(
        c,
        // The sign keeps SQLite from going through all of the customer's events instead.
        "SELECT "
            + EVENT_COLUMNS
            + " FROM consent_event WHERE id BETWEEN ? AND ? AND +subject = ? ORDER BY id",
        ConsentLedger::event,
        first,
        last,
        subject.value());
  }

  /** Returns the events after the cursor, in order, also of customers who are being erased. */
  public static List<ConsentEvent> after(Connection c, long cursor, int limit) throws SQLException {
    return Sql.query(
        c,
        "SELECT " + EVENT_COLUMNS + " FROM consent_event WHERE id > ? ORDER BY id LIMIT ?",
        ConsentLedger::event,
        cursor,
        limit);
  }

  /** Returns the number of the last event that was appended, even if it has been erased. */
  public static long newest(Connection c) throws SQLException {
    return Sql.newest(c, "consent_event");
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

  /** A consumer of customers' consents. */
  @FunctionalInterface
  public interface EachConsent {
    void take(long subject, PackedConsent consent);
  }

  /**
   * Visits the consents to a recipient, and to everyone, of the customers after one number and up
   * to another, in their order.
   *
   * @param purpose the one that most of them are to: only other ones are read
   * @param now the present time, in milliseconds
   */
  public static void eachConsent(
      Connection c,
      long after,
      long until,
      String purpose,
      String recipient,
      long now,
      EachConsent each)
      throws SQLException {
    Sql.each(
        c,
        EACH_CONSENT,
        row -> {
          long packed = row.getLong(2);
          String to = PackedConsent.isToOther(packed) ? row.getString(3) : purpose;
          each.take(row.getLong(1), PackedConsent.of(packed, to));
        },
        purpose,
        now,
        after,
        until,
        recipient);
  }

  /** A consumer of customers' objections. */
  @FunctionalInterface
  public interface EachObjection {
    void take(long subject, String purpose);
  }

  /** Visits the objections of the customers after one number and up to another, in order. */
  public static void eachObjection(Connection c, long after, long until, EachObjection each)
      throws SQLException {
    Sql.each(
        c,
        """
        SELECT subject, purpose FROM objection WHERE subject > ? AND subject <= ?
        ORDER BY subject, purpose\
        """,
        row -> each.take(row.getLong(1), row.getString(2)),
        after,
        until);
  }

  /**
   * Returns the event with which the consent in force began, if that was no later than an instant;
   * empty also where nothing is given.
   *
   * @param latest the instant, in milliseconds
   */
  public static Optional<Long> givenSince(
      Connection c, SubjectId subject, String purpose, String recipient, long latest)
      throws SQLException {
    return Sql.one(
        c,
        """
        SELECT s.since FROM consent_state s JOIN consent_event e ON e.id = s.since
        WHERE s.subject = ? AND s.purpose = ? AND s.recipient = ? AND e.at <= ?\
        """,
        row -> row.getLong(1),
        subject.value(),
        purpose,
        recipient,
        latest);
  }

  /** Returns whether a consent is in force whose latest event is after an instant. */
  public static boolean isGivenAfter(
      Connection c, SubjectId subject, Purpose purpose, String recipient, long instant)
      throws SQLException {
    return Sql.one(
            c,
            "SELECT status FROM consent_state" + PAIR + " AND at > ?",
            row -> ConsentStatus.valueOf(row.getString(1)),
            subject.value(),
            purpose.curie(),
            recipient,
            instant)
        .filter(ConsentStatus::allows)
        .isPresent();
  }

  /** Returns how many consents stand at an instant, by recipient and purpose. */
  public static Map<String, Long> standing(Connection c, Instant now) throws SQLException {
    Map<String, Long> standing = new TreeMap<>();
    Sql.each(
        c,
        """
        SELECT recipient || ' ' || purpose, count(*) FROM consent_state
        WHERE status IN ('GIVEN', 'RENEWED') AND (expires IS NULL OR expires > ?)
        GROUP BY recipient, purpose\
        """,
        row -> standing.put(row.getString(1), row.getLong(2)),
        now.toEpochMilli());
    return standing;
  }

  /** Returns the apps that the customer gave or refused a consent, one by one. */
  public static List<String> recipients(Connection c, SubjectId subject) throws SQLException {
    return Sql.query(
        c,
        "SELECT DISTINCT recipient FROM consent_state WHERE subject = ? ORDER BY recipient",
        row -> row.getString(1),
        subject.value());
  }

  /** Called when a consent or an objection changes, in the same transaction. */
  public interface Listener {

    /**
     * Called after an event was appended that changed a consent.
     *
     * @param since the event with which the consent in force began; 0 where there is none
     */
    void onConsentChange(Connection c, ConsentEvent latest, long since) throws SQLException;

    /** Called after an objection, which is to every app. */
    void onObjection(Connection c, SubjectId subject, Purpose purpose) throws SQLException;
  }
}
