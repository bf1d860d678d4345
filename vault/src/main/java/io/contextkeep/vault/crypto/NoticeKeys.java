package io.contextkeep.vault.crypto;

import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keys of erasure notices, which must name a customer whose own key is destroyed. They are stored
 * beside the customers' keys, so that no copy of the data restores them, and deleted with the
 * notice.
 */
public final class NoticeKeys {
  static final String MIGRATION =
      "CREATE TABLE notice_key (id INTEGER PRIMARY KEY AUTOINCREMENT, wrapped BLOB NOT NULL)"
          + " STRICT;";

  private final Db db;
  private final SealingKey wrapping;
  private final SecureRandom random;

  /** A sealed text and the number of its key. */
  public record Sealed(long key, byte[] bytes) {
    @Override
    public String toString() {
      return "Sealed[" + key + "]";
    }
  }

  NoticeKeys(Db db, RootKey root, SecureRandom random) {
    this.db = db;
    this.wrapping = SealingKey.of(root.subkey("notice-key/v1"));
    this.random = random;
  }

  /** Seals a text under a new key, which is durable when this returns. */
  public Sealed seal(String notice, byte[] plaintext) {
    byte[] key = new byte[32];
    random.nextBytes(key);
    byte[] wrapped = Aead.seal(wrapping, random, key, place("key", notice));
    long id =
        db.inWrite(
            c ->
                Sql.number(c, "INSERT INTO notice_key (wrapped) VALUES (?) RETURNING id", wrapped));
    return new Sealed(id, Aead.seal(aes(key), random, plaintext, place("text", notice)));
  }

  /**
   * Opens a sealed text; returns empty if its key was destroyed.
   *
   * @throws SealBroken if it was not sealed for this notice
   */
  public Optional<byte[]> open(String notice, Sealed sealed) {
    return db.inRead(
            c ->
                Sql.one(
                    c,
                    "SELECT wrapped FROM notice_key WHERE id = ?",
                    row -> row.getBytes(1),
                    sealed.key()))
        .map(wrapped -> aes(Aead.open(wrapping, wrapped, place("key", notice))))
        .map(key -> Aead.open(key, sealed.bytes(), place("text", notice)));
  }

  /** Destroys the key: the row is overwritten and the write-ahead log emptied. */
  public void destroy(long key) {
    db.inWrite(c -> Sql.update(c, "DELETE FROM notice_key WHERE id = ?", key));
    db.truncateWal();
  }

  private static SealingKey aes(byte[] key) {
    return SealingKey.of(new SecretKeySpec(key, "AES"));
  }

  private static byte[] place(String what, String notice) {
    return ("contextkeep/notice-" + what + "/v1\0" + notice).getBytes(StandardCharsets.UTF_8);
  }
}
