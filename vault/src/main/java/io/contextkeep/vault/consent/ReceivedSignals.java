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
 * The signals in which customers' noes were heard, each once for each who sent it. Of those that
 * led to nothing the newest are kept.
 */
final class ReceivedSignals {
  /** Of each sender about one customer. */
  private static final int KEPT = 100;

  /**
   * A signal and what came of it.
   *
   * @param number 0 before it has one
   * @param kind {@code tcf} or {@code gpp}
   * @param sender an app's id, or {@code customer}
   * @param mac what the string is known again by; it says nothing to whoever lacks the key
   * @param request whose entry in the log holds the string, sealed
   * @param denied each consent event that it led to, as purpose and recipient with a slash between
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

  /** The same string of the same sender, if it came before. */
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

  /** All of a customer's, the newest first. */
  public List<Heard> of(Connection c, SubjectId subject) throws SQLException {
    return Sql.query(c, COLUMNS + " ORDER BY number DESC", ReceivedSignals::heard, subject.value());
  }

  /** For each kind, when the first came that says a no. */
  public Map<String, Instant> honouredSince(Connection c, SubjectId subject) throws SQLException {
    Map<String, Instant> since = new TreeMap<>();
    for (Heard heard : of(c, subject)) {
      if (!heard.says().isEmpty()) {
        since.put(heard.kind(), heard.at());
      }
    }
    return since;
  }

  /** Keeps it, and returns it with its number. */
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
        KEPT);
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
