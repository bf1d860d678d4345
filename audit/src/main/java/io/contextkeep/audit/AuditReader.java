package io.contextkeep.audit;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Reads the log for customers: the entries about them. */
public final class AuditReader {
  private static final String ACCESSES =
      "SELECT "
          + AuditRow.COLUMNS
          + """
          , p.sealed FROM audit_private p JOIN audit_leaf l ON l.idx = p.idx
          WHERE p.subject = ? AND p.idx < ? ORDER BY p.n DESC LIMIT ?\
          """;

  private static final String READS =
      "SELECT "
          + AuditRow.COLUMNS
          + """
          , p.sealed FROM audit_private p JOIN audit_leaf l ON l.idx = p.idx
          WHERE p.subject = ? AND p.idx < ? AND l.type = 'read' ORDER BY p.n DESC LIMIT ?\
          """;

  /** An entry with its opened private part, canonical JSON. */
  public record Access(AuditRow entry, String details) {
    @Override
    public String toString() {
      return "Access[" + entry.index() + ", redacted]";
    }
  }

  /** An entry's sealed private part and its customer. */
  public record SealedPart(long subject, byte[] sealed) {
    /** Returns canonical JSON; fails if the part does not match the entry's commitment. */
    public String open(AuditRow entry, SubjectSealer sealer) {
      byte[] commitment = HexFormat.of().parseHex(Leaf.word(entry.json(), "commit"));
      return new String(sealer.open(sealed, commitment), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return "SealedPart[redacted]";
    }
  }

  private AuditReader() {}

  /** Returns the number of the subject's last pruned entry; empty if there is none. */
  public static Optional<Long> prunedTo(Connection c, long subject) throws SQLException {
    try (PreparedStatement select =
        c.prepareStatement("SELECT n FROM audit_pruned_subject WHERE subject = ?")) {
      select.setLong(1, subject);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
      }
    }
  }

  /** Returns the entry's private part; empty if it has none, or none any more. */
  public static Optional<SealedPart> sealed(Connection c, AuditRow entry) throws SQLException {
    try (PreparedStatement select =
        c.prepareStatement("SELECT subject, sealed FROM audit_private WHERE idx = ?")) {
      select.setLong(1, entry.index());
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? Optional.of(new SealedPart(row.getLong(1), row.getBytes(2)))
            : Optional.empty();
      }
    }
  }

  /**
   * Returns the customer that an entry is about; empty if it is about none, or about none any more.
   */
  public static Optional<Long> subject(Connection c, long index) throws SQLException {
    try (PreparedStatement select =
        c.prepareStatement("SELECT subject FROM audit_private WHERE idx = ?")) {
      select.setLong(1, index);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
      }
    }
  }

  /** Returns the indices of the entries that have their private part, one bit for each entry. */
  public static BitSet withPrivatePart(Connection c) throws SQLException {
    BitSet indices = new BitSet();
    try (PreparedStatement select = c.prepareStatement("SELECT idx FROM audit_private");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        indices.set(Math.toIntExact(rows.getLong(1)));
      }
    }
    return indices;
  }

  /** Returns the apps with permitted reads of the customer, without any key. */
  public static List<String> readers(Connection c, long subject) throws SQLException {
    List<String> apps = new ArrayList<>();
    try (PreparedStatement select =
        c.prepareStatement(
            """
            SELECT DISTINCT e.actor FROM audit_private p JOIN audit_entry e ON e.idx = p.idx
            WHERE p.subject = ? AND e.type = 'read' AND e.role = 'app' AND e.decision = 'permit'
            ORDER BY 1\
            """)) {
      select.setLong(1, subject);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          apps.add(rows.getString(1));
        }
      }
    }
    return apps;
  }

  /** Counts the private parts about the customer up to a limit. */
  public static long count(Connection c, long subject, int limit) throws SQLException {
    return LogNumber.of(
        c,
        "SELECT count(*) FROM (SELECT 1 FROM audit_private WHERE subject = ? LIMIT ?) AS parts",
        subject,
        limit);
  }

  /** Returns whether entries about the customer were pruned. */
  public static boolean isPruned(Connection c, long subject) throws SQLException {
    return LogNumber.of(c, "SELECT count(*) FROM audit_pruned_subject WHERE subject = ?", subject)
        > 0;
  }

  /** Returns a customer's entries, newest first, opened with the customer's key. */
  public static List<Access> accesses(
      Connection c, long subject, SubjectSealer sealer, long before, int limit)
      throws SQLException {
    return opened(c, ACCESSES, subject, sealer, before, limit);
  }

  /** Returns the entries of permitted reads of a customer, newest first, opened with their key. */
  public static List<Access> reads(Connection c, long subject, SubjectSealer sealer, int limit)
      throws SQLException {
    return opened(c, READS, subject, sealer, Long.MAX_VALUE, limit);
  }

  private static List<Access> opened(
      Connection c, String sql, long subject, SubjectSealer sealer, long before, int limit)
      throws SQLException {
    List<Access> accesses = new ArrayList<>();
    try (PreparedStatement select = c.prepareStatement(sql)) {
      select.setLong(1, subject);
      select.setLong(2, before);
      select.setInt(3, limit);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          AuditRow entry = AuditRow.of(rows);
          SealedPart part = new SealedPart(subject, rows.getBytes("sealed"));
          accesses.add(new Access(entry, part.open(entry, sealer)));
        }
      }
    }
    return accesses;
  }
}
