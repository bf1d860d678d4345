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

/** The notices of erasures as they are kept: one for each erasure and recipient. */
public final class ErasureNotices {
  /** What they are called in the outbox. */
  public static final String KIND = "erasure-notice";

  /** How far a notice has come. */
  public enum State implements Coded {
    NOT_TOLD,
    TOLD,
    ACKNOWLEDGED,
    GIVEN_UP,
    /** Nothing says by which name the app knew her: there is nothing to tell. */
    NOT_NAMED;

    @Override
    public String code() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** What a recipient says it did. */
  public enum Outcome implements Coded {
    ERASED,
    NOTHING_HELD,
    KEPT_BY_LAW;

    @Override
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
    if (Registry.noticeUrl(c, app).isPresent()) {
      Outbox.put(c, KIND, app, jti, "", at);
    }
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

  /** Pushes what the app was not told from now on, or pushes nothing where it has no URL. */
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
    Outbox.takeBack(c, KIND, notice.app(), notice.jti());
    return Sql.update(
            c,
            "UPDATE erasure_notice SET state = 'TOLD', told = ? WHERE seq = ? AND state ="
                + " 'NOT_TOLD'",
            at.toEpochMilli(),
            notice.seq())
        > 0;
  }

  /** Counts a try to push it in vain. */
  public static void failed(Connection c, String jti) throws SQLException {
    Sql.update(c, "UPDATE erasure_notice SET tries = tries + 1 WHERE jti = ?", jti);
  }

  /**
   * Ends the notice and forgets her name; false where it had ended before. An acknowledgement may
   * come late, after the notice was given up. The number of its key stays until {@link
   * #keyDestroyed}, so that a crash does not leave the key.
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
