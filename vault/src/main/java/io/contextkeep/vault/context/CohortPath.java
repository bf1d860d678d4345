package io.contextkeep.vault.context;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.AggregateDecision;
import io.contextkeep.policy.AggregatePermit;
import io.contextkeep.policy.AggregateQuestion;
import io.contextkeep.policy.Eligibility;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.Question;
import io.contextkeep.vault.crypto.SealBroken;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The path of every statistic: a decision before any data is read, then for each customer the
 * question that decides a read by the population's app, and plaintext only of those who take part.
 * Customers are read a few hundred at a time, so memory is bounded and no snapshot of the database
 * is held for long; each customer is seen as of one moment.
 */
public final class CohortPath {
  private static final Logger LOG = LoggerFactory.getLogger(CohortPath.class);

  /** The customers that a thread reads at a time. */
  private static final int CHUNK_SIZE = 500;

  private static final int MAX_SITUATIONS = 10_000;

  private final Db db;
  private final ContextStore store;
  private final SubjectKeys keys;
  private final Facts facts;
  private final PolicyGate gate;
  private final ExecutorService threads;

  public CohortPath(
      Db db,
      Registry registry,
      ContextStore store,
      SubjectKeys keys,
      PolicyGate gate,
      InstantSource clock,
      ExecutorService threads) {
    this.db = db;
    this.store = store;
    this.keys = keys;
    this.facts = new Facts(registry, clock);
    this.gate = gate;
    this.threads = threads;
  }

  /** A receiver of the customers who take part; each thread has its own. */
  @FunctionalInterface
  public interface Counter {
    void add(long subject, List<Plaintext.Item> items);
  }

  /** The observer of a scan, which can stop it. */
  public interface Watch {
    /** Returns whether to stop. */
    boolean isCancelled();

    /**
     * Reports progress.
     *
     * @param done the percentage of all possible row keys, not of customers
     */
    void progress(int done);

    /** Returns the customers between two row keys who may be counted; empty means all of them. */
    Optional<Set<Long>> among(Connection c, long first, long last) throws SQLException;
  }

  /** Asks the policy about a statistic. */
  public AggregateDecision decide(
      Caller caller,
      String purpose,
      String population,
      String measure,
      Collection<Attribute> attributes,
      long rho,
      long delta) {
    return gate.decide(
        new AggregateQuestion(
            new Question.Caller(caller.id(), caller.role().code(), List.of(), caller.assurance()),
            purpose,
            facts.population(population, caller.assurance()),
            measure,
            Facts.catalogued(attributes),
            rho,
            delta));
  }

  /** The facts that decide whether a customer takes part, without their identity. */
  private record Situation(boolean restricted, List<Object> consents, List<String> objections) {
    static Situation of(Snapshot member, List<Question.Consent> consents) {
      return new Situation(
          member.restricted(),
          consents.stream()
              .<Object>map(c -> List.of(c.purpose(), c.recipient(), c.status(), c.explicit()))
              .toList(),
          member.objections());
    }
  }

  /** A scan by several threads that take chunks of customers from a shared cursor. */
  private final class Scan {
    final AggregatePermit permit;
    final Cohort.Wanted wanted;
    final SortedMap<String, Question.Attribute> attributes;
    final Watch watch;
    final Map<Situation, Eligibility> known = new ConcurrentHashMap<>();
    final AtomicLong after = new AtomicLong(Long.MIN_VALUE);
    final ReentrantLock reading = new ReentrantLock();
    boolean exhausted;

    Scan(AggregatePermit permit, Cohort.Wanted wanted, Watch watch) {
      this.permit = permit;
      this.wanted = wanted;
      this.attributes = Facts.catalogued(wanted.attributes());
      this.watch = watch;
    }

    private record Chunk(Cohort cohort, Optional<Set<Long>> among) {}

    /** Returns the next chunk; one without customers at the end. */
    Chunk next() {
      reading.lock();
      try {
        if (exhausted || watch.isCancelled()) {
          return new Chunk(new Cohort(List.of(), 0, false), Optional.empty());
        }
        long from = after.get();
        Chunk chunk =
            db.inRead(
                c -> {
                  Cohort cohort =
                      store.cohort(c, from, CHUNK_SIZE, permit.population().id(), wanted);
                  return new Chunk(cohort, watch.among(c, from, cohort.last()));
                });
        after.set(chunk.cohort.last());
        exhausted = !chunk.cohort.more();
        return chunk;
      } finally {
        reading.unlock();
      }
    }

    /** Counts; a failure ends the scan for all threads, because its result would be incomplete. */
    void countOrEnd(Counter counter) {
      boolean counted = false;
      try {
        count(counter);
        counted = true;
      } finally {
        if (!counted) {
          end();
        }
      }
    }

    private void end() {
      reading.lock();
      try {
        exhausted = true;
      } finally {
        reading.unlock();
      }
    }

    /** Counts until no customers are left. */
    void count(Counter counter) {
      for (Chunk chunk = next();
          !chunk.cohort.members().isEmpty() || chunk.cohort.more();
          chunk = next()) {
        count(chunk, counter);
        watch.progress((int) (Math.max(0, chunk.cohort.last()) / (Long.MAX_VALUE / 100)));
      }
    }

    private void count(Chunk chunk, Counter counter) {
      List<Snapshot> members = chunk.cohort.members();
      if (members.isEmpty()) {
        return;
      }
      Map<SubjectId, SubjectKey> opening =
          wanted.attributes().isEmpty()
              ? Map.of()
              : keys.between(
                  members.getFirst().subject().orElseThrow().value(),
                  members.getLast().subject().orElseThrow().value());
      for (Snapshot member : members) {
        var subject = member.subject().orElseThrow();
        if (chunk.among.isPresent() && !chunk.among.get().contains(subject.value())) {
          continue;
        }
        Eligibility eligible = eligibility(member);
        if (!eligible.takesPart()) {
          continue;
        }
        if (wanted.attributes().isEmpty()) {
          counter.add(subject.value(), List.of());
        } else if (opening.get(subject) instanceof SubjectKey key) {
          opened(eligible, member, key, counter);
        }
      }
    }

    private void opened(Eligibility eligible, Snapshot member, SubjectKey key, Counter counter) {
      try {
        counter.add(
            member.subject().orElseThrow().value(), store.read(permit, eligible, member, key));
      } catch (SealBroken altered) {
        LOG.atError().addKeyValue("permit", permit.id()).log("a sealed record does not open");
      }
    }

    private Eligibility eligibility(Snapshot member) {
      List<Question.Consent> consents =
          facts.consents(member, permit.purpose(), permit.population().id());
      Situation situation = Situation.of(member, consents);
      Eligibility eligible = known.get(situation);
      if (eligible == null) {
        eligible =
            gate.eligibility(
                permit,
                Facts.question(
                    permit.population(), permit.purpose(), member, consents, attributes));
        if (known.size() < MAX_SITUATIONS) {
          known.put(situation, eligible);
        }
      }
      return eligible;
    }
  }

  /**
   * Hands every customer who takes part to a counter, once.
   *
   * @param counters makes the counter of each thread
   */
  public void each(
      AggregatePermit permit,
      Cohort.Wanted wanted,
      Watch watch,
      Supplier<? extends Counter> counters) {
    if (!permit.open()) {
      throw new IllegalStateException("A permit is for one statistic");
    }
    try (permit) {
      Scan scan = new Scan(permit, wanted, watch);
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
        Counter counter = counters.get();
        workers.add(threads.submit(() -> scan.countOrEnd(counter)));
      }
      await(workers);
    }
  }

  private static void await(List<Future<?>> workers) {
    RuntimeException failure = null;
    for (Future<?> worker : workers) {
      try {
        worker.get();
      } catch (ExecutionException e) {
        failure = new IllegalStateException("The customers could not all be read", e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = new IllegalStateException("Interrupted", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
