package io.contextkeep.vault.erasure;

import io.contextkeep.ontology.Coded;
import io.contextkeep.vault.crypto.NoticeKeys.Sealed;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.outbox.Outbox;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.Registry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The table of notices: one for each erasure and recipient. */
final class ErasureNotices {
  /** The kind of notices in the outbox. */
  public static final String KIND = "erasure-notice";

  /** The state of a notice. */
  public enum State implements Coded {
    NOT_TOLD,
    TOLD,
    ACKNOWLEDGED,
    GIVEN_UP,
    /** The name by which the app knew the customer is unknown, so the app cannot be told. */
    NOT_NAMED
  }

  /** The outcome that a recipient states. */
  public enum Outcome implements Coded {
    ERASED,
    NOTHING_HELD,
    KEPT_BY_LAW;

    /** Returns the outcome as entries of the log have it, which stays as it was. */
    String inLog() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One notice.
   *
   * @param jti the id of the token
   * @param sealed the names of the customer, while the notice is open
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

  /** Returns whether the erasure has a notice to the app already, from before an interruption. */
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
    if (Registry.noticeUrl(c, app).isPresent()) {
      Outbox.put(c, KIND, app, jti, "", at);
    }
  }

  /** Adds a recipient that cannot be told. */
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
        INSERT INTO erasure_notice (jti, certificate, app, issued, state, key, sealed)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING\
        """,
        jti,
        certificate,
        app,
        at.toEpochMilli(),
        state.name(),
        sealed.map(Sealed::key).orElse(null),
        sealed.map(Sealed::bytes).orElse(null));
  }

  /** Returns the recipients that a certificate names. */
  public static List<Notice> of(Connection c, String certificate) throws SQLException {
    return Sql.query(
        c,
        "SELECT * FROM erasure_notice WHERE certificate = ? ORDER BY app",
        ErasureNotices::notice,
        certificate);
  }

  /** Returns one of the app's notices. */
  public static Optional<Notice> find(Connection c, String jti, String app) throws SQLException {
    return Sql.one(
        c,
        "SELECT * FROM erasure_notice WHERE jti = ? AND app = ?",
        ErasureNotices::notice,
        jti,
        app);
  }

  /** Returns the app's open notices, the oldest first. */
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

  /** Returns the open notices of all apps after a number, the oldest first. */
  static List<Notice> open(Connection c, long after, int limit) throws SQLException {
    return Sql.query(
        c,
        """
        SELECT * FROM erasure_notice WHERE key IS NOT NULL AND sealed IS NOT NULL AND seq > ?
        ORDER BY seq LIMIT ?\
        """,
        ErasureNotices::notice,
        after,
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

  /**
   * Puts the notices that the app has not received into the outbox, or removes them where it has no
   * URL.
   */
  public static void push(Connection c, App registered) throws SQLException {
    String app = registered.id();
    for (Notice notice : untold(c, app)) {
      if (registered.noticeUrl() != null) {
        Outbox.putIfAbsent(c, KIND, app, notice.jti(), "", notice.issued());
      } else {
        Outbox.takeBack(c, KIND, app, notice.jti());
      }
    }
  }

  private static List<Notice> untold(Connection c, String app) throws SQLException {
    return Sql.query(
        c,
        """
        SELECT * FROM erasure_notice WHERE key IS NOT NULL AND app = ? AND state = 'NOT_TOLD'
        ORDER BY seq\
        """,
        ErasureNotices::notice,
        app);
  }

  /** Returns the open notices that were issued before a time. */
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

  /** Records that the app has the notice; returns false where it had it before. */
  public static boolean told(Connection c, Notice notice, Instant at) throws SQLException {
    Outbox.takeBack(c, KIND, notice.app(), notice.jti());
    return Sql.update(
            c,
            "UPDATE erasure_notice SET state = 'TOLD', told = ? WHERE seq = ? AND state ="
                + " 'NOT_TOLD'",
            at.toEpochMilli(),
            notice.seq())
        > 0;
  }

  /** Counts a failed delivery. */
  public static void failed(Connection c, String jti) throws SQLException {
    Sql.update(c, "UPDATE erasure_notice SET tries = tries + 1 WHERE jti = ?", jti);
  }

  /**
   * Ends the notice and deletes the customer's names; returns false where it had ended before. An
   * acknowledgement may come after the notice was given up. The number of its key stays until
   * {@link #keyDestroyed}, so that a crash does not leave the key.
   */
  public static boolean close(
      Connection c, Notice notice, State state, Optional<Outcome> outcome, Instant at)
      throws SQLException {
    Outbox.takeBack(c, KIND, notice.app(), notice.jti());
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

  /** Returns the keys of notices that have ended. */
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
