package io.contextkeep.vault.crypto;

import io.contextkeep.audit.SubjectSealer;
import io.contextkeep.audit.ViewKey;
import io.contextkeep.ontology.SubjectId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * A customer's keys. Every seal is bound to the customer, the record's name and its version, so
 * that no sealed record can replace another. Destroying the data key destroys all of them.
 */
public final class SubjectKey implements SubjectSealer {
  private static final byte[] DOMAIN =
      "contextkeep/record/v1\0".getBytes(StandardCharsets.US_ASCII);

  static final String RECORDS = "records/v1";

  private final SubjectId subject;
  private final SecureRandom random;
  private final Derived records;
  private final Derived recordNonces;
  private final Derived auditPrivate;
  private final Derived auditPrivateNonces;
  private final Derived auditIndex;
  private final Derived pseudonyms;
  private final Derived print;
  private final Derived contents;

  SubjectKey(SubjectId subject, DataKey key, SecureRandom random) {
    this.subject = subject;
    this.random = random;
    SecretKey dataKey = key.key();
    this.records = new Derived(dataKey, RECORDS, "AES");
    key.records().ifPresent(unwrapped -> records.key = unwrapped);
    this.recordNonces = new Derived(dataKey, "records-nonces/v1", "HmacSHA256");
    this.auditPrivate = new Derived(dataKey, "audit-private/v1", "AES");
    this.auditPrivateNonces = new Derived(dataKey, "audit-private-nonces/v1", "HmacSHA256");
    this.auditIndex = new Derived(dataKey, "audit-index/v1", "HmacSHA256");
    this.pseudonyms = new Derived(dataKey, "pseudonyms/v1", "HmacSHA256");
    this.print = new Derived(dataKey, "fingerprint/v1", "Generic");
    this.contents = new Derived(dataKey, "contents/v1", "HmacSHA256");
  }

  /** Returns the derivation of the keys that open records, of many customers. */
  static KeyDerivation recordKeys() {
    return new KeyDerivation(RECORDS, "AES");
  }

  /** A key for one purpose, derived on first use, since a statistic needs only one of them. */
  private static final class Derived {
    private final SecretKey from;
    private final String label;
    private final String algorithm;
    private volatile @Nullable SecretKey key;
    private volatile @Nullable KeyedMac mac;

    Derived(SecretKey from, String label, String algorithm) {
      this.from = from;
      this.label = label;
      this.algorithm = algorithm;
    }

    /** Returns the key; two threads that derive it at the same time get the same. */
    SecretKey key() {
      SecretKey known = key;
      if (known == null) {
        known = Hkdf.derive(from, label, algorithm);
        key = known;
      }
      return known;
    }

    /** Returns the MAC under the key. */
    KeyedMac mac() {
      KeyedMac known = mac;
      if (known == null) {
        known = new KeyedMac(key());
        mac = known;
      }
      return known;
    }
  }

  public byte[] seal(String record, long version, byte[] plaintext) {
    return sealer().seal(record, version, plaintext);
  }

  /** A sealer of several of the customer's records, for one thread. */
  public final class Sealer {
    private final Cipher cipher = Aead.cipher();
    private final SealingKey key = new SealingKey(records.key(), recordNonces.mac());

    private Sealer() {}

    public byte[] seal(String record, long version, byte[] plaintext) {
      return Aead.seal(cipher, key, random, plaintext, place(subject, record, version));
    }

    /** Returns the digest of {@link SubjectKey#mac}. */
    public byte[] mac(String record, byte[] content) {
      return SubjectKey.this.mac(record, content);
    }
  }

  public Sealer sealer() {
    return new Sealer();
  }

  /** An opener of one customer's records, for one thread. */
  public static final class Opener {
    private final SubjectId subject;
    private final SecretKey key;
    private final Cipher cipher;

    Opener(SubjectId subject, SecretKey key, Cipher cipher) {
      this.subject = subject;
      this.key = key;
      this.cipher = cipher;
    }

    /**
     * @throws SealBroken if the bytes were not sealed for this customer, record and version
     */
    public byte[] open(String record, long version, byte[] sealed) {
      return Aead.open(cipher, key, sealed, place(subject, record, version));
    }
  }

  public Opener opener() {
    return new Opener(subject, records.key(), Aead.cipher());
  }

  @Override
  public byte[] seal(byte[] plaintext, byte[] associatedData) {
    return Aead.seal(
        new SealingKey(auditPrivate.key(), auditPrivateNonces.mac()),
        random,
        plaintext,
        associatedData);
  }

  @Override
  public byte[] open(byte[] sealed, byte[] associatedData) {
    return Aead.open(Aead.cipher(), auditPrivate.key(), sealed, associatedData);
  }

  @Override
  public byte[] label(long n) {
    return auditIndex.mac().of(ByteBuffer.allocate(Long.BYTES).putLong(n).array());
  }

  /**
   * Returns the pseudonym of a value for one app: stable as long as the customer is known, and
   * different for any other customer, app or attribute. Once the key is destroyed it cannot be
   * computed again, even from the value.
   */
  public String pseudonym(String app, String attribute, String value) {
    byte[] mac = pseudonyms.mac().of(part(app), part(attribute), part(value));
    return "p-" + HexFormat.of().formatHex(Arrays.copyOf(mac, 16));
  }

  /** Returns a digest by which equal contents of a record are recognised while the key exists. */
  public byte[] mac(String record, byte[] content) {
    return Arrays.copyOf(contents.mac().of(part(record), content), 16);
  }

  /** Encodes a part after its length, so that the encoding of a list is unique. */
  private static byte[] part(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Integer.BYTES + bytes.length)
        .putInt(bytes.length)
        .put(bytes)
        .array();
  }

  /** Returns a fingerprint of the data key, which reveals neither the key nor the customer. */
  String fingerprint() {
    return HexFormat.of().formatHex(print.key().getEncoded());
  }

  /** Returns the key by which the customer finds their entries of the log. */
  public ViewKey viewKey() {
    return new ViewKey(auditIndex.key().getEncoded());
  }

  private static byte[] place(SubjectId subject, String record, long version) {
    byte[] name = record.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(
            DOMAIN.length + Long.BYTES + Integer.BYTES + name.length + Long.BYTES)
        .put(DOMAIN)
        .putLong(subject.value())
        .putInt(name.length)
        .put(name)
        .putLong(version)
        .array();
  }

  @Override
  public String toString() {
    return "SubjectKey[redacted]";
  }
}
