package io.contextkeep.vault.crypto;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import javax.crypto.spec.SecretKeySpec;

/**
 * The customers' data keys, wrapped under the root key, in a file of their own. {@link #shred} is
 * irreversible: everything sealed with the key, in any backup, stays sealed.
 */
public final class SubjectKeys implements AutoCloseable {
  /**
   * No table changes, but a program that takes {@link DataKey}s for keys must not open the file.
   */
  private static final String KEYS_OF_RECORDS = "";

  static final List<String> MIGRATIONS =
      List.of(
          "CREATE TABLE data_key (subject INTEGER PRIMARY KEY, wrapped BLOB NOT NULL) STRICT;",
          "CREATE TABLE shredded (subject INTEGER PRIMARY KEY) STRICT;",
          """
          CREATE TABLE destruction (
            subject INTEGER PRIMARY KEY, number TEXT NOT NULL, print TEXT, at INTEGER) STRICT;
          """
              + NoticeKeys.MIGRATION,
          KEYS_OF_RECORDS);

  private static final byte[] DOMAIN =
      "contextkeep/data-key/v1\0".getBytes(StandardCharsets.US_ASCII);
  private static final int CACHED = 20_000;
  private static final int KEY = 32;
  private static final SubjectId NOBODY = SubjectId.ofNobody(0);

  private final Db db;
  private final SealingKey wrapping;
  private final SecureRandom random;
  private final NoticeKeys notices;

  /** The key of stand-ins, which exists only while the process runs; its seals are never opened. */
  private final KeyedMac standInSecret;

  private final byte[] wrappedForNobody;

  /**
   * The destruction of a customer's key, which no restored copy of the data can undo or redate.
   *
   * @param number the random public number of the erasure
   * @param fingerprint of the key; empty if the key was gone before the request
   * @param at the time; empty if it has not happened yet, or happened before times were recorded
   */
  public record Destruction(String number, Optional<String> fingerprint, Optional<Instant> at) {}

  /** Guards the cache: a find that races a shred must not put the dead key back. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Map<SubjectId, SubjectKey> cache =
      new LinkedHashMap<>(1_024, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SubjectId, SubjectKey> eldest) {
          return size() > CACHED;
        }
      };

  private long shredded;

  public SubjectKeys(Path file, RootKey root, SecureRandom random, ThreadFactory threads) {
    this(file, root, random, threads, Db.DEADLINE);
  }

  public SubjectKeys(
      Path file, RootKey root, SecureRandom random, ThreadFactory threads, Duration deadline) {
    this.db = Db.open(file, MIGRATIONS, threads, deadline);
    this.wrapping = SealingKey.of(root.subkey("data-key/v1"));
    this.random = random;
    this.notices = new NoticeKeys(db, root, random);
    byte[] key = new byte[KEY];
    random.nextBytes(key);
    this.standInSecret = new KeyedMac(new SecretKeySpec(key, "HmacSHA256"));
    this.wrappedForNobody = wrapped(NOBODY, DataKey.random(random));
  }

  /**
   * Checks from time to time that the file is where it was opened.
   *
   * @throws io.contextkeep.audit.StoreUnavailable if it was moved, deleted or replaced
   */
  public void checkInPlace() {
    db.checkInPlace();
  }

  /** Returns the keys of notices, which are in the same file. */
  public NoticeKeys notices() {
    return notices;
  }

  /** Creates a key for each customer; all are durable when it returns. */
  public void create(Collection<SubjectId> subjects) {
    Map<SubjectId, DataKey> fresh = new HashMap<>();
    for (SubjectId subject : subjects) {
      fresh.put(subject, DataKey.random(random));
    }
    db.inWrite(
        c -> {
          for (Map.Entry<SubjectId, DataKey> one : fresh.entrySet()) {
            Sql.update(
                c,
                "INSERT INTO data_key (subject, wrapped) VALUES (?, ?)",
                one.getKey().value(),
                wrapped(one.getKey(), one.getValue()));
          }
          return 0;
        });
    lock.lock();
    try {
      fresh.forEach((subject, key) -> cache.put(subject, new SubjectKey(subject, key, random)));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns a stand-in for an identifier that names no customer, so that the vault's work does not
   * reveal to an app whether a customer exists. It is the same for the same identifier until the
   * vault stops.
   *
   * @param blind the identifier's blind index
   */
  public SubjectId standIn(byte[] blind) {
    return SubjectId.ofNobody(ByteBuffer.wrap(standInSecret.of(blind)).getLong());
  }

  /**
   * Returns a stand-in's keys, with the same work as {@link #find}. Their seals are never opened;
   * once the vault has stopped they cannot be, even with all its keys.
   */
  public SubjectKey standInKey(SubjectId standIn) {
    if (!standIn.isNobody()) {
      throw new IllegalArgumentException("A customer's number cannot be a stand-in");
    }
    return cached(standIn, this::unwrappedForNobody).orElseThrow();
  }

  private Optional<SubjectKey> unwrappedForNobody(SubjectId standIn) {
    Optional<byte[]> none = wrapped(standIn);
    byte[] opened =
        Aead.open(Aead.cipher(), wrapping.cipher(), none.orElse(wrappedForNobody), place(NOBODY));
    byte[] number = ByteBuffer.allocate(Long.BYTES).putLong(standIn.value()).array();
    byte[] key = standInSecret.of(opened, number);
    return Optional.of(new SubjectKey(standIn, new DataKey(key), random));
  }

  public Optional<SubjectKey> find(SubjectId subject) {
    return subject.isNobody() ? unwrapped(subject) : cached(subject, this::unwrapped);
  }

  private Optional<SubjectKey> cached(
      SubjectId subject, Function<SubjectId, Optional<SubjectKey>> look) {
    db.checkInPlace();
    long before;
    lock.lock();
    try {
      SubjectKey cached = cache.get(subject);
      if (cached != null) {
        return Optional.of(cached);
      }
      before = shredded;
    } finally {
      lock.unlock();
    }
    Optional<SubjectKey> found = look.apply(subject);
    lock.lock();
    try {
      if (before == shredded) {
        found.ifPresent(key -> cache.put(subject, key));
      }
    } finally {
      lock.unlock();
    }
    return found;
  }

  /** Begins the destruction of a key; when called again, it returns the same. */
  public Destruction destruction(SubjectId subject) {
    byte[] number = new byte[32];
    random.nextBytes(number);
    Optional<String> print = find(subject).map(SubjectKey::fingerprint);
    return db.inWrite(
        c -> {
          Sql.update(
              c,
              """
              INSERT INTO destruction (subject, number, print) VALUES (?, ?, ?)
              ON CONFLICT DO NOTHING\
              """,
              subject.value(),
              HexFormat.of().formatHex(number),
              print.orElse(null));
          return destruction(c, subject);
        });
  }

  private static Destruction destruction(Connection c, SubjectId subject) throws SQLException {
    return Sql.one(
            c,
            "SELECT number, print, at FROM destruction WHERE subject = ?",
            row ->
                new Destruction(
                    row.getString(1),
                    Optional.ofNullable(row.getString(2)),
                    Optional.of(row.getLong(3)).filter(at -> at > 0).map(Instant::ofEpochMilli)),
            subject.value())
        .orElseThrow();
  }

  /** Destroys the key: overwrites the row, empties the write-ahead log and clears the cache. */
  public void shred(SubjectId subject, Instant at) {
    db.inWrite(
        c -> {
          Sql.update(
              c,
              """
              UPDATE destruction SET at = ? WHERE subject = ? AND at IS NULL
              AND subject NOT IN (SELECT subject FROM shredded)\
              """,
              at.toEpochMilli(),
              subject.value());
          Sql.update(
              c,
              "INSERT INTO shredded (subject) VALUES (?) ON CONFLICT DO NOTHING",
              subject.value());
          return Sql.update(c, "DELETE FROM data_key WHERE subject = ?", subject.value());
        });
    lock.lock();
    try {
      shredded++;
      cache.remove(subject);
    } finally {
      lock.unlock();
    }
    db.truncateWal();
  }

  /**
   * Returns all customers whose keys were destroyed, by their former numbers, so that rows restored
   * from an old copy are recognised.
   */
  public List<SubjectId> shredded() {
    return db.inRead(
        c -> Sql.query(c, "SELECT subject FROM shredded", row -> new SubjectId(row.getLong(1))));
  }

  /** Returns the customers who have a key in a copy of the keys, or had one that was destroyed. */
  public static Set<SubjectId> accounted(Connection c) throws SQLException {
    return new HashSet<>(
        Sql.query(
            c,
            "SELECT subject FROM data_key UNION ALL SELECT subject FROM shredded",
            row -> new SubjectId(row.getLong(1))));
  }

  /** Returns the means to open records of many customers in turn, without caching their keys. */
  public KeysInTurn inTurn() {
    return new KeysInTurn(db, wrapping);
  }

  private byte[] wrapped(SubjectId subject, DataKey key) {
    return Aead.seal(wrapping, random, key.toBeWrapped(), place(subject));
  }

  private SubjectKey unwrapped(SubjectId subject, byte[] wrapped) {
    byte[] key = Aead.open(Aead.cipher(), wrapping.cipher(), wrapped, place(subject));
    return new SubjectKey(subject, new DataKey(key), random);
  }

  private Optional<SubjectKey> unwrapped(SubjectId subject) {
    return wrapped(subject).map(wrapped -> unwrapped(subject, wrapped));
  }

  private Optional<byte[]> wrapped(SubjectId subject) {
    return db.inRead(
        c ->
            Sql.one(
                c,
                "SELECT wrapped FROM data_key WHERE subject = ?",
                row -> row.getBytes(1),
                subject.value()));
  }

  static byte[] place(SubjectId subject) {
    return ByteBuffer.allocate(DOMAIN.length + Long.BYTES)
        .put(DOMAIN)
        .putLong(subject.value())
        .array();
  }

  @Override
  public void close() {
    db.close();
  }
}
