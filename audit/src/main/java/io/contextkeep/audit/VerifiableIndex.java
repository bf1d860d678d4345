package io.contextkeep.audit;

import io.contextkeep.audit.labels.LabelProof;
import io.contextkeep.audit.labels.LabelTree;
import io.contextkeep.audit.labels.Labelled;
import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.audit.tree.ProofMaker;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The index of customers' labels whose roots the log records, so that a customer can check that the
 * list of entries about them is complete. It is made from the entries alone and could be made
 * again; it has a database of its own, so that it costs the log's writer one entry per {@link
 * #update}.
 */
public final class VerifiableIndex {
  /** The number of labels after the last one that are proved absent. */
  public static final int WINDOW = AccessProof.WINDOW;

  private static final Logger LOG = LoggerFactory.getLogger(VerifiableIndex.class);
  private static final int CHUNK = 16_384;

  /** The most entries of an update, about a second of the fastest log. */
  private static final int CHUNKS = 4;

  /** An update with fewer labels is stored at once. */
  private static final int FEW = 256;

  /** The most updates in a row that are not stored. */
  private static final int MOST_PUT_OFF = 30;

  private final LogStore logStore;
  private final AuditLog log;
  private final LogStore indexStore;
  private final Optional<TrustPolicy> witnesses;

  /** The lock between proofs and updates. */
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  private final PendingBuckets pending = new PendingBuckets();
  private int putOff;
  private LabelTree tree;
  private volatile long size;
  private volatile Optional<Published> published;

  /** A root recorded in an entry of the log. */
  private record Published(MapRoot root, long entry) {}

  /** The state in the index's database: the log that it was made from, and its root. */
  private record State(long size, byte[] logRoot, byte[] mapRoot) {
    private static final State EMPTY = new State(0, Hashes.empty(), new LabelTree().root());
  }

  /**
   * Opens the index, or rebuilds it if it does not match the log.
   *
   * @param indexStore a database with {@link #schema}
   */
  public VerifiableIndex(LogStore logStore, AuditLog log, LogStore indexStore) {
    this(logStore, log, indexStore, Optional.empty());
  }

  /**
   * Opens the index with proofs under checkpoints that enough witnesses cosigned, if there are any.
   *
   * @param witnesses the policy of the log's readers
   */
  public VerifiableIndex(
      LogStore logStore, AuditLog log, LogStore indexStore, Optional<TrustPolicy> witnesses) {
    this.witnesses = witnesses;
    this.logStore = logStore;
    this.log = log;
    this.indexStore = indexStore;
    this.published = logStore.inRead(VerifiableIndex::lastPublished);
    this.tree = new LabelTree();
    if (!fits(load())) {
      LOG.atWarn().log("the verifiable index does not match the log and is rebuilt");
      indexStore.inWrite(VerifiableIndex::clear);
      load();
    }
  }

  /** Returns the index's tables, as SQL statements separated by semicolons. */
  public static String schema() {
    return """
    CREATE TABLE map_state (
      id INTEGER PRIMARY KEY CHECK (id = 0), size INTEGER NOT NULL, log_root BLOB NOT NULL,
      map_root BLOB NOT NULL) STRICT;
    CREATE TABLE map_bucket (
      prefix INTEGER PRIMARY KEY, labels INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
    CREATE TABLE map_records (prefix INTEGER PRIMARY KEY, records BLOB NOT NULL) STRICT;
    """;
  }

  /**
   * Takes in the new entries and records the root in the log, if there are any. To be called about
   * once a second. It takes in a bounded number, and records no root until it has them all, so that
   * callers wait for a part of a rebuild only.
   *
   * @return whether a root was recorded
   */
  public boolean update() {
    lock.writeLock().lock();
    try {
      boolean all = takeIn(log.size());
      MapRoot root = MapRoot.of(size, tree.root());
      if (!all
          || published
              .filter(p -> p.root().equals(root) && logStore.inRead(c -> isThere(c, p)))
              .isPresent()) {
        return false;
      }
      Receipt receipt = log.appendOwn(EntryType.MAP_ROOT, root.facts());
      published = Optional.of(new Published(root, receipt.index()));
      return true;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Returns the number of entries that no recorded root covers yet, without the root's own. */
  public long lag() {
    long covered = published.map(p -> Math.min(size, p.root().size()) + 1).orElse(0L);
    return Math.max(0, log.size() - covered);
  }

  /**
   * Proves to a customer which entries are about them, as of the last recorded root.
   *
   * @param first the number of the first entry to list; 0 for all of them
   * @param limit the most entries to list
   * @param tail whether the entries after the last root are shown too, up to a few hundred: they
   *     concern other customers too, though only in coded words
   * @return empty as long as no root has been recorded
   */
  public Optional<AccessProof> accesses(
      long subject, SubjectSealer sealer, long first, int limit, boolean tail) {
    lock.readLock().lock();
    try {
      // After a crash the index can be ahead of the root that was recorded, until the next update.
      return published
          .filter(p -> p.root().equals(MapRoot.of(size, tree.root())))
          .flatMap(
              p ->
                  logStore.inRead(
                      c ->
                          isThere(c, p)
                              ? Optional.of(prove(c, p, subject, sealer, first, limit, tail))
                              : Optional.empty()));
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Returns whether the root can still be shown; an idle log may have pruned its last one. */
  private static boolean isThere(Connection c, Published last) throws SQLException {
    return Math.min(last.entry(), last.root().size()) >= Pruning.minimum(c);
  }

  private AccessProof prove(
      Connection c,
      Published last,
      long subject,
      SubjectSealer sealer,
      long first,
      int limit,
      boolean tail)
      throws SQLException {
    Note checkpoint = Checkpoints.best(c, last.entry(), witnesses).orElseThrow();
    long treeSize = Checkpoint.parse(checkpoint.text()).size();
    EntryProofs proofs = new EntryProofs(new Entries(c), StoredTiles.proofs(c, treeSize));
    List<AccessProof.Access> accesses = new ArrayList<>();
    CustomerEntries customer = new CustomerEntries(c, subject);
    for (CustomerEntries.Numbered one : customer.oldest(last.root().size(), first, limit)) {
      accesses.add(
          new AccessProof.Access(
              one.n(), proofs.entry(one.index()), label(sealer.label(one.n())).siblings()));
    }
    long total = customer.total(last.root().size());
    List<AccessProof.Absence> absences = new ArrayList<>();
    for (long n = total; n < total + WINDOW; n++) {
      absences.add(new AccessProof.Absence(n, label(sealer.label(n))));
    }
    List<AccessProof.Entry> later = new ArrayList<>();
    long end = tail ? Math.min(treeSize, last.root().size() + AccessProof.MAX_TAIL) : 0;
    for (long index = last.root().size(); index < end; index++) {
      later.add(proofs.entry(index));
    }
    return new AccessProof(proofs.entry(last.entry()), accesses, absences, later, checkpoint);
  }

  private LabelProof label(byte[] label) {
    return indexStore.inRead(
        c -> {
          try (Buckets buckets = new Buckets(c)) {
            return tree.prove(pending.over(buckets), label);
          }
        });
  }

  /** Reads leaves and their paths from one state of the log. */
  private record EntryProofs(Entries leaves, ProofMaker<SQLException> tree) {
    AccessProof.Entry entry(long index) throws SQLException {
      return new AccessProof.Entry(index, leaves.row(index).json(), tree.inclusion(index));
    }
  }

  /**
   * Takes in the entries up to that size, unless all of them are the index's own.
   *
   * @return whether that was all, or there are more than one update takes in
   */
  private boolean takeIn(long target) {
    boolean news = false;
    for (int chunk = 0; size < target && chunk < CHUNKS; chunk++) {
      long from = size;
      long to = Math.min(target, from + CHUNK);
      Slice slice = logStore.inRead(c -> slice(c, from, to));
      news |= slice.news();
      if (!news) {
        return true;
      }
      takeIn(slice.labels(), to, slice.logRoot());
    }
    return size == target;
  }

  /**
   * The labels of consecutive entries, whether any of these entries is not the index's own, and the
   * root of the log's tree that ends with them.
   */
  private record Slice(List<Labelled> labels, boolean news, byte[] logRoot) {}

  private static Slice slice(Connection c, long from, long to) throws SQLException {
    List<Labelled> labels = new ArrayList<>();
    boolean news = from < Pruning.minimum(c);
    each(
        c,
        "SELECT idx, labels FROM audit_pruned WHERE idx >= ? AND idx < ? ORDER BY idx",
        from,
        to,
        (index, kept) ->
            Pruning.split(kept).forEach(label -> labels.add(new Labelled(label, index))));
    boolean[] others = {news};
    new Entries(c)
        .oldest(
            from,
            to,
            (index, bytes) -> {
              String leaf = Leaf.text(bytes);
              others[0] = others[0] || MapRoot.said(leaf).isEmpty();
              Leaf.labels(leaf).forEach(label -> labels.add(new Labelled(label, index)));
              return true;
            });
    return new Slice(labels, others[0], StoredTiles.proofs(c, to).root());
  }

  /** A consumer of rows with an index and bytes. */
  private interface Indexed {
    void take(long index, byte[] bytes);
  }

  private static void each(Connection c, String sql, long from, long to, Indexed row)
      throws SQLException {
    try (PreparedStatement select = c.prepareStatement(sql)) {
      select.setLong(1, from);
      select.setLong(2, to);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          row.take(rows.getLong(1), rows.getBytes(2));
        }
      }
    }
  }

  private void takeIn(List<Labelled> labels, long to, byte[] logRoot) {
    try {
      List<Labelled> twice =
          indexStore.inRead(
              c -> {
                try (Buckets buckets = new Buckets(c)) {
                  return tree.add(pending.over(buckets), labels);
                }
              });
      if (labels.size() < FEW || pending.areMany() || ++putOff >= MOST_PUT_OFF) {
        store(new State(to, logRoot, tree.root()));
      }
      twice.forEach(
          l -> LOG.atError().addKeyValue("entry", l.index()).log("a label occurred twice"));
      size = to;
    } catch (RuntimeException e) {
      // The tree in memory may be ahead of the stored one.
      load();
      throw e;
    }
  }

  private void store(State state) {
    indexStore.inWrite(
        c -> {
          try (Buckets buckets = new Buckets(c)) {
            pending.store(buckets);
          }
          store(c, state);
          return 0;
        });
    pending.forget();
    putOff = 0;
  }

  private State load() {
    pending.forget();
    tree = new LabelTree();
    State state = indexStore.inRead(c -> restore(c, tree));
    size = state.size();
    return state;
  }

  /**
   * Returns whether the index was made from this very log and is whole. Roots in the log are
   * permanent, so a wrong one would be evidence against an honest vault.
   */
  private boolean fits(State state) {
    return state.size() <= log.size()
        && Arrays.equals(state.mapRoot(), tree.root())
        && Arrays.equals(
            state.logRoot(), logStore.inRead(c -> StoredTiles.proofs(c, state.size()).root()))
        && published
            .filter(p -> p.root().size() == state.size())
            .map(p -> p.root().equals(MapRoot.of(state.size(), tree.root())))
            .orElse(true);
  }

  private static State restore(Connection c, LabelTree tree) throws SQLException {
    try (PreparedStatement select =
            c.prepareStatement("SELECT prefix, labels, hash FROM map_bucket");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        tree.restore(rows.getInt(1), rows.getInt(2), rows.getBytes(3));
      }
    }
    tree.restored();
    try (PreparedStatement select =
            c.prepareStatement("SELECT size, log_root, map_root FROM map_state");
        ResultSet row = select.executeQuery()) {
      return row.next() ? new State(row.getLong(1), row.getBytes(2), row.getBytes(3)) : State.EMPTY;
    }
  }

  private static int clear(Connection c) throws SQLException {
    for (String all :
        List.of("DELETE FROM map_state", "DELETE FROM map_bucket", "DELETE FROM map_records")) {
      try (PreparedStatement delete = c.prepareStatement(all)) {
        delete.executeUpdate();
      }
    }
    return 0;
  }

  private static void store(Connection c, State state) throws SQLException {
    try (PreparedStatement upsert =
        c.prepareStatement(
            "INSERT INTO map_state (id, size, log_root, map_root) VALUES (0, ?, ?, ?)"
                + " ON CONFLICT (id) DO UPDATE SET size = excluded.size,"
                + " log_root = excluded.log_root, map_root = excluded.map_root")) {
      upsert.setLong(1, state.size());
      upsert.setBytes(2, state.logRoot());
      upsert.setBytes(3, state.mapRoot());
      upsert.executeUpdate();
    }
  }

  private static Optional<Published> lastPublished(Connection c) throws SQLException {
    return Entries.last(c, Entries.LAST_MAP_ROOT)
        .flatMap(last -> MapRoot.said(last.leaf()).map(root -> new Published(root, last.index())));
  }

  /** The buckets in the index's database, in one transaction. */
  private record Buckets(Connection c, Prepared prepared)
      implements LabelTree.Buckets<SQLException>, AutoCloseable {
    Buckets(Connection c) {
      this(c, new Prepared());
    }

    @Override
    public byte[] read(int prefix) throws SQLException {
      PreparedStatement select = prepared.on(c, "SELECT records FROM map_records WHERE prefix = ?");
      select.setInt(1, prefix);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? row.getBytes(1) : new byte[0];
      }
    }

    @Override
    public void write(int prefix, byte[] records, int labels, byte[] hash) throws SQLException {
      PreparedStatement upsert =
          prepared.on(
              c,
              "INSERT INTO map_records (prefix, records) VALUES (?, ?)"
                  + " ON CONFLICT (prefix) DO UPDATE SET records = excluded.records");
      upsert.setInt(1, prefix);
      upsert.setBytes(2, records);
      upsert.executeUpdate();
      PreparedStatement summary =
          prepared.on(
              c,
              "INSERT INTO map_bucket (prefix, labels, hash) VALUES (?, ?, ?)"
                  + " ON CONFLICT (prefix) DO UPDATE SET labels = excluded.labels,"
                  + " hash = excluded.hash");
      summary.setInt(1, prefix);
      summary.setInt(2, labels);
      summary.setBytes(3, hash);
      summary.executeUpdate();
    }

    @Override
    public void close() {
      prepared.close();
    }
  }
}
