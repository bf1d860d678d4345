package io.contextkeep.vault.context;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.AggregateDecision;
import io.contextkeep.policy.AggregatePermit;
import io.contextkeep.policy.AggregateQuestion;
import io.contextkeep.policy.Eligibility;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.Question;
import io.contextkeep.vault.crypto.KeysInTurn;
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
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
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
  private static final int CHUNK = 2_000;

  /** The same where each of them may have many events. */
  private static final int CHUNK_WITH_EVENTS = 500;

  /** The parts of all row keys, which are random, so that each part has as many customers. */
  private static final int PARTS = 64;

  private static final long PART = Long.MAX_VALUE / PARTS;

  private final Db db;
  private final ContextStore store;
  private final SubjectKeys keys;
  private final Facts facts;
  private final PolicyGate gate;
  private final InstantSource clock;
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
    this.clock = clock;
    this.threads = threads;
  }

  /** A receiver of the customers who take part; each thread has its own. */
  @FunctionalInterface
  public interface Counter {
    void add(long subject, List<Plaintext.Item> items);
  }

  /**
   * The part of each customer's context to read.
   *
   * @param from the start of the events, in milliseconds
   * @param until the end of the events, exclusive
   */
  public record Wanted(Collection<Attribute> attributes, long from, long until) {
    private boolean hasEvents() {
      return attributes.stream().anyMatch(one -> one.kind() == Attribute.Kind.EVENT);
    }
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

  /** A scan by several threads, each of which takes the next part of all row keys. */
  private final class Scan {
    final AggregatePermit permit;
    final SortedMap<String, Question.Attribute> attributes;
    final boolean opens;
    final Watch watch;
    final CohortQuery query;
    final int chunk;
    final AtomicInteger taken = new AtomicInteger();
    final AtomicInteger done = new AtomicInteger();
    volatile boolean failed;

    Scan(AggregatePermit permit, Wanted wanted, Watch watch) {
      this.permit = permit;
      this.attributes = Facts.catalogued(wanted.attributes());
      this.opens = !attributes.isEmpty();
      this.watch = watch;
      Situation.All situations = new Situation.All();
      this.query =
          new CohortQuery(
              permit.purpose(),
              permit.population().id(),
              wanted,
              situations,
              eligibility(situations.of(false)).takesPart());
      this.chunk = wanted.hasEvents() ? CHUNK_WITH_EVENTS : CHUNK;
    }

    private record Chunk(Cohort cohort, Optional<Set<Long>> among) {}

    /** Counts; a failure ends the scan for all threads, because its result would be incomplete. */
    void countOrEnd(Counter counter) {
      boolean counted = false;
      try {
        count(counter);
        counted = true;
      } finally {
        if (!counted) {
          failed = true;
        }
      }
    }

    private boolean isOver() {
      return failed || watch.isCancelled();
    }

    /** Counts until no part is left. */
    void count(Counter counter) {
      KeysInTurn opening = keys.inTurn();
      for (int part = taken.getAndIncrement(); part < PARTS; part = taken.getAndIncrement()) {
        count(part, opening, counter);
        watch.progress(100 * done.incrementAndGet() / PARTS);
      }
    }

    private void count(int part, KeysInTurn opening, Counter counter) {
      long after = part * PART;
      long until = part == PARTS - 1 ? Long.MAX_VALUE : after + PART;
      boolean more = true;
      while (more && !isOver()) {
        Chunk chunk = chunk(after, until);
        count(chunk, opening, counter);
        after = chunk.cohort.last();
        more = chunk.cohort.more();
      }
    }

    private Chunk chunk(long after, long until) {
      return db.inRead(
          c -> {
            Cohort cohort =
                query.run(c, new CohortQuery.Keys(after, until, chunk), clock.instant());
            return new Chunk(cohort, watch.among(c, after, cohort.last()));
          });
    }

    private void count(Chunk chunk, KeysInTurn opening, Counter counter) {
      List<Cohort.Member> members = chunk.cohort.members();
      if (opens && !members.isEmpty()) {
        opening.read(members.getFirst().subject(), members.getLast().subject());
      }
      for (Cohort.Member member : members) {
        SubjectId subject = member.subject();
        if (chunk.among.isPresent() && !chunk.among.get().contains(subject.value())) {
          continue;
        }
        Eligibility eligible = eligibility(member.situation());
        if (!eligible.takesPart()) {
          continue;
        }
        if (opens) {
          opening.opener(subject).ifPresent(key -> opened(eligible, member, key, counter));
        } else {
          counter.add(subject.value(), List.of());
        }
      }
    }

    private void opened(
        Eligibility eligible, Cohort.Member member, SubjectKey.Opener opener, Counter counter) {
      try {
        counter.add(member.subject().value(), store.read(permit, eligible, member, opener));
      } catch (SealBroken altered) {
        LOG.atError().addKeyValue("permit", permit.id()).log("a sealed record does not open");
      }
    }

    private Eligibility eligibility(Situation situation) {
      return situation.decided(
          () ->
              gate.eligibility(
                  permit,
                  Facts.question(permit.population(), permit.purpose(), situation, attributes)));
    }
  }

  /**
   * Hands every customer who takes part to a counter, once.
   *
   * @param counters makes the counter of each thread
   */
  public void each(
      AggregatePermit permit, Wanted wanted, Watch watch, Supplier<? extends Counter> counters) {
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
