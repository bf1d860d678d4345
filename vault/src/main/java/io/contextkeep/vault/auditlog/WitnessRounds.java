package io.contextkeep.vault.auditlog;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.Checkpoints;
import io.contextkeep.audit.LogStore;
import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.witness.WitnessClient;
import io.contextkeep.audit.witness.Witnesses;
import io.contextkeep.audit.witness.Witnesses.Report;
import io.contextkeep.vault.jobs.Job;
import io.contextkeep.vault.ops.Metrics;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rounds that submit published checkpoints to the log's witnesses, at most once a second, and
 * keep their cosignatures. Each witness has a thread of its own, so that a slow one delays neither
 * the others nor the log nor reads.
 */
final class WitnessRounds {
  private static final String COSIGNED = "cosigned";
  private static final String AHEAD = "ahead";
  private static final String FAILED = "failed";
  private static final List<String> OUTCOMES = List.of(COSIGNED, AHEAD, FAILED);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** The time after which a missing quorum is reported; witnesses normally sign within a second. */
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(WitnessRounds.class);

  private final LogStore store;
  private final AuditLog log;
  private final TrustPolicy policy;
  private final Metrics metrics;
  private final InstantSource clock;
  private final HttpClient http;
  private final List<Round> rounds = new ArrayList<>();

  /** The outcome of the last round with each witness; only changes are logged. */
  private final Map<String, String> outcomes = new ConcurrentHashMap<>();

  private volatile long witnessed;
  private volatile long reachedAt;

  /** A witness with the lock that lets one thread at a time ask it. */
  private record Round(Witnesses witness, ReentrantLock lock) {
    List<Report> ask() {
      lock.lock();
      try {
        return witness.ask();
      } finally {
        lock.unlock();
      }
    }
  }

  private WitnessRounds(
      LogStore store,
      AuditLog log,
      TrustPolicy policy,
      HttpClient http,
      Metrics metrics,
      InstantSource clock) {
    this.http = http;
    this.store = store;
    this.log = log;
    this.policy = policy;
    this.metrics = metrics;
    this.clock = clock;
    this.reachedAt = clock.millis();
  }

  /**
   * Makes the rounds to every witness with a URL.
   *
   * @param policy the witnesses and the quorum
   */
  public static WitnessRounds of(
      LogStore store,
      AuditLog log,
      TrustPolicy policy,
      HttpClient http,
      Metrics metrics,
      InstantSource clock) {
    WitnessRounds rounds = new WitnessRounds(store, log, policy, http, metrics, clock);
    for (TrustPolicy.Witness witness : policy.witnesses()) {
      witness.url().ifPresent(_ -> metrics.witnesses(witness.key().name(), OUTCOMES));
      witness
          .url()
          .ifPresent(
              url ->
                  rounds.add(
                      new Witnesses(
                          store, List.of(new WitnessClient(http, url, List.of(witness.key()))))));
    }
    rounds.count();
    metrics.auditLag("witnesses", rounds::lag);
    return rounds;
  }

  private void add(Witnesses witness) {
    rounds.add(new Round(witness, new ReentrantLock()));
  }

  /** Makes a job for each witness. */
  public List<Job> jobs() {
    return IntStream.range(0, rounds.size())
        .mapToObj(
            i ->
                Job.every("audit-witness-" + i, PAUSE, () -> run(rounds.get(i)))
                    .abortedBy(http::shutdownNow))
        .toList();
  }

  /** Asks every witness now, in turn. */
  public void askAll() {
    rounds.forEach(this::run);
  }

  private void run(Round round) {
    round.ask().forEach(this::report);
    count();
  }

  private void report(Report report) {
    String outcome =
        switch (report) {
          case Report.Cosigned _ -> COSIGNED;
          case Report.Ahead _ -> AHEAD;
          case Report.Failed _ -> FAILED;
        };
    metrics.witnessed(report.witness(), outcome);
    if (outcome.equals(outcomes.put(report.witness(), outcome))) {
      return;
    }
    switch (report) {
      case Report.Cosigned cosigned ->
          LOG.atInfo().addKeyValue("witness", cosigned.witness()).log("the witness cosigns");
      case Report.Ahead ahead ->
          LOG.atError()
              .addKeyValue("witness", ahead.witness())
              .addKeyValue("seen", ahead.seen())
              .addKeyValue("size", ahead.size())
              .log(
                  "a witness has seen a larger log; check whether this one was restored or copied");
      case Report.Failed failed ->
          LOG.atWarn()
              .addKeyValue("witness", failed.witness())
              .addKeyValue("why", failed.why())
              .log("the witness does not cosign");
    }
  }

  private void count() {
    store.inRead(
        c -> {
          long published = Checkpoints.published(c).map(WitnessRounds::size).orElse(0L);
          witnessed = Checkpoints.accepted(c, -1, policy).map(WitnessRounds::size).orElse(0L);
          if (witnessed >= published) {
            reachedAt = clock.millis();
          }
          return published;
        });
  }

  private static long size(Note note) {
    return Checkpoint.parse(note.text()).size();
  }

  /** Returns the number of entries that no checkpoint with a quorum covers. */
  public long lag() {
    return Math.max(0, log.size() - witnessed);
  }

  /** Returns whether the checkpoints of the last minute have a quorum. */
  public boolean quorum() {
    return policy.needsNoWitness()
        || witnessed > 0 && Math.abs(clock.millis() - reachedAt) < TIMEOUT.toMillis();
  }
}
