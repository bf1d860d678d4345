package io.contextkeep.audit.labels;

import io.contextkeep.audit.tree.Hashes;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The labels that share their first 16 bits, in order, stored in one row of the index. A record is
 * the label and the entry's index in eight bytes.
 */
final class LabelBucket {
  private static final int RECORD = Labelled.LENGTH + Long.BYTES;

  private final byte[] records;

  LabelBucket(byte[] records) {
    this.records = records;
  }

  byte[] records() {
    return records;
  }

  int size() {
    return records.length / RECORD;
  }

  Labelled get(int i) {
    return new Labelled(label(i), ByteBuffer.wrap(records).getLong(i * RECORD + Labelled.LENGTH));
  }

  /**
   * Returns the bucket with more labels; one that it has already is given back and not added,
   * because no two entries may carry it.
   *
   * @param more labels in order
   */
  LabelBucket with(List<Labelled> more, List<Labelled> refused) {
    ByteBuffer merged = ByteBuffer.allocate(records.length + more.size() * RECORD);
    int old = 0;
    Optional<Labelled> last = Optional.empty();
    for (Labelled next : more) {
      int before = old;
      while (old < size() && next.compareTo(records, old * RECORD) > 0) {
        old++;
      }
      merged.put(records, before * RECORD, (old - before) * RECORD);
      boolean there = old < size() && next.compareTo(records, old * RECORD) == 0;
      if (there || last.filter(l -> l.compareTo(next) == 0).isPresent()) {
        refused.add(next);
      } else {
        merged.put(next.label()).putLong(next.index());
        last = Optional.of(next);
      }
    }
    merged.put(records, old * RECORD, records.length - old * RECORD);
    return new LabelBucket(Arrays.copyOf(merged.array(), merged.position()));
  }

  /** Returns the hash of the bucket as a subtree at a depth. */
  byte[] hash(int depth) {
    return hash(Hashes.sha256(), 0, size(), depth);
  }

  /**
   * Descends to the place of the label, or where it would be, and collects the hashes beside the
   * path.
   */
  Optional<Labelled> descend(byte[] label, int depth, List<byte[]> siblings) {
    int from = 0;
    int to = size();
    int at = depth;
    List<byte[]> below = new ArrayList<>();
    MessageDigest sha = Hashes.sha256();
    while (to - from > 1) {
      int middle = middle(from, to, at);
      if (LabelHashes.bit(label, at)) {
        below.add(hash(sha, from, middle, at + 1));
        from = middle;
      } else {
        below.add(hash(sha, middle, to, at + 1));
        to = middle;
      }
      at++;
    }
    siblings.addAll(below);
    return from == to ? Optional.empty() : Optional.of(get(from));
  }

  private byte[] hash(MessageDigest sha, int from, int to, int depth) {
    if (from == to) {
      return LabelHashes.empty();
    }
    if (to - from == 1) {
      return LabelHashes.leaf(sha, records, from * RECORD);
    }
    int middle = middle(from, to, depth);
    byte[] left = hash(sha, from, middle, depth + 1);
    return LabelHashes.node(sha, left, hash(sha, middle, to, depth + 1));
  }

  /** Returns the index of the first label in a range whose bit at a depth is set. */
  private int middle(int from, int to, int depth) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (LabelHashes.bit(records, middle * RECORD, depth)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private byte[] label(int i) {
    return Arrays.copyOfRange(records, i * RECORD, i * RECORD + Labelled.LENGTH);
  }
}
