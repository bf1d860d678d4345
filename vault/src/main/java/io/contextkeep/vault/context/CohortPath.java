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
 * The path of every statistic: a decision before any data, then customer after customer the same
 * question that the population's app would be decided by, and plaintext of those alone who take
 * part. It is read a few hundred customers at a time, so memory is bounded and no snapshot of the
 * database is held for long; each customer is seen as of one moment.
 */
public final class CohortPath {
  private static final Logger LOG = LoggerFactory.getLogger(CohortPath.class);

  /** Customers read at a time by each thread. */
  private static final int AT_A_TIME = 500;

  private static final int MOST_SITUATIONS = 10_000;

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

  /** Takes customers who take part; one for each thread. */
  @FunctionalInterface
  public interface Counter {
    void add(long subject, List<Plaintext.Item> items);
  }

  /** What happens meanwhile. */
  public interface Watch {
    /** Whether to stop. */
    boolean isCancelled();

    /**
     * @param done of a hundred parts of all numbers that customers can have: of those, not of
     *     customers
     */
    void progress(int done);

    /** Those who may be counted, of the customers between two numbers; all where empty. */
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

  /** What decides whether a customer takes part, apart from who it is. */
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

  /** One scan by several threads that take their customers from one place. */
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

    private record Some(Cohort cohort, Optional<Set<Long>> among) {}

    /** The next customers; none at the end. */
    Some next() {
      reading.lock();
      try {
        if (exhausted || watch.isCancelled()) {
          return new Some(new Cohort(List.of(), 0, false), Optional.empty());
        }
        long from = after.get();
        Some some =
            db.inRead(
                c -> {
                  Cohort cohort =
                      store.cohort(c, from, AT_A_TIME, permit.population().id(), wanted);
                  return new Some(cohort, watch.among(c, from, cohort.last()));
                });
        after.set(some.cohort.last());
        exhausted = !some.cohort.more();
        return some;
      } finally {
        reading.unlock();
      }
    }

    /** Counts; a thread that cannot go on ends the scan for all, since nothing will come of it. */
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

    /** Counts until nobody is left. */
    void count(Counter counter) {
      for (Some some = next();
          !some.cohort.members().isEmpty() || some.cohort.more();
          some = next()) {
        count(some, counter);
        watch.progress((int) (Math.max(0, some.cohort.last()) / (Long.MAX_VALUE / 100)));
      }
    }

    private void count(Some some, Counter counter) {
      List<Snapshot> members = some.cohort.members();
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
        if (some.among.isPresent() && !some.among.get().contains(subject.value())) {
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
        if (known.size() < MOST_SITUATIONS) {
          known.put(situation, eligible);
        }
      }
      return eligible;
    }
  }

  /**
   * Hands every customer who takes part to a counter, once.
   *
   * @param counters makes one for each thread
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
