package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Checks a whole log from its stored bytes: every leaf hash, every recorded root, no gap, search
 * columns that say what the leaves say, and every missing private part accounted for by an erasure.
 *
 * <p>What a file cannot show of itself: a cut that took the newest entries and their roots together
 * (only a root kept elsewhere shows it).
 */
public final class LogVerifier {
  /** What was found: the size and root that the bytes make, and everything that is wrong. */
  public record Verification(long size, String root, List<String> problems) {
    public boolean whole() {
      return problems.isEmpty();
    }
  }

  private LogVerifier() {}

  public static Verification verify(Connection c) throws SQLException {
    List<String> problems = new ArrayList<>();
    Map<Long, byte[]> roots = roots(c);
    Frontier frontier = Frontier.EMPTY;
    long committed = 0;
    long erased = 0;
    boolean rooted = true;
    try (PreparedStatement select =
            c.prepareStatement("SELECT " + AuditRow.COLUMNS + " FROM audit_leaf l ORDER BY l.idx");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        AuditRow row = AuditRow.of(rows);
        long index = row.index();
        if (index != frontier.size()) {
          problems.add("entry " + frontier.size() + " is missing");
        }
        byte[] hash = Hashes.leaf(rows.getBytes(8));
        if (!Arrays.equals(hash, rows.getBytes(9))) {
          problems.add("entry " + index + " was altered");
        }
        String leaf = row.json();
        if (!columnsMatch(row)) {
          problems.add("the search columns of entry " + index + " are not what its leaf says");
        }
        committed += Leaf.word(leaf, "commit").isEmpty() ? 0 : 1;
        erased +=
            Leaf.word(leaf, "type").equals(EntryType.ERASE.code())
                ? Leaf.number(leaf, "erased")
                : 0;
        frontier = frontier.append(hash);
        byte[] root = roots.remove(frontier.size());
        rooted = root != null;
        if (root != null && !Arrays.equals(root, frontier.root())) {
          problems.add("the root at size " + frontier.size() + " is not what the entries make");
        }
      }
    }
    roots.keySet().forEach(size -> problems.add("the log was cut: it once had size " + size));
    if (!rooted) {
      problems.add("no root is recorded for the last entry");
    }
    long missing = committed - privateParts(c);
    if (missing != erased) {
      problems.add(
          "private parts of " + missing + " entries are missing, " + erased + " were erased");
    }
    misplaced(c, problems);
    return new Verification(
        frontier.size(), HexFormat.of().formatHex(frontier.root()), List.copyOf(problems));
  }

  private static Map<Long, byte[]> roots(Connection c) throws SQLException {
    Map<Long, byte[]> roots = new TreeMap<>();
    try (PreparedStatement select = c.prepareStatement("SELECT size, root FROM audit_root");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        roots.put(rows.getLong(1), rows.getBytes(2));
      }
    }
    return roots;
  }

  private static long privateParts(Connection c) throws SQLException {
    try (PreparedStatement count = c.prepareStatement("SELECT count(*) FROM audit_private");
        ResultSet row = count.executeQuery()) {
      return row.getLong(1);
    }
  }

  /** Columns are not hashed: an edit of one would hide an entry from every search. */
  private static boolean columnsMatch(AuditRow row) {
    return row.time() == Leaf.number(row.json(), "time")
        && row.type().equals(Leaf.word(row.json(), "type"))
        && row.actor().equals(Leaf.word(row.json(), "actor"))
        && row.purpose().equals(Leaf.word(row.json(), "purpose"))
        && row.decision().equals(Leaf.word(row.json(), "decision"))
        && row.policy().equals(Leaf.word(row.json(), "policy"));
  }

  /** A row put where none belongs would make up, in the count, for one that was destroyed. */
  private static void misplaced(Connection c, List<String> problems) throws SQLException {
    try (PreparedStatement select =
            c.prepareStatement(
                "SELECT p.idx FROM audit_private p LEFT JOIN audit_leaf l ON l.idx = p.idx"
                    + " WHERE l.idx IS NULL OR instr(CAST(l.bytes AS TEXT), '\"commit\":\"') = 0");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        problems.add("entry " + rows.getLong(1) + " has a private part that it does not commit to");
      }
    }
    try (PreparedStatement select =
            c.prepareStatement(
                "SELECT 1 FROM audit_private GROUP BY subject"
                    + " HAVING min(n) <> 0 OR max(n) + 1 <> count(*)");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        problems.add("the entries about one customer have a gap");
      }
    }
  }
}
