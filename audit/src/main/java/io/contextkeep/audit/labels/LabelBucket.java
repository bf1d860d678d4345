package io.contextkeep.audit.labels;

import io.contextkeep.audit.tree.Hashes;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The labels that share their first 16 bits, in order, stored in one row of the index. A record is
 * the label and the entry's index in eight bytes. After the records of a large bucket come the
 * hashes of its 16 parts, those of the labels that share four bits more, so that a new label costs
 * the hashes of one part.
 */
final class LabelBucket {
  private static final int RECORD = Labelled.LENGTH + Long.BYTES;
  private static final int PARTS = 16;
  private static final int PART_DEPTH = 20;

  /** The number of labels from which the hashes of parts are stored. */
  private static final int LARGE = 16;

  private final byte[] records;

  /** The hashes of parts that are known; a part of one label or none has no need of one. */
  private final byte[] @Nullable [] parts;

  private LabelBucket(byte[] records, byte[] @Nullable [] parts) {
    this.records = records;
    this.parts = parts;
  }

  /** Returns the bucket that was stored as these bytes. */
  static LabelBucket of(byte[] stored) {
    int hashes = stored.length % RECORD == 0 ? 0 : PARTS * Hashes.LENGTH;
    int length = stored.length - hashes;
    byte[] @Nullable [] parts = new byte[PARTS][];
    for (int part = 0; part < PARTS && hashes > 0; part++) {
      int from = length + part * Hashes.LENGTH;
      byte[] hash = Arrays.copyOfRange(stored, from, from + Hashes.LENGTH);
      parts[part] = Arrays.equals(hash, LabelHashes.empty()) ? null : hash;
    }
    return new LabelBucket(Arrays.copyOf(stored, length), parts);
  }

  /** Returns the bytes to store, once the bucket has been hashed. */
  byte[] stored() {
    if (size() < LARGE) {
      return records;
    }
    ByteBuffer all = ByteBuffer.allocate(records.length + PARTS * Hashes.LENGTH).put(records);
    for (byte @Nullable [] hash : parts) {
      all.put(hash == null ? LabelHashes.empty() : hash);
    }
    return all.array();
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
    byte[] @Nullable [] unchanged = parts.clone();
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
        byte[] label = next.label();
        merged.put(label).putLong(next.index());
        unchanged[part(label, 0)] = null;
        last = Optional.of(next);
      }
    }
    merged.put(records, old * RECORD, records.length - old * RECORD);
    return new LabelBucket(Arrays.copyOf(merged.array(), merged.position()), unchanged);
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
    if (depth == PART_DEPTH) {
      int part = part(records, from * RECORD);
      byte @Nullable [] known = parts[part];
      byte[] hash = known == null ? node(sha, from, to, depth) : known;
      parts[part] = hash;
      return hash;
    }
    return node(sha, from, to, depth);
  }

  private byte[] node(MessageDigest sha, int from, int to, int depth) {
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

  /** Returns which part of its bucket a label belongs to: the four bits after the first 16. */
  private static int part(byte[] bytes, int from) {
    return (bytes[from + 2] & 0xff) >>> 4;
  }

  private byte[] label(int i) {
    return Arrays.copyOfRange(records, i * RECORD, i * RECORD + Labelled.LENGTH);
  }
}
