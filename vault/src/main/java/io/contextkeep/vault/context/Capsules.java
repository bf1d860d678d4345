package io.contextkeep.vault.context;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.context.Capsule.BlindKey;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.ops.Metrics;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * The capsules of the customers who were read last, in bounded memory. A read that starts after a
 * change was answered never gets an older capsule: the writer drops the capsules of all customers
 * whose rows a transaction changed after its commit and before it answers, and a capsule that was
 * read before such a commit is not kept after it.
 */
final class Capsules {
  /**
   * The tables that a capsule is read from, each with the column of the customer. A table that the
   * query reads and this list lacks fails a test.
   */
  static final Map<String, String> TABLES =
      Map.of(
          "subject", "id",
          "identifier", "subject",
          "value", "subject",
          "event", "subject",
          "consent_state", "subject",
          "objection", "subject",
          "derivation_ground", "subject");

  /** The largest capsule kept, so that one customer cannot displace a thousand others. */
  private static final int MAX_SIZE = 128 << 10;

  private static final int STRIPES = 1 << 14;

  /** About how many bytes the way from an identifier to its customer takes. */
  private static final int HINT = 120;

  private final Cache<SubjectId, Capsule> capsules;

  /**
   * The customer last found for an identifier. It may be outdated: only a capsule that has the
   * identifier says whose it is.
   */
  private final Cache<BlindKey, SubjectId> hints;

  /** The number of transactions that changed capsules' rows. */
  private final AtomicLong transactions = new AtomicLong();

  /**
   * For the customers of each stripe the number of the transaction that changed one of them last.
   */
  private final AtomicLongArray changed = new AtomicLongArray(STRIPES);

  private final boolean on;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder evictions = new LongAdder();

  private Capsules(long bytes) {
    this.on = bytes > 0;
    this.capsules =
        Caffeine.newBuilder()
            .maximumWeight(bytes - bytes / 8)
            .weigher((SubjectId _, Capsule capsule) -> capsule.size())
            .evictionListener((_, _, _) -> evictions.increment())
            .build();
    this.hints = Caffeine.newBuilder().maximumSize(bytes / 8 / HINT).build();
  }

  /** Returns the capsules of a database, in at most about so many bytes; with 0 none is kept. */
  static Capsules of(Db db, long bytes) {
    Capsules capsules = new Capsules(bytes);
    if (bytes > 0) {
      db.watchRows(TABLES, capsules::changed);
    }
    return capsules;
  }

  /** Returns whether capsules are for this request: an app's, by an identifier. */
  boolean serve(ReadRequest ask) {
    return on && ask.extent().equals(ReadRequest.NEWEST) && ask.customer().rowKey().isEmpty();
  }

  /** Returns the capsule of the customer with this identifier. */
  Optional<Capsule> find(BlindKey key, long now) {
    Optional<Capsule> found =
        Optional.ofNullable(hints.getIfPresent(key))
            .map(capsules::getIfPresent)
            .filter(capsule -> capsule.identifiers().contains(key))
            .filter(capsule -> now < capsule.validUntil());
    (found.isPresent() ? hits : misses).increment();
    return found;
  }

  /** Returns the present number of transactions. Take it before the database snapshot begins. */
  long transactions() {
    return transactions.get();
  }

  /**
   * Keeps a capsule unless the customer's rows may have changed since.
   *
   * @param before the number of transactions before the snapshot that the capsule was read in
   */
  void keep(Capsule capsule, long before) {
    int size = capsule.size();
    if (size > MAX_SIZE) {
      return;
    }
    int stripe = stripe(capsule.subject().value());
    // Atomic with the removal in changed(): either the change is seen here, or it removes this.
    capsules
        .asMap()
        .compute(capsule.subject(), (_, kept) -> changed.get(stripe) <= before ? capsule : kept);
    capsule.identifiers().forEach(key -> hints.put(key, capsule.subject()));
  }

  private void changed(Set<Long> subjects) {
    long number = transactions.get() + 1;
    for (long subject : subjects) {
      changed.set(stripe(subject), number);
      capsules.asMap().remove(new SubjectId(subject));
    }
    transactions.set(number);
  }

  private static int stripe(long subject) {
    return (int) Long.remainderUnsigned(subject * 0x9E3779B97F4A7C15L >>> 32, STRIPES);
  }

  /** Publishes how often capsules answered, and the memory that they take. */
  void publish(Metrics metrics) {
    metrics.capsules("hit", hits::sum);
    metrics.capsules("miss", misses::sum);
    metrics.capsules("eviction", evictions::sum);
    metrics.capsuleBytes(
        () -> capsules.policy().eviction().orElseThrow().weightedSize().orElseThrow());
  }
}
