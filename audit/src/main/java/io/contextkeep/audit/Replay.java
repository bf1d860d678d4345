package io.contextkeep.audit;

import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.tree.Frontier;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.audit.tree.TilePath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Replays a log from its bytes, with public keys only, and reports all faults with it: the tree
 * that the entries make, who signed which of its sizes, the roots of the index of labels, and the
 * accounts of what was erased.
 *
 * <p>Every checkpoint must be signed by the key that the log named last before it. A change of keys
 * must be signed by the old key too; otherwise anyone who can write the file could sign it with
 * another key.
 */
public final class Replay {
  private static final int MANY = 100;

  private final List<VerifierKey> known;
  private final List<String> problems = new ArrayList<>();
  private final List<VerifierKey> signers = new ArrayList<>();
  private Frontier frontier = Frontier.EMPTY;
  private Optional<String> origin = Optional.empty();
  private Optional<KeysInForce> keys = Optional.empty();
  private Optional<KeysInForce> replaced = Optional.empty();
  private long time;
  private long committed;
  private long erased;
  private long checkpoints;

  /** The minimum index that the log states, from which on every entry must exist. */
  private long minimum;

  /** The index after the last missing entry. */
  private long gone;

  private long pruned;
  private long prunedParts;
  private final MapReplay map = new MapReplay(this::problem);

  /**
   * Creates a replay at the empty log.
   *
   * @param known keys whose signatures are checked if present, such as the log's ML-DSA-44 keys;
   *     those that sign the log it names itself
   */
  public Replay(Collection<VerifierKey> known) {
    this.known = List.copyOf(known);
  }

  /** Adds the next entry. */
  public void entry(byte[] leaf) {
    entry(leaf, NOTHING);
  }

  /** Adds the next entry and reports the tiles that it completes. */
  public <E extends Exception> void entry(byte[] leaf, Frontier.Completed<E> completed) throws E {
    String json = Leaf.text(leaf);
    String type = Leaf.word(json, "type");
    if (size() == 0 != type.equals(EntryType.GENESIS.code())) {
      problem(
          "entry "
              + size()
              + (size() == 0 ? " cannot be the first of a log" : " is a second first"));
    }
    if (type.equals(EntryType.GENESIS.code()) || type.equals(EntryType.KEY.code())) {
      change(KeysInForce.named(json));
    }
    map.entry(size(), json);
    if (Leaf.number(json, "time") < time) {
      problem("entry " + size() + " is older than the one before it");
    }
    time = Leaf.number(json, "time");
    committed += Leaf.word(json, "commit").isEmpty() ? 0 : 1;
    if (type.equals(EntryType.PRUNE.code())) {
      prune(json);
    }
    erased += type.equals(EntryType.ERASE.code()) ? Leaf.number(json, "erased") : 0;
    frontier = frontier.append(Hashes.leaf(leaf), completed);
  }

  /**
   * Adds the remains of the next entry, which was pruned. The entries that follow must show that it
   * was allowed.
   */
  public <E extends Exception> void pruned(
      byte[] hash, List<byte[]> labels, Frontier.Completed<E> completed) throws E {
    gone = size() + 1;
    pruned++;
    map.labels(size(), labels);
    frontier = frontier.append(hash, completed);
  }

  /** Adds the next, pruned entry in its bundled form. */
  public <E extends Exception> void rest(byte[] hash, byte[] rest, Frontier.Completed<E> completed)
      throws E {
    switch (rest.length == 0 ? Pruning.NOTHING : rest[0]) {
      case Pruning.ENTRY -> entry(Arrays.copyOfRange(rest, 1, rest.length), completed);
      case Pruning.LABELS ->
          pruned(hash, Pruning.split(Arrays.copyOfRange(rest, 1, rest.length)), completed);
      default -> pruned(hash, List.of(), completed);
    }
  }

  private void prune(String json) {
    long from = Leaf.number(json, "from");
    long to = Leaf.number(json, "to");
    if (from != minimum || to <= from || to > size() || to % TilePath.FULL != 0) {
      problem("entry " + size() + " prunes entries that must stay");
    }
    minimum = to;
    committed += Leaf.number(json, "committed");
    prunedParts += Leaf.number(json, "sealed");
  }

  /** Checks a checkpoint of the entries so far. */
  public void checkpoint(String text) {
    try {
      Note note = Note.parse(text);
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      checkTree(checkpoint);
      checkSigners(note, checkpoint.origin());
      checkpoints++;
    } catch (MalformedNote e) {
      problem("the checkpoint at size " + size() + " is none: " + e.getMessage());
    }
  }

  /** Finishes after the last entry. */
  public void end() {
    map.end();
    if (gone > minimum) {
      problem(
          "evidence was destroyed: entry "
              + (gone - 1)
              + " is missing, but only those before "
              + minimum
              + " were pruned");
    }
  }

  /** Adds a fault that the caller found. */
  public void problem(String what) {
    if (problems.size() < MANY) {
      problems.add(what);
    }
  }

  public long size() {
    return frontier.size();
  }

  public byte[] root() {
    return frontier.root();
  }

  /** Returns the number of checked checkpoints. */
  public long checkpoints() {
    return checkpoints;
  }

  /** Returns the number of checked roots of the index. */
  public long mapRoots() {
    return map.roots();
  }

  /** Returns the number of entries with a commitment to a private part. */
  public long committed() {
    return committed;
  }

  /** Returns the number of pruned entries, of which only hashes are left. */
  public long pruned() {
    return pruned;
  }

  /** Returns the number of pruned private parts, by the log's accounts. */
  public long prunedParts() {
    return prunedParts;
  }

  /** Returns the number of erased private parts, by the log's accounts. */
  public long erased() {
    return erased;
  }

  /** Returns the log's name, once a checkpoint has stated it. */
  public Optional<String> origin() {
    return origin;
  }

  /** Returns every key that was in force when a checkpoint was signed, in order. */
  public List<VerifierKey> signers() {
    return List.copyOf(signers);
  }

  /** Returns the first hundred faults. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /**
   * Compares the accounts with the existing private parts.
   *
   * @param sealed the number of existing private parts
   */
  public void checkAccounts(long sealed) {
    long missing = committed - prunedParts - sealed;
    if (missing > erased) {
      problem(
          "evidence was destroyed: private parts of "
              + missing
              + " entries are missing, "
              + erased
              + " were erased");
    } else if (missing < erased) {
      problem(
          "private parts reappeared: "
              + missing
              + " entries lack theirs, "
              + erased
              + " were erased");
    }
  }

  private void change(Optional<KeysInForce> named) {
    if (named.isEmpty()) {
      problem("entry " + size() + " names no keys");
      return;
    }
    replaced = keys.filter(before -> !before.ed25519().equals(named.get().ed25519()));
    keys = named;
  }

  private void checkTree(Checkpoint checkpoint) {
    if (checkpoint.size() != size() || !Arrays.equals(checkpoint.root(), root())) {
      problem("the root at size " + checkpoint.size() + " is not what the entries make");
    }
    if (!origin.orElse(checkpoint.origin()).equals(checkpoint.origin())) {
      problem("the checkpoint at size " + checkpoint.size() + " is of another log");
    }
    origin = origin.or(() -> Optional.of(checkpoint.origin()));
  }

  private void checkSigners(Note note, String name) {
    if (keys.isEmpty()) {
      problem("the checkpoint at size " + size() + " is not signed by any key that the log names");
      return;
    }
    VerifierKey signer = keys.get().signer(name);
    signers.remove(signer);
    signers.add(signer);
    switch (note.verify(expected(name, signer))) {
      case Note.Verdict.Rejected rejected ->
          problem("the checkpoint at size " + size() + " does not count: " + rejected.why());
      case Note.Verdict.Signed signed -> {
        if (!signed.by().contains(signer)) {
          problem("the checkpoint at size " + size() + " is not signed by the key in force");
        }
        if (replaced.isPresent() && !signed.by().contains(replaced.get().signer(name))) {
          problem(
              "the keys were changed before size " + size() + " without the old key's signature");
        }
        replaced = Optional.empty();
      }
    }
  }

  /** Returns whether a key with the log's name was named by the log. */
  private List<VerifierKey> expected(String name, VerifierKey signer) {
    List<VerifierKey> expected = new ArrayList<>(List.of(signer));
    known.stream()
        .filter(key -> !key.name().equals(name) || keys.stream().anyMatch(k -> k.cosigner(key)))
        .forEach(expected::add);
    replaced.ifPresent(old -> expected.add(old.signer(name)));
    return expected;
  }

  private static final Frontier.Completed<RuntimeException> NOTHING =
      new Frontier.Completed<>() {
        @Override
        public void tile(long index, byte[] hashes) {}

        @Override
        public void node(int level, long index, byte[] hash) {}
      };
}
