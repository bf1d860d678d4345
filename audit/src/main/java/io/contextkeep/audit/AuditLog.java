package io.contextkeep.audit;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The append-only log: an RFC 6962 tree over canonical JSON leaves. {@link #append} returns a
 * {@link Receipt} only after the entry is durable; a caller that gets none must not answer.
 *
 * <p>The tree's state is confined to the store's writer: an entry is staged on a pending frontier
 * that becomes the log's own when the transaction commits and is forgotten when it does not.
 */
public final class AuditLog {
  /** A leaf's bytes at most; the tile format allows 65,535. */
  static final int MAX_LEAF = 2_048;

  private static final byte[] COMMIT_DOMAIN =
      "ccv/audit-private/v1\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  private static final HexFormat HEX = HexFormat.of();

  private final LogStore store;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Prepared prepared = new Prepared();

  private Frontier durable;
  private Frontier pending;
  private long durableTime;
  private long pendingTime;

  /**
   * Opens the log and, where it is new, writes its first entry.
   *
   * @throws IllegalStateException if the leaves do not make the last recorded root: the database
   *     was altered or only partly restored
   */
  public AuditLog(LogStore store, InstantSource clock, SecureRandom random) {
    this.store = store;
    this.clock = clock;
    this.random = random;
    this.durable = store.inRead(AuditLog::load);
    this.pending = durable;
    this.durableTime = store.inRead(AuditLog::lastTime);
    this.pendingTime = durableTime;
    store.join(new Outcome());
    if (durable.size() == 0) {
      append(AuditEntry.of(EntryType.GENESIS, Map.of()));
    }
  }

  /** The log's tables, as SQL statements separated by semicolons. */
  public static String schema() {
    return """
    CREATE TABLE audit_leaf (
      idx INTEGER PRIMARY KEY, time INTEGER NOT NULL, type TEXT NOT NULL, actor TEXT NOT NULL,
      purpose TEXT NOT NULL, decision TEXT NOT NULL, policy TEXT NOT NULL, bytes BLOB NOT NULL,
      hash BLOB NOT NULL) STRICT;
    CREATE TABLE audit_private (
      idx INTEGER PRIMARY KEY, subject INTEGER NOT NULL, n INTEGER NOT NULL,
      sealed BLOB NOT NULL) STRICT;
    CREATE UNIQUE INDEX audit_private_subject ON audit_private (subject, n);
    CREATE TABLE audit_root (size INTEGER PRIMARY KEY, root BLOB NOT NULL) STRICT;
    """;
  }

  /**
   * Appends the entry and returns when it is durable.
   *
   * @throws StoreUnavailable if it is not; then nothing of it remains
   */
  public Receipt append(AuditEntry entry) {
    return store.inWrite(c -> stage(c, entry));
  }

  /**
   * Adds the entry to the caller's own write transaction, so that a change and its record are one.
   * The receipt counts only once that transaction has committed.
   */
  public Receipt stage(Connection c, AuditEntry entry) throws SQLException {
    long index = pending.size();
    long time = Math.max(clock.millis(), pendingTime);
    SortedMap<String, Object> leaf = new TreeMap<>(entry.facts());
    leaf.put("v", 1);
    leaf.put("type", entry.type().code());
    leaf.put("time", time);
    if (entry.about().isPresent()) {
      sealPrivate(c, index, entry.about().get(), leaf);
    }
    byte[] bytes = Jcs.bytes(leaf);
    if (bytes.length > MAX_LEAF) {
      throw new IllegalArgumentException("An audit leaf holds at most " + MAX_LEAF + " bytes");
    }
    byte[] hash = Hashes.leaf(bytes);
    insertLeaf(c, index, time, entry, bytes, hash);
    pending = pending.append(hash);
    pendingTime = time;
    return new Receipt(index, hash);
  }

  /**
   * Destroys the private parts of a customer's entries, in the caller's transaction, and stages the
   * entry that accounts for them: without it a missing private part is destroyed evidence.
   */
  public Receipt stageErasure(Connection c, long subject, Map<String, Object> facts)
      throws SQLException {
    MessageDigest indices = Hashes.sha256();
    indices.update(salt());
    int erased = 0;
    try (PreparedStatement select =
        c.prepareStatement("SELECT idx FROM audit_private WHERE subject = ? ORDER BY n")) {
      select.setLong(1, subject);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          indices.update(Jcs.bytes(rows.getLong(1)));
          erased++;
        }
      }
    }
    try (PreparedStatement delete =
        c.prepareStatement("DELETE FROM audit_private WHERE subject = ?")) {
      delete.setLong(1, subject);
      delete.executeUpdate();
    }
    TreeMap<String, Object> all = new TreeMap<>(facts);
    all.put("erased", erased);
    all.put("indices", HEX.formatHex(indices.digest()));
    return stage(c, AuditEntry.of(EntryType.ERASE, all));
  }

  /** The entries now in the log, durable ones only. */
  public long size() {
    return store.inRead(AuditLog::count);
  }

  /** The commitment to a private part: without the salt in it, nothing can be guessed from it. */
  static byte[] commitment(byte[] privatePart) {
    MessageDigest sha = Hashes.sha256();
    sha.update(COMMIT_DOMAIN);
    return sha.digest(privatePart);
  }

  private void sealPrivate(
      Connection c, long index, AuditEntry.PrivatePart part, SortedMap<String, Object> leaf)
      throws SQLException {
    long n = next(c, part.subject());
    TreeMap<String, Object> secret = new TreeMap<>();
    secret.put("details", part.details());
    secret.put("n", n);
    secret.put("salt", HEX.formatHex(salt()));
    secret.put("subject", String.format("%016x", part.subject()));
    byte[] plaintext = Jcs.bytes(secret);
    byte[] commitment = commitment(plaintext);
    leaf.put("commit", HEX.formatHex(commitment));
    leaf.put("labels", List.of(HEX.formatHex(part.sealer().label(n))));
    PreparedStatement insert =
        prepared.on(c, "INSERT INTO audit_private (idx, subject, n, sealed) VALUES (?, ?, ?, ?)");
    insert.setLong(1, index);
    insert.setLong(2, part.subject());
    insert.setLong(3, n);
    insert.setBytes(4, part.sealer().seal(plaintext, commitment));
    insert.executeUpdate();
  }

  /** The customer's next entry number, counted in the transaction that uses it: no gaps. */
  private long next(Connection c, long subject) throws SQLException {
    PreparedStatement max =
        prepared.on(c, "SELECT coalesce(max(n) + 1, 0) FROM audit_private WHERE subject = ?");
    max.setLong(1, subject);
    try (ResultSet row = max.executeQuery()) {
      return row.getLong(1);
    }
  }

  private void insertLeaf(
      Connection c, long index, long time, AuditEntry entry, byte[] bytes, byte[] hash)
      throws SQLException {
    PreparedStatement insert =
        prepared.on(c, "INSERT INTO audit_leaf VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert.setLong(1, index);
    insert.setLong(2, time);
    insert.setString(3, entry.type().code());
    insert.setString(4, entry.fact("actor"));
    insert.setString(5, entry.fact("purpose"));
    insert.setString(6, entry.fact("decision"));
    insert.setString(7, entry.fact("policy"));
    insert.setBytes(8, bytes);
    insert.setBytes(9, hash);
    insert.executeUpdate();
  }

  private byte[] salt() {
    byte[] salt = new byte[32];
    random.nextBytes(salt);
    return salt;
  }

  private static Frontier load(Connection c) throws SQLException {
    Frontier frontier = Frontier.EMPTY;
    byte[] root = Hashes.empty();
    try (PreparedStatement hashes =
            c.prepareStatement("SELECT idx, hash FROM audit_leaf ORDER BY idx");
        ResultSet rows = hashes.executeQuery()) {
      while (rows.next()) {
        if (rows.getLong(1) != frontier.size()) {
          throw damaged("entry " + frontier.size() + " is missing");
        }
        frontier = frontier.append(rows.getBytes(2));
      }
    }
    try (PreparedStatement last =
            c.prepareStatement("SELECT size, root FROM audit_root ORDER BY size DESC LIMIT 1");
        ResultSet row = last.executeQuery()) {
      long size = 0;
      if (row.next()) {
        size = row.getLong(1);
        root = row.getBytes(2);
      }
      if (size != frontier.size() || !Arrays.equals(root, frontier.root())) {
        throw damaged("the entries do not make the last recorded root");
      }
    }
    return frontier;
  }

  private static IllegalStateException damaged(String what) {
    return new IllegalStateException(
        "The audit log is damaged: "
            + what
            + ". Restore vault.db from a backup and keep this file: it is evidence.");
  }

  private static long lastTime(Connection c) throws SQLException {
    return number(
        c,
        "SELECT coalesce(max(time), 0) FROM audit_leaf WHERE idx = (SELECT max(idx) FROM"
            + " audit_leaf)");
  }

  private static long count(Connection c) throws SQLException {
    return number(c, "SELECT coalesce(max(idx) + 1, 0) FROM audit_leaf");
  }

  private static long number(Connection c, String sql) throws SQLException {
    try (PreparedStatement statement = c.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      return row.getLong(1);
    }
  }

  /** Follows the writer's transactions: one root is recorded for each that added entries. */
  private final class Outcome implements LogStore.Participant {
    @Override
    public void committing(Connection c) throws SQLException {
      if (pending.size() == durable.size()) {
        return;
      }
      try (PreparedStatement insert =
          c.prepareStatement("INSERT INTO audit_root (size, root) VALUES (?, ?)")) {
        insert.setLong(1, pending.size());
        insert.setBytes(2, pending.root());
        insert.executeUpdate();
      }
    }

    @Override
    public void committed() {
      durable = pending;
      durableTime = pendingTime;
    }

    @Override
    public void rolledBack() {
      pending = durable;
      pendingTime = durableTime;
      prepared.forget();
    }
  }
}
