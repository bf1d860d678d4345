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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks a whole log from its stored bytes: every leaf hash, every recorded root, no gap, and that
 * each missing private part is accounted for by an erasure.
 */
public final class LogVerifier {
  private static final Pattern ERASED = Pattern.compile("\"erased\":(\\d+)");

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
    try (PreparedStatement select =
            c.prepareStatement("SELECT idx, type, bytes, hash FROM audit_leaf ORDER BY idx");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        long index = rows.getLong(1);
        byte[] bytes = rows.getBytes(3);
        if (index != frontier.size()) {
          problems.add("entry " + frontier.size() + " is missing");
        }
        byte[] hash = Hashes.leaf(bytes);
        if (!Arrays.equals(hash, rows.getBytes(4))) {
          problems.add("entry " + index + " was altered");
        }
        String leaf = new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
        committed += leaf.contains("\"commit\":\"") ? 1 : 0;
        erased += rows.getString(2).equals(EntryType.ERASE.code()) ? erasedIn(leaf) : 0;
        frontier = frontier.append(hash);
        byte[] root = roots.remove(frontier.size());
        if (root != null && !Arrays.equals(root, frontier.root())) {
          problems.add("the root at size " + frontier.size() + " is not what the entries make");
        }
      }
    }
    roots.keySet().forEach(size -> problems.add("the log was cut: it once had size " + size));
    long missing = committed - privateParts(c);
    if (missing != erased) {
      problems.add(
          "private parts of " + missing + " entries are missing, " + erased + " were erased");
    }
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

  private static long erasedIn(String leaf) {
    Matcher erased = ERASED.matcher(leaf);
    return erased.find() ? Long.parseLong(erased.group(1)) : 0;
  }
}
