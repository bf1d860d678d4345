package io.contextkeep.vault.store;

import io.contextkeep.vault.crypto.NoticeKeys.Sealed;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The notices of erasures as they are kept: one for each erasure and recipient. */
public final class ErasureNotices {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(6);

  /** How far a notice has come. */
  public enum State {
    NOT_TOLD,
    TOLD,
    ACKNOWLEDGED,
    GIVEN_UP,
    /** Nothing says by which name the app knew her: there is nothing to tell. */
    NOT_NAMED
  }

  /** What a recipient says it did. */
  public enum Outcome {
    ERASED,
    NOTHING_HELD,
    KEPT_BY_LAW;

    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Outcome> parse(String code) {
      return List.of(values()).stream().filter(o -> o.code().equals(code)).findFirst();
    }
  }

  /**
   * One notice.
   *
   * @param jti its name towards the app
   * @param sealed the names of the customer, as long as the notice is open
   */
  public record Notice(
      long seq,
      String jti,
      String app,
      Instant issued,
      State state,
      Optional<Sealed> sealed,
      int tries,
      Optional<Instant> told,
      Optional<Instant> closed,
      Optional<Outcome> outcome) {
    public boolean isOpen() {
      return state == State.NOT_TOLD || state == State.TOLD;
    }
  }

  private ErasureNotices() {}

  /** Whether the app is a recipient already: an erasure that goes on makes no second notice. */
  static boolean isNoted(Connection c, String certificate, String app) throws SQLException {
    return Sql.one(
            c,
            "SELECT 1 FROM erasure_notice WHERE certificate = ? AND app = ?",
            row -> true,
            certificate,
            app)
        .orElse(false);
  }

  static void add(
      Connection c, String jti, String certificate, String app, Sealed sealed, Instant at)
      throws SQLException {
    add(c, jti, certificate, app, State.NOT_TOLD, Optional.of(sealed), at);
  }

  /** A recipient whom nothing can be told. */
  static void addUnnamed(Connection c, String jti, String certificate, String app, Instant at)
      throws SQLException {
    add(c, jti, certificate, app, State.NOT_NAMED, Optional.empty(), at);
  }

  private static void add(
      Connection c,
      String jti,
      String certificate,
      String app,
      State state,
      Optional<Sealed> sealed,
      Instant at)
      throws SQLException {
    Sql.update(
        c,
        """
        INSERT OR IGNORE INTO erasure_notice (jti, certificate, app, issued, state, key, sealed, next)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?4)\
        """,
        jti,
        certificate,
        app,
        at.toEpochMilli(),
        state.name(),
        sealed.map(Sealed::key).orElse(null),
        sealed.map(Sealed::bytes).orElse(null));
  }

  /** The recipients that a certificate names. */
  public static List<Notice> of(Connection c, String certificate) throws SQLException {
    return Sql.query(
        c,
        "SELECT * FROM erasure_notice WHERE certificate = ? ORDER BY app",
        ErasureNotices::notice,
        certificate);
  }

  /** One of the app's notices. */
  public static Optional<Notice> find(Connection c, String jti, String app) throws SQLException {
    return Sql.one(
        c,
        "SELECT * FROM erasure_notice WHERE jti = ? AND app = ?",
        ErasureNotices::notice,
        jti,
        app);
  }

  /** The app's open notices, the oldest first. */
  public static List<Notice> open(Connection c, String app, int limit) throws SQLException {
    return Sql.query(
        c,
        """
        SELECT * FROM erasure_notice WHERE key IS NOT NULL AND sealed IS NOT NULL AND app = ?
        ORDER BY seq LIMIT ?\
        """,
        ErasureNotices::notice,
        app,
        limit);
  }

  /** Everybody's open notices, the oldest first. */
  public static List<Notice> open(Connection c, int limit) throws SQLException {
    return Sql.query(
        c,
        """
        SELECT * FROM erasure_notice WHERE key IS NOT NULL AND sealed IS NOT NULL
        ORDER BY seq LIMIT ?\
        """,
        ErasureNotices::notice,
        limit);
  }

  public static long unacknowledged(Connection c) throws SQLException {
    return Sql.one(
            c,
            """
            SELECT count(*) FROM erasure_notice WHERE key IS NOT NULL AND sealed IS NOT NULL\
            """,
            row -> row.getLong(1))
        .orElseThrow();
  }

  /** The apps that have a notice which may be sent now, each once. */
  public static List<String> appsDue(Connection c, Instant now) throws SQLException {
    return Sql.query(
        c,
        """
        SELECT DISTINCT app FROM erasure_notice
        WHERE key IS NOT NULL AND state = 'NOT_TOLD' AND (next <= ? OR next > ?)\
        """,
        row -> row.getString(1),
        now.toEpochMilli(),
        latest(now));
  }

  /** The app's notices that may be sent now. */
  public static List<Notice> due(Connection c, String app, Instant now, int limit)
      throws SQLException {
    return Sql.query(
        c,
        """
        SELECT * FROM erasure_notice
        WHERE key IS NOT NULL AND app = ? AND state = 'NOT_TOLD' AND (next <= ? OR next > ?)
        ORDER BY seq LIMIT ?\
        """,
        ErasureNotices::notice,
        app,
        now.toEpochMilli(),
        latest(now),
        limit);
  }

  /** A pause that would end later was begun while the clock was ahead. */
  private static long latest(Instant now) {
    return now.plus(LONGEST_PAUSE).toEpochMilli();
  }

  /** Open notices that were issued before that time. */
  public static List<Notice> issuedBefore(Connection c, Instant time, int limit)
      throws SQLException {
    return Sql.query(
        c,
        """
        SELECT * FROM erasure_notice
        WHERE key IS NOT NULL AND sealed IS NOT NULL AND issued < ? ORDER BY seq LIMIT ?\
        """,
        ErasureNotices::notice,
        time.toEpochMilli(),
        limit);
  }

  /** The app has it; false where it had it before. */
  public static boolean told(Connection c, Notice notice, Instant at) throws SQLException {
    return Sql.update(
            c,
            "UPDATE erasure_notice SET state = 'TOLD', told = ? WHERE seq = ? AND state ="
                + " 'NOT_TOLD'",
            at.toEpochMilli(),
            notice.seq())
        > 0;
  }

  /** The app could not be told: the pause before the next try doubles. */
  public static void failed(Connection c, Notice notice, Instant at) throws SQLException {
    long pause =
        Math.min(FIRST_PAUSE.toMillis() << Math.min(notice.tries(), 20), LONGEST_PAUSE.toMillis());
    Sql.update(
        c,
        "UPDATE erasure_notice SET tries = tries + 1, next = ? WHERE seq = ?",
        at.toEpochMilli() + pause,
        notice.seq());
  }

  /**
   * Ends the notice and forgets her name; false where it had ended before. An acknowledgement may
   * come late, after the notice was given up. The number of its key stays until {@link
   * #keyDestroyed}, so that a crash does not leave the key.
   */
  public static boolean close(
      Connection c, Notice notice, State state, Optional<Outcome> outcome, Instant at)
      throws SQLException {
    return Sql.update(
            c,
            """
            UPDATE erasure_notice SET state = ?, outcome = ?, closed = ?, sealed = NULL
            WHERE seq = ? AND state IN ('NOT_TOLD', 'TOLD', ?)\
            """,
            state.name(),
            outcome.map(Outcome::name).orElse(null),
            at.toEpochMilli(),
            notice.seq(),
            state == State.ACKNOWLEDGED ? State.GIVEN_UP.name() : "")
        > 0;
  }

  /** The keys of notices that have ended. */
  public static List<Long> deadKeys(Connection c) throws SQLException {
    return Sql.query(
        c,
        "SELECT key FROM erasure_notice WHERE key IS NOT NULL AND sealed IS NULL",
        row -> row.getLong(1));
  }

  public static void keyDestroyed(Connection c, long key) throws SQLException {
    Sql.update(
        c,
        "UPDATE erasure_notice SET key = NULL WHERE key IS NOT NULL AND sealed IS NULL AND key = ?",
        key);
  }

  private static Notice notice(ResultSet row) throws SQLException {
    byte[] sealed = row.getBytes("sealed");
    return new Notice(
        row.getLong("seq"),
        row.getString("jti"),
        row.getString("app"),
        Instant.ofEpochMilli(row.getLong("issued")),
        State.valueOf(row.getString("state")),
        sealed == null ? Optional.empty() : Optional.of(new Sealed(row.getLong("key"), sealed)),
        row.getInt("tries"),
        ErasureCertificates.instant(row, "told"),
        ErasureCertificates.instant(row, "closed"),
        Optional.ofNullable(row.getString("outcome")).map(Outcome::valueOf));
  }
}
