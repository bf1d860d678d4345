package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.audit.AuditRow;
import io.contextkeep.vault.LoggedEntries;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** The log in a database file, read by independent code. */
final class Evidence {

  private Evidence() {}

  /** Asserts that every acknowledged entry exists and has the acknowledged leaf hash. */
  static void holds(Path database, Collection<Acknowledged> acknowledged) throws SQLException {
    Map<Long, String> hashes = hashes(database);
    for (Acknowledged entry : acknowledged) {
      assertThat(hashes.get(entry.index())).as("%s", entry).isEqualTo(entry.leafHash());
    }
  }

  /** Returns the number of recorded reads with context. */
  static long reads(Path database) throws SQLException {
    try (Connection c = open(database)) {
      return LoggedEntries.count(
          c, entry -> entry.type().equals("read") && entry.word("decision").equals("permit"));
    }
  }

  static Connection open(Path database) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + database);
  }

  private static Map<Long, String> hashes(Path database) throws SQLException {
    try (Connection c = open(database)) {
      Map<Long, String> hashes = new TreeMap<>();
      for (AuditRow entry : LoggedEntries.all(c)) {
        hashes.put(entry.index(), leafHash(entry.json().getBytes(StandardCharsets.UTF_8)));
      }
      return hashes;
    }
  }

  /** Returns the leaf hash (RFC 6962, section 2.1). */
  private static String leafHash(byte[] leaf) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update((byte) 0);
      return HexFormat.of().formatHex(sha256.digest(leaf));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
