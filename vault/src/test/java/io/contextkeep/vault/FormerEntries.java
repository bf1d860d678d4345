package io.contextkeep.vault;

import io.contextkeep.audit.AuditRow;
import io.contextkeep.vault.db.Sql;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** The entries of a log in the two tables that held them before they were stored in groups. */
final class FormerEntries {
  static final List<String> TABLES = List.of("audit_leaf", "audit_private", "audit_tally");

  private static final List<String> PARTS =
      List.of("type", "actor", "role", "purpose", "basis", "decision", "reasons", "policy");

  private FormerEntries() {}

  /** Writes the entries of today's log into an older version's tables. */
  static void write(Connection today, Connection older) throws SQLException {
    for (AuditRow entry : LoggedEntries.all(today)) {
      Sql.update(
          older,
          "INSERT INTO audit_leaf VALUES (?, ?, ?, ?, ?, ?)",
          entry.index(),
          entry.time(),
          entry.type(),
          kind(older, entry),
          entry.word("request"),
          entry.json().getBytes(StandardCharsets.UTF_8));
    }
    Sql.each(today, "SELECT first, present, parts FROM audit_sealed", row -> parts(older, row));
    Sql.update(
        older,
        "INSERT INTO audit_tally SELECT time / 3600000, kind, count(*) FROM audit_leaf"
            + " GROUP BY 1, 2");
  }

  private static long kind(Connection older, AuditRow entry) throws SQLException {
    Object[] parts =
        PARTS.stream()
            .map(
                part ->
                    part.equals("reasons") ? String.join(" ", entry.words(part)) : entry.word(part))
            .toArray();
    String names = String.join(", ", PARTS);
    String values = "(?, ?, ?, ?, ?, ?, ?, ?)";
    Sql.update(
        older,
        "INSERT INTO audit_kind (" + names + ") VALUES " + values + " ON CONFLICT DO NOTHING",
        parts);
    return Sql.number(older, "SELECT id FROM audit_kind WHERE (" + names + ") = " + values, parts);
  }

  private static void parts(Connection older, ResultSet row) throws SQLException {
    ByteBuffer parts = ByteBuffer.wrap(row.getBytes(3));
    for (long left = row.getLong(2); left != 0; left &= left - 1) {
      long subject = parts.getLong();
      long n = parts.getLong();
      byte[] sealed = new byte[parts.getInt()];
      parts.get(sealed);
      Sql.update(
          older,
          "INSERT INTO audit_private VALUES (?, ?, ?, ?)",
          row.getLong(1) + Long.numberOfTrailingZeros(left),
          subject,
          n,
          sealed);
    }
  }
}
