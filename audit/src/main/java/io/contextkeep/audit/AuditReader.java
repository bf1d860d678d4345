package io.contextkeep.audit;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Reads the log: what a customer may see of herself. */
public final class AuditReader {

  /** An entry with its opened private part, canonical JSON. */
  public record Access(AuditRow entry, String details) {
    @Override
    public String toString() {
      return "Access[" + entry.index() + ", redacted]";
    }
  }

  private AuditReader() {}

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
