package io.contextkeep.audit;

import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.NoteSignature;
import io.contextkeep.audit.note.SignerKey;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.tree.Frontier;
import io.contextkeep.audit.tree.Hashes;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The append-only log: an RFC 6962 tree over canonical JSON leaves. {@link #append} returns a
 * {@link Receipt} only after the entry is durable, in the tree, and under a signed checkpoint; a
 * caller that gets none must not answer.
 *
 * <p>The tree's state is confined to the store's writer: an entry is staged on a pending frontier
 * that becomes the log's own when the transaction commits and is forgotten when it does not. What
 * needs neither the index nor the customer's counter is done on the caller's thread, because the
 * writer's time for an entry is what limits the log.
 *
 * <p>Ed25519 signs each checkpoint within its transaction. ML-DSA-44, whose signatures take 25
 * times as long and 3 KB, signs what {@link #publish} shows to the world, about once a second.
 */
public final class AuditLog {
  /** The most bytes of a leaf; the tile format allows 65,535. */
  static final int MAX_LEAF = 2_048;

  private static final byte[] COMMIT_DOMAIN =
      "ccv/audit-private/v1\0".getBytes(StandardCharsets.US_ASCII);
  private static final HexFormat HEX = HexFormat.of();

  private final LogStore store;
  private final LogKeys keys;
  private final LastCheckpoint kept;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Prepared prepared = new Prepared();
  private final Counters counters = new Counters(prepared);
  private final GroupWriter groups = new GroupWriter(prepared);
  private final SearchIndex search = new SearchIndex(prepared);
  private final Map<EntryType, Integer> appended = new EnumMap<>(EntryType.class);
  private final ReentrantLock publishing = new ReentrantLock();

  private Frontier durable;
  private Frontier pending;
  private long durableTime;
  private long pendingTime;
  private @Nullable Note pendingNote;
  private boolean changingKeys;
  private boolean keptIsBehind;
  private long indexed;
  private long pendingIndexed;
  private volatile @Nullable Note latest;
  private volatile Watch watch = (_, _) -> {};

  /** A watcher of durable entries, on the store's writer. */
  @FunctionalInterface
  public interface Watch {
    void appended(EntryType type, int entries);
  }

  /**
   * Opens the log and, if it is new, writes its first entry.
   *
   * @param kept the store of the log's last checkpoint, outside its database
   * @throws IllegalStateException if the database does not hold the log that was last seen, or the
   *     keys are not the ones that the log names; the message says what to do
   */
  public AuditLog(
      LogStore store, LogKeys keys, LastCheckpoint kept, InstantSource clock, SecureRandom random) {
    this.store = store;
    this.keys = keys;
    this.kept = kept;
    this.clock = clock;
    this.random = random;
    FormerLog.move(store);
    OpenedLog opened = store.inRead(c -> OpenedLog.open(c, keys, kept));
    this.durable = opened.frontier();
    this.pending = durable;
    this.durableTime = opened.time();
    this.pendingTime = durableTime;
    this.indexed = store.inRead(SearchIndex::indexed);
    this.pendingIndexed = indexed;
    store.join(new Outcome());
    opened
        .checkpoint()
        .ifPresent(
            note -> {
              latest = note;
              kept.keep(note.toString());
            });
    index();
    nameKeys(opened.keys());
  }

  /**
   * Returns the log's tables as they came to be, each step as SQL statements separated by
   * semicolons: the first form, the counts of pruned entries, and the entries in groups. After the
   * last step the log moves older entries into groups when it is opened.
   */
  public static List<String> migrations() {
    return List.of(
        FormerLog.SCHEMA + Kind.SCHEMA + Pruning.SCHEMA + StoredTiles.SCHEMA + Checkpoints.SCHEMA,
        Pruning.COUNTS,
        Entries.SCHEMA + PrivateParts.SCHEMA + SearchIndex.SCHEMA + FormerLog.BEGIN);
  }

  /**
   * Appends the entry and returns when it is durable.
   *
   * @throws StoreUnavailable if it cannot be stored; then nothing has changed
   */
  public Receipt append(AuditEntry entry) {
    Draft draft = draft(entry);
    return store.inWrite(c -> stage(c, draft));
  }

  /**
   * Appends the entries in one transaction and returns when all are durable.
   *
   * @return a receipt for each, in their order
   * @throws StoreUnavailable if they cannot be stored; then nothing has changed
   */
  public List<Receipt> append(List<AuditEntry> entries) {
    List<Draft> drafts = entries.stream().map(this::draft).toList();
    return store.inWrite(
        c -> {
          List<Receipt> receipts = new ArrayList<>();
          for (Draft draft : drafts) {
            receipts.add(stage(c, draft));
          }
          return receipts;
        });
  }

  /**
   * Adds the entry to the caller's own write transaction, so that a change and its record are one.
   * The receipt is valid once that transaction has committed.
   */
  public Receipt stage(Connection c, AuditEntry entry) throws SQLException {
    return stage(c, draft(entry));
  }

  /** Sets the watcher of durable entries. */
  public void watch(Watch watch) {
    this.watch = watch;
  }

  /**
   * Takes the entries that are new into the index by which they are found. To be called about once
   * a second. Without it searches are as complete, but slower.
   */
  public void index() {
    long size = store.inRead(Entries::size);
    long reached = 0;
    while (reached < size) {
      SearchIndex.Slice round = store.inRead(SearchIndex::round);
      reached = round.from();
      boolean ahead = round.isLong() && goAhead(round);
      for (SearchIndex.Slice chunk : round.chunks()) {
        reached = store.inWrite(c -> pendingIndexed = search.takeIn(c, chunk, ahead));
      }
    }
  }

  /** Writes the rows of all customers of a round, or returns false if others took entries in. */
  private boolean goAhead(SearchIndex.Slice round) {
    List<PrivateParts.Part> sorted = round.byCustomer();
    boolean next = true;
    for (int at = 0; next && at < sorted.size(); at += SearchIndex.CHUNK) {
      List<PrivateParts.Part> some =
          sorted.subList(at, Math.min(sorted.size(), at + SearchIndex.CHUNK));
      next = store.inWrite(c -> search.goAhead(c, round, some));
    }
    return next;
  }

  /** Writes what the transaction has staged and takes it in, so that it is found and can go. */
  private void settle(Connection c) throws SQLException {
    groups.write(c);
    pendingIndexed = search.takeInAll(c);
  }

  /** Appends an entry that only the log makes. */
  Receipt appendOwn(EntryType type, Map<String, Object> facts) {
    Draft draft = draft(AuditEntry.own(type, facts));
    return store.inWrite(c -> stage(c, draft));
  }

  /**
   * Ends what can be recorded about a customer with the caller's transaction. Requests about them
   * that are still under way fail from then on, so that their erasure can go step by step.
   */
  public void stopRecordingAbout(long subject) {
    counters.erase(subject);
  }

  /**
   * Destroys the private parts of a customer's newest entries, in the caller's transaction, and
   * stages the entry that accounts for them: without it a missing private part is destroyed
   * evidence. The newest go first, because what is left of a customer must have no gap. Nothing can
   * be recorded about the customer from then on.
   *
   * @param max the most parts, so that other transactions do not wait
   */
  public Receipt stageErasure(Connection c, long subject, Map<String, Object> facts, int max)
      throws SQLException {
    stopRecordingAbout(subject);
    settle(c);
    List<Long> indices = newestParts(c, subject, max);
    List<Long> removed = PrivateParts.remove(c, subject, new HashSet<>(indices));
    try (PreparedStatement delete =
        c.prepareStatement("DELETE FROM audit_by_customer WHERE subject = ? AND idx = ?")) {
      for (long index : indices) {
        delete.setLong(1, subject);
        delete.setLong(2, index);
        delete.executeUpdate();
      }
    }
    if (indices.size() < max) {
      forgetPruned(c, subject);
    }
    MessageDigest digest = Hashes.sha256();
    digest.update(random(PrivateForm.SALT));
    removed.forEach(index -> digest.update(Jcs.bytes(index)));
    TreeMap<String, Object> all = new TreeMap<>(facts);
    all.put("erased", removed.size());
    all.put("indices", HEX.formatHex(digest.digest()));
    return stage(c, draft(AuditEntry.own(EntryType.ERASE, all)));
  }

  private static List<Long> newestParts(Connection c, long subject, int max) throws SQLException {
    List<Long> indices = new ArrayList<>();
    try (PreparedStatement select =
        c.prepareStatement(
            "SELECT idx FROM audit_by_customer WHERE subject = ? ORDER BY n DESC LIMIT ?")) {
      select.setLong(1, subject);
      select.setInt(2, max);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          indices.add(rows.getLong(1));
        }
      }
    }
    return indices;
  }

  /** Deletes the beginning of the customer's numbers once none of them is left. */
  private static void forgetPruned(Connection c, long subject) throws SQLException {
    try (PreparedStatement delete =
        c.prepareStatement("DELETE FROM audit_pruned_subject WHERE subject = ?")) {
      delete.setLong(1, subject);
      delete.executeUpdate();
    }
  }

  /**
   * Removes the oldest entries, with their private parts, where all of a full tile are older than
   * that: at most {@value Pruning#TILES} tiles of 256, in one transaction with the entry that
   * counts them. Their hashes stay, so that every proof and receipt still holds.
   *
   * @return how many entries; 0 where nothing is left to prune
   */
  public long prune(Instant before) {
    return store.inWrite(
        c -> {
          Pruning.Span span = Pruning.older(c, before.toEpochMilli());
          if (!span.isEmpty()) {
            settle(c);
            stage(c, draft(AuditEntry.own(EntryType.PRUNE, Pruning.facts(c, span))));
            Pruning.remove(c, span);
          }
          return span.to() - span.from();
        });
  }

  /** Returns the number of durable entries. */
  public long size() {
    return Checkpoint.parse(latest().text()).size();
  }

  /** Returns the checkpoint of the last transaction, signed with Ed25519. */
  public Note latest() {
    return Objects.requireNonNull(latest, "a log has a first entry");
  }

  /** Returns the log's permanent name. */
  public String origin() {
    return keys.origin();
  }

  /** Returns the trust policy for readers of this log. */
  public List<VerifierKey> verifiers() {
    return keys.verifiers();
  }

  /**
   * Cosigns the newest checkpoint, unless that is done, and syncs the checkpoint that is stored
   * outside the database. To be called about once a second, and before the end.
   *
   * @return the checkpoint to show to the world
   */
  public Note publish() {
    publishing.lock();
    try {
      Note newest = latest();
      Note shown = store.inRead(Checkpoints::published).orElse(newest);
      boolean cosigned =
          shown.text().equals(newest.text())
              && shown.signatures().stream().anyMatch(keys.cosigner().verifier()::claims);
      return cosigned ? shown : cosign(newest);
    } finally {
      publishing.unlock();
      kept.sync();
    }
  }

  /** Signs with retiring keys too, for readers who do not know the new ones yet. */
  private Note cosign(Note newest) {
    List<NoteSignature> cosignatures =
        Stream.concat(Stream.of(keys.cosigner()), keys.retiring().stream())
            .map(key -> key.sign(newest.text()))
            .toList();
    store.inWrite(
        c -> {
          Checkpoints.add(c, Checkpoint.parse(newest.text()).size(), cosignatures);
          Checkpoints.forgetOldCosignatures(c);
          return 0;
        });
    return newest.with(cosignatures);
  }

  /** Returns the commitment to a private part, salted so that its content cannot be guessed. */
  static byte[] commitment(byte[] privatePart) {
    MessageDigest sha = Hashes.sha256();
    sha.update(COMMIT_DOMAIN);
    return sha.digest(privatePart);
  }

  /** An entry, prepared as far as possible before the writer's turn. */
  private record Draft(AuditEntry entry, @Nullable PrivateForm secret) {}

  private Draft draft(AuditEntry entry) {
    return new Draft(
        entry,
        entry
            .about()
            .map(part -> new PrivateForm(part.subject(), part.details(), random(PrivateForm.SALT)))
            .orElse(null));
  }

  private Receipt stage(Connection c, Draft draft) throws SQLException {
    AuditEntry entry = draft.entry();
    long index = pending.size();
    long time = Math.max(clock.millis(), pendingTime);
    PrivateForm secret = draft.secret();
    byte[] hash =
        secret == null
            ? add(c, index, time, entry.form().bytes(time))
            : seal(c, index, time, entry, secret);
    noteLast(c, index, entry.type().code());
    appended.merge(entry.type(), 1, Integer::sum);
    pending = pending.append(hash, new StoredTiles.Store(c, prepared));
    pendingTime = time;
    return new Receipt(index, hash);
  }

  private byte[] add(Connection c, long index, long time, byte[] leaf) throws SQLException {
    groups.add(c, index, time, leaf);
    return Hashes.leaf(leaf);
  }

  /** Adds the private part under the customer's next number, and the leaf that commits to it. */
  private byte[] seal(Connection c, long index, long time, AuditEntry entry, PrivateForm secret)
      throws SQLException {
    AuditEntry.PrivatePart about = entry.about().orElseThrow();
    long n = counters.next(c, about.subject());
    byte[] plaintext = secret.bytes(n);
    byte[] commitment = commitment(plaintext);
    byte[] leaf = entry.form().bytes(time, commitment, about.sealer().label(n));
    byte[] hash = add(c, index, time, leaf);
    byte[] sealed = about.sealer().seal(plaintext, commitment);
    groups.add(new PrivateParts.Part(index, about.subject(), n, sealed));
    return hash;
  }

  /** Notes where the log's own entries are by which it finds its way. */
  private void noteLast(Connection c, long index, String type) throws SQLException {
    Optional<String> name = Entries.lastOf(type);
    if (name.isPresent()) {
      PreparedStatement upsert =
          prepared.on(
              c,
              "INSERT INTO audit_last (type, idx) VALUES (?, ?)"
                  + " ON CONFLICT (type) DO UPDATE SET idx = excluded.idx");
      upsert.setString(1, name.get());
      upsert.setLong(2, index);
      upsert.executeUpdate();
    }
  }

  /** Records the signing keys in the log, unless they are recorded already. */
  private void nameKeys(Optional<KeysInForce> inForce) {
    KeysInForce named = KeysInForce.of(keys);
    if (inForce.equals(Optional.of(named))) {
      return;
    }
    EntryType type = durable.size() == 0 ? EntryType.GENESIS : EntryType.KEY;
    Draft draft = draft(AuditEntry.own(type, named.facts()));
    store.inWrite(
        c -> {
          changingKeys = type == EntryType.KEY;
          for (VerifierKey key : keys.verifiers()) {
            try (PreparedStatement insert =
                c.prepareStatement(
                    "INSERT INTO audit_vkey (vkey) VALUES (?) ON CONFLICT DO NOTHING")) {
              insert.setString(1, key.toString());
              insert.executeUpdate();
            }
          }
          return stage(c, draft);
        });
  }

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /**
   * Follows the writer's transactions: one checkpoint is signed and recorded for each that added
   * entries.
   */
  private final class Outcome implements LogStore.Participant {
    @Override
    public void committing(Connection c) throws SQLException {
      if (pending.size() == durable.size()) {
        return;
      }
      catchUp();
      groups.write(c);
      while (pending.size() - pendingIndexed > SearchIndex.MOST_BEHIND) {
        pendingIndexed = search.takeInNext(c);
      }
      String text = new Checkpoint(keys.origin(), pending.size(), pending.root()).text();
      Note note = Note.sign(text, signers());
      PreparedStatement insert =
          prepared.on(c, "INSERT INTO audit_checkpoint (size, note) VALUES (?, ?)");
      insert.setLong(1, pending.size());
      insert.setString(2, note.toString());
      insert.executeUpdate();
      pendingNote = note;
    }

    /** Must not throw, since the transaction has committed. */
    @Override
    public void committed() {
      counters.committed();
      indexed = pendingIndexed;
      if (pendingNote != null) {
        durable = pending;
        durableTime = pendingTime;
        latest = pendingNote;
        pendingNote = null;
        changingKeys = false;
        keptIsBehind = !keep();
        tell();
      }
    }

    /** Tells the watcher, whose faults must not undo or repeat what is durable. */
    private void tell() {
      try {
        appended.forEach(watch::appended);
      } catch (RuntimeException notOurs) {
        // The log goes on; the watcher misses this transaction.
      }
      appended.clear();
    }

    @Override
    public void rolledBack() {
      counters.rolledBack();
      search.rolledBack();
      groups.forget();
      appended.clear();
      pending = durable;
      pendingIndexed = indexed;
      pendingTime = durableTime;
      pendingNote = null;
      changingKeys = false;
      prepared.forget();
    }

    private List<SignerKey> signers() {
      return changingKeys
          ? Stream.concat(Stream.of(keys.signer()), keys.retiring().stream()).toList()
          : List.of(keys.signer());
    }

    /** Refuses to grow if the last state cannot be stored outside, to detect rollbacks. */
    private void catchUp() {
      if (keptIsBehind && !keep()) {
        throw new StoreUnavailable("The last checkpoint cannot be stored outside the database");
      }
      keptIsBehind = false;
    }

    private boolean keep() {
      try {
        kept.keep(latest().toString());
        return true;
      } catch (UncheckedIOException full) {
        return false;
      }
    }
  }
}
