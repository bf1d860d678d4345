package io.contextkeep.vault.consent;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The signals that were received with customers' opt-outs, each once per sender. Of the signals
 * without effect only the newest are kept.
 */
final class ReceivedSignals {
  /** The most signals without effect of a sender about one customer. */
  private static final int MAX_WITHOUT_EFFECT = 100;

  /**
   * A signal and its effects.
   *
   * @param number 0 before it is kept
   * @param kind {@code tcf} or {@code gpp}
   * @param sender an app's id, or {@code customer}
   * @param mac recognises the same string; without the key it reveals nothing
   * @param request the request in whose log entry the string is sealed
   * @param denied each refusal that it caused, as purpose and recipient with a slash between
   */
  public record Heard(
      long number,
      SubjectId subject,
      String kind,
      String sender,
      byte[] mac,
      Instant at,
      String request,
      List<String> says,
      List<String> notLookedAt,
      List<String> denied) {
    public Heard {
      says = List.copyOf(says);
      notLookedAt = List.copyOf(notLookedAt);
      denied = List.copyOf(denied);
    }
  }

  private static final String COLUMNS =
      "SELECT number, subject, kind, sender, mac, at, request, says, not_looked_at, denied"
          + " FROM signal WHERE subject = ?";

  /** Returns the same string of the same sender, if it was received before. */
  public Optional<Heard> find(
      Connection c, SubjectId subject, String kind, String sender, byte[] mac) throws SQLException {
    return Sql.one(
        c,
        COLUMNS + " AND kind = ? AND sender = ? AND mac = ?",
        ReceivedSignals::heard,
        subject.value(),
        kind,
        sender,
        mac);
  }

  /** Returns the signals about a customer before a number, the newest first. */
  public List<Heard> page(Connection c, SubjectId subject, long before, int limit)
      throws SQLException {
    return Sql.query(
        c,
        COLUMNS + " AND number < ? ORDER BY number DESC LIMIT ?",
        ReceivedSignals::heard,
        subject.value(),
        before,
        limit);
  }

  /** Returns all signals about a customer, the newest first. */
  private static List<Heard> of(Connection c, SubjectId subject) throws SQLException {
    return Sql.query(c, COLUMNS + " ORDER BY number DESC", ReceivedSignals::heard, subject.value());
  }

  /** Returns for each kind the time of the first signal that opts out. */
  public Map<String, Instant> honouredSince(Connection c, SubjectId subject) throws SQLException {
    Map<String, Instant> since = new TreeMap<>();
    for (Heard heard : of(c, subject)) {
      if (!heard.says().isEmpty()) {
        since.put(heard.kind(), heard.at());
      }
    }
    return since;
  }

  /** Keeps a signal and returns it with its number. */
  public Heard add(Connection c, Heard heard) throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO signal
          (subject, kind, sender, mac, at, request, says, not_looked_at, denied)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)\
        """,
        heard.subject().value(),
        heard.kind(),
        heard.sender(),
        heard.mac(),
        heard.at().toEpochMilli(),
        heard.request(),
        String.join(" ", heard.says()),
        String.join(" ", heard.notLookedAt()),
        String.join(" ", heard.denied()));
    Sql.update(
        c,
        """
        DELETE FROM signal WHERE subject = ? AND sender = ? AND denied = '' AND number <=
          (SELECT number FROM signal WHERE subject = ? AND sender = ? AND denied = ''
           ORDER BY number DESC LIMIT 1 OFFSET ?)\
        """,
        heard.subject().value(),
        heard.sender(),
        heard.subject().value(),
        heard.sender(),
        MAX_WITHOUT_EFFECT);
    return find(c, heard.subject(), heard.kind(), heard.sender(), heard.mac()).orElseThrow();
  }

  private static Heard heard(ResultSet row) throws SQLException {
    return new Heard(
        row.getLong(1),
        new SubjectId(row.getLong(2)),
        row.getString(3),
        row.getString(4),
        row.getBytes(5),
        Instant.ofEpochMilli(row.getLong(6)),
        row.getString(7),
        words(row.getString(8)),
        words(row.getString(9)),
        words(row.getString(10)));
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(" "));
  }
}
