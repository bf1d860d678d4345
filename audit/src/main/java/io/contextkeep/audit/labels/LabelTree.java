package io.contextkeep.audit.labels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The prefix tree's upper 16 levels, in memory; the rest is stored, one {@linkplain Buckets bucket}
 * for each of the 65,536 prefixes. Adding labels touches their buckets and the path from them to
 * the root. Not thread-safe.
 */
public final class LabelTree {
  private static final int DEPTH = 16;
  private static final int BUCKETS = 1 << DEPTH;

  /**
   * The store of the buckets.
   *
   * @param <E> the exception of the store
   */
  public interface Buckets<E extends Exception> {
    /** Returns the stored bytes; empty if there are none. */
    byte[] read(int prefix) throws E;

    /** Stores a bucket with its number of labels and its hash. */
    void write(int prefix, byte[] records, int labels, byte[] hash) throws E;
  }

  /** A subtree: its number of labels, counted up to 2, and its hash. */
  private record Subtree(int labels, byte[] hash) {}

  /** The root is at 1, and the children of a subtree at i are at 2i and 2i+1. */
  private final @Nullable Subtree[] subtrees = new @Nullable Subtree[2 * BUCKETS];

  static int bucket(byte[] label) {
    return ((label[0] & 0xff) << 8) | (label[1] & 0xff);
  }

  /** Puts a stored bucket back in its place; {@link #restored} must follow the last. */
  public void restore(int prefix, int labels, byte[] hash) {
    subtrees[BUCKETS + prefix] = new Subtree(Math.min(2, labels), hash.clone());
  }

  /** Computes the levels above the buckets. */
  public void restored() {
    for (int i = BUCKETS - 1; i > 0; i--) {
      combine(i);
    }
  }

  /**
   * Adds labels, in any order.
   *
   * @return those that another entry carries already, which were not added
   */
  public <E extends Exception> List<Labelled> add(Buckets<E> buckets, List<Labelled> labels)
      throws E {
    Map<Integer, List<Labelled>> byBucket = new TreeMap<>();
    labels.stream()
        .sorted()
        .forEach(l -> byBucket.computeIfAbsent(l.bucket(), _ -> new ArrayList<>()).add(l));
    List<Labelled> refused = new ArrayList<>();
    for (Map.Entry<Integer, List<Labelled>> each : byBucket.entrySet()) {
      int prefix = each.getKey();
      LabelBucket grown = LabelBucket.of(buckets.read(prefix)).with(each.getValue(), refused);
      byte[] hash = grown.hash(DEPTH);
      buckets.write(prefix, grown.stored(), grown.size(), hash);
      restore(prefix, grown.size(), hash);
    }
    climb(byBucket.keySet());
    return refused;
  }

  public byte[] root() {
    return hash(1);
  }

  /** Proves the place of a label, or its absence. */
  public <E extends Exception> LabelProof prove(Buckets<E> buckets, byte[] label) throws E {
    List<byte[]> siblings = new ArrayList<>();
    int at = 1;
    int depth = 0;
    while (labels(at) > 1 && depth < DEPTH) {
      int right = LabelHashes.bit(label, depth) ? 1 : 0;
      siblings.add(hash(2 * at + 1 - right));
      at = 2 * at + right;
      depth++;
    }
    Optional<Labelled> end = Optional.empty();
    if (labels(at) == 1) {
      end = Optional.of(only(buckets, at));
    } else if (labels(at) > 1) {
      end = LabelBucket.of(buckets.read(at - BUCKETS)).descend(label, DEPTH, siblings);
    }
    return new LabelProof(siblings.reversed(), end);
  }

  /** Returns the only label below a node. */
  private <E extends Exception> Labelled only(Buckets<E> buckets, int subtree) throws E {
    int at = subtree;
    while (at < BUCKETS) {
      at = labels(2 * at) == 1 ? 2 * at : 2 * at + 1;
    }
    return LabelBucket.of(buckets.read(at - BUCKETS)).get(0);
  }

  /** Recomputes the levels above the buckets, each once. */
  private void climb(Iterable<Integer> prefixes) {
    List<Integer> level = new ArrayList<>();
    prefixes.forEach(prefix -> level.add(BUCKETS + prefix));
    while (!level.isEmpty() && level.getFirst() > 1) {
      List<Integer> parents = level.stream().map(i -> i / 2).distinct().toList();
      parents.forEach(this::combine);
      level.clear();
      level.addAll(parents);
    }
  }

  private void combine(int i) {
    int labels = Math.min(2, labels(2 * i) + labels(2 * i + 1));
    subtrees[i] =
        switch (labels) {
          case 0 -> null;
          case 1 -> subtrees[labels(2 * i) == 1 ? 2 * i : 2 * i + 1];
          default -> new Subtree(labels, LabelHashes.node(hash(2 * i), hash(2 * i + 1)));
        };
  }

  private int labels(int i) {
    Subtree subtree = subtrees[i];
    return subtree == null ? 0 : subtree.labels();
  }

  private byte[] hash(int i) {
    Subtree subtree = subtrees[i];
    return subtree == null ? LabelHashes.empty() : subtree.hash().clone();
  }
}
