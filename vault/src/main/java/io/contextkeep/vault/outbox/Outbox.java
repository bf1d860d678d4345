package io.contextkeep.vault.outbox;

import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.outbox.Channel.Message;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The table of outgoing messages. */
public final class Outbox {
  private static final Duration DEAD_KEPT = Duration.ofDays(30);
  private static final int AT_ONCE = 100;

  private static final String MESSAGE =
      "SELECT kind, target, message, payload, revision, attempts, next, created FROM outbox";

  private static final String PUT =
      """
      INSERT INTO outbox (kind, target, message, payload, revision, attempts, next, created)
      VALUES (?, ?, ?, ?, 0, 0, ?, ?) ON CONFLICT (kind, target, message) DO\
      """;

  private static final String TO_ONE_TARGET =
      MESSAGE + " WHERE kind = ? AND target = ? AND dead IS NULL";

  private static final String IN_ORDER = " ORDER BY id LIMIT " + AT_ONCE;

  private static final String DUE = TO_ONE_TARGET + " AND NOT (next > ? AND next <= ?)" + IN_ORDER;

  /**
   * The condition that an earlier message to the same target does not wait for its next attempt.
   */
  private static final String DUE_IN_TURN =
      TO_ONE_TARGET
          + """
           AND id < coalesce((SELECT min(w.id) FROM outbox w
             WHERE w.kind = outbox.kind AND w.target = outbox.target AND w.dead IS NULL
               AND w.next > ? AND w.next <= ?), 9223372036854775807)\
          """
          + IN_ORDER;

  private static final String ONE = " WHERE kind = ? AND target = ? AND message = ?";

  /** The backlog of a kind. */
  record Waiting(long count, long oldest, long dead) {}

  private Outbox() {}

  /**
   * Puts a message, in the transaction that causes it. If it waits already, it is sent once more,
   * with the content at that time.
   */
  public static void put(
      Connection c, String kind, String target, String id, String payload, Instant at)
      throws SQLException {
    put(c, PUT + " UPDATE SET revision = outbox.revision + 1", kind, target, id, payload, at);
  }

  /** Puts a message, in the transaction that causes it, unless it waits already. */
  public static void putIfAbsent(
      Connection c, String kind, String target, String id, String payload, Instant at)
      throws SQLException {
    put(c, PUT + " NOTHING", kind, target, id, payload, at);
  }

  private static void put(
      Connection c, String sql, String kind, String target, String id, String payload, Instant at)
      throws SQLException {
    Sql.update(c, sql, kind, target, id, payload, at.toEpochMilli(), at.toEpochMilli());
  }

  /** Removes a message that need not be sent any more. */
  public static void takeBack(Connection c, String kind, String target, String id)
      throws SQLException {
    Sql.update(c, "DELETE FROM outbox" + ONE, kind, target, id);
  }

  /** Returns the targets with due messages, each once. */
  static List<String> targets(Connection c, Channel channel, Instant now) throws SQLException {
    return Sql.query(
        c,
        """
        SELECT DISTINCT target FROM outbox
        WHERE kind = ? AND dead IS NULL AND (next <= ? OR next > ?)\
        """,
        row -> row.getString(1),
        channel.kind(),
        now.toEpochMilli(),
        latest(channel, now));
  }

  /** Returns the target's due messages in the order in which they were put. */
  static List<Message> due(Connection c, Channel channel, String target, Instant now)
      throws SQLException {
    return Sql.query(
        c,
        channel.isOrdered() ? DUE_IN_TURN : DUE,
        Outbox::message,
        channel.kind(),
        target,
        now.toEpochMilli(),
        latest(channel, now));
  }

  /**
   * Returns the latest end of a pause; one that ends later was started while the clock was ahead.
   */
  private static long latest(Channel channel, Instant now) {
    return now.plus(channel.retries().backoff().longest()).toEpochMilli();
  }

  /** Removes a sent message, unless it was put again meanwhile. */
  static void sent(Connection c, Message message, Instant now) throws SQLException {
    int gone =
        Sql.update(
            c,
            "DELETE FROM outbox" + ONE + " AND revision = ?",
            message.kind(),
            message.target(),
            message.id(),
            message.revision());
    if (gone == 0) {
      Sql.update(
          c,
          "UPDATE outbox SET attempts = 0, next = ?" + ONE,
          now.toEpochMilli(),
          message.kind(),
          message.target(),
          message.id());
    }
  }

  /** Keeps a message for the next attempt. */
  static void failed(Connection c, Message message, String error, Instant next)
      throws SQLException {
    Sql.update(
        c,
        "UPDATE outbox SET attempts = ?, error = ?, next = ?" + ONE,
        message.attempts() + 1,
        error,
        next.toEpochMilli(),
        message.kind(),
        message.target(),
        message.id());
  }

  /** Makes a message a dead letter, which is not sent any more. */
  static void died(Connection c, Message message, String error, Instant at) throws SQLException {
    Sql.update(
        c,
        "UPDATE outbox SET attempts = ?, error = ?, dead = ?" + ONE,
        message.attempts() + 1,
        error,
        at.toEpochMilli(),
        message.kind(),
        message.target(),
        message.id());
  }

  /** Deletes expired dead letters; returns their number. */
  static int tidy(Connection c, Instant now) throws SQLException {
    return Sql.update(c, "DELETE FROM outbox WHERE dead < ?", now.minus(DEAD_KEPT).toEpochMilli());
  }

  /** Returns the backlog of a kind. */
  static Waiting waiting(Connection c, String kind) throws SQLException {
    return Sql.one(
            c,
            """
            SELECT coalesce(sum(CASE WHEN dead IS NULL THEN 1 ELSE 0 END), 0),
              coalesce(min(CASE WHEN dead IS NULL THEN created END), 0), count(dead)
            FROM outbox WHERE kind = ?\
            """,
            row -> new Waiting(row.getLong(1), row.getLong(2), row.getLong(3)),
            kind)
        .orElseThrow();
  }

  private static Message message(ResultSet row) throws SQLException {
    return new Message(
        row.getString("kind"),
        row.getString("target"),
        row.getString("message"),
        row.getString("payload"),
        row.getLong("revision"),
        row.getInt("attempts"),
        Instant.ofEpochMilli(row.getLong("next")),
        Instant.ofEpochMilli(row.getLong("created")));
  }
}
