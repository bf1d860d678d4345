package io.contextkeep.audit;

import io.contextkeep.audit.labels.LabelTree;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The buckets of the verifiable index that changed and are not stored yet. While a log grows
 * quickly nearly each label is in another bucket, so that to store all of them once a second would
 * take longer than to make the entries. After a crash the index takes in what it has not stored
 * again, from the log.
 */
final class PendingBuckets {
  /** The bytes that may be pending: about 50,000 buckets of a young log. */
  private static final long MOST = 16L << 20;

  /** A bucket, as {@link LabelTree.Buckets#write} is given it. */
  private record Bucket(byte[] records, int labels, byte[] hash) {
    long size() {
      return 128 + records.length;
    }
  }

  private final Map<Integer, Bucket> changed = new TreeMap<>();
  private long bytes;

  /** Returns all buckets: the pending ones, and beneath them the stored ones. */
  LabelTree.Buckets<SQLException> over(LabelTree.Buckets<SQLException> stored) {
    return new LabelTree.Buckets<>() {
      @Override
      public byte[] read(int prefix) throws SQLException {
        Bucket pending = changed.get(prefix);
        return pending == null ? stored.read(prefix) : pending.records();
      }

      @Override
      public void write(int prefix, byte[] records, int labels, byte[] hash) {
        Bucket next = new Bucket(records, labels, hash);
        Bucket last = changed.put(prefix, next);
        bytes += next.size() - (last == null ? 0 : last.size());
      }
    };
  }

  boolean areMany() {
    return bytes > MOST;
  }

  /** Stores all of them, in order; {@link #forget} must follow once that is durable. */
  void store(LabelTree.Buckets<SQLException> stored) throws SQLException {
    for (Map.Entry<Integer, Bucket> each : changed.entrySet()) {
      Bucket bucket = each.getValue();
      stored.write(each.getKey(), bucket.records(), bucket.labels(), bucket.hash());
    }
  }

  void forget() {
    changed.clear();
    bytes = 0;
  }
}
