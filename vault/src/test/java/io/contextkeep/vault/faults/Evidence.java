package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.vault.db.Sql;
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

/** The log as it stands in a database file, read by other code than the vault's. */
final class Evidence {

  private Evidence() {}

  /** Every acknowledged entry is there and its bytes make the leaf hash that was given out. */
  static void holds(Path database, Collection<Acknowledged> acknowledged) throws SQLException {
    Map<Long, String> hashes = hashes(database);
    for (Acknowledged entry : acknowledged) {
      assertThat(hashes.get(entry.index())).as("%s", entry).isEqualTo(entry.leafHash());
    }
  }

  /** How many reads with context are recorded. */
  static long reads(Path database) throws SQLException {
    try (Connection c = open(database)) {
      return Sql.one(
              c,
              "SELECT count(*) FROM audit_entry WHERE type = 'read' AND decision = 'permit'",
              row -> row.getLong(1))
          .orElseThrow();
    }
  }

  static Connection open(Path database) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + database);
  }

  private static Map<Long, String> hashes(Path database) throws SQLException {
    try (Connection c = open(database)) {
      Map<Long, String> hashes = new TreeMap<>();
      Sql.query(
          c,
          "SELECT idx, bytes FROM audit_leaf",
          row -> hashes.put(row.getLong(1), leafHash(row.getBytes(2))));
      return hashes;
    }
  }

  /** RFC 6962, section 2.1. */
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
