package io.contextkeep.audit;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Reads the log: what auditors may see of everyone, and what a customer may see of herself. */
public final class AuditReader {

  /** An entry with its opened private part, canonical JSON. */
  public record Access(AuditRow entry, String details) {
    @Override
    public String toString() {
      return "Access[" + entry.index() + ", redacted]";
    }
  }

  /**
   * What to look for; empty means all.
   *
   * @param subject a customer, whom only a privileged and itself recorded query may name
   * @param before only entries with a smaller index, to page from the newest to the oldest
   */
  public record Query(
      Optional<String> type,
      Optional<String> actor,
      Optional<String> purpose,
      Optional<String> decision,
      Optional<String> policy,
      Optional<Long> from,
      Optional<Long> to,
      Optional<Long> subject,
      Optional<Long> before,
      int limit) {}

  private AuditReader() {}

  /** The newest entries that fit, without private parts. */
  public static List<AuditRow> find(Connection c, Query query) throws SQLException {
    String sql =
        "SELECT "
            + AuditRow.COLUMNS
            + """
             FROM audit_leaf l
            WHERE (?1 IS NULL OR type = ?1) AND (?2 IS NULL OR actor = ?2)
              AND (?3 IS NULL OR purpose = ?3) AND (?4 IS NULL OR decision = ?4)
              AND (?5 IS NULL OR policy = ?5) AND (?6 IS NULL OR time >= ?6)
              AND (?7 IS NULL OR time < ?7) AND (?9 IS NULL OR idx < ?9)
              AND (?8 IS NULL OR idx IN (SELECT idx FROM audit_private WHERE subject = ?8))
            ORDER BY idx DESC LIMIT ?10\
            """;
    List<Optional<?>> filters =
        List.of(
            query.type(),
            query.actor(),
            query.purpose(),
            query.decision(),
            query.policy(),
            query.from(),
            query.to(),
            query.subject(),
            query.before());
    List<AuditRow> entries = new ArrayList<>();
    try (PreparedStatement select = c.prepareStatement(sql)) {
      for (int i = 0; i < filters.size(); i++) {
        select.setObject(i + 1, filters.get(i).orElse(null));
      }
      select.setInt(10, query.limit());
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          entries.add(AuditRow.of(rows));
        }
      }
    }
    return entries;
  }

  /** A customer's entries, newest first, opened with her key. */
  public static List<Access> accesses(
      Connection c, long subject, SubjectSealer sealer, long before, int limit)
      throws SQLException {
    List<Access> accesses = new ArrayList<>();
    try (PreparedStatement select =
        c.prepareStatement(
            "SELECT "
                + AuditRow.COLUMNS
                + """
                , p.sealed FROM audit_private p JOIN audit_leaf l ON l.idx = p.idx
                WHERE p.subject = ? AND p.idx < ? ORDER BY p.n DESC LIMIT ?\
                """)) {
      select.setLong(1, subject);
      select.setLong(2, before);
      select.setInt(3, limit);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          AuditRow entry = AuditRow.of(rows);
          byte[] commitment = HexFormat.of().parseHex(Leaf.word(entry.json(), "commit"));
          byte[] details = sealer.open(rows.getBytes("sealed"), commitment);
          accesses.add(new Access(entry, new String(details, StandardCharsets.UTF_8)));
        }
      }
    }
    return accesses;
  }
}
