package io.contextkeep.vault.ops;

import io.contextkeep.audit.EntryType;
import io.contextkeep.policy.Decision;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.Refusal;
import io.contextkeep.vault.jobs.Jobs;
import io.contextkeep.vault.outbox.Deliverer.Counts;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The vault's metrics, for Prometheus. Every label has few coded values: a route's template, a
 * status class, a reason's code, an entry's type. No metric is about a customer or an app: all
 * reasons that depend on the person share one label, so that counts do not reveal them. All metrics
 * exist from the start, at 0, except those of requests, which appear with a route's first request.
 */
public final class Metrics implements AutoCloseable {
  private static final Duration[] BUCKETS = {
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5)
  };
  private static final Duration[] DECISION_BUCKETS = {
    Duration.ofNanos(25_000),
    Duration.ofNanos(50_000),
    Duration.ofNanos(100_000),
    Duration.ofNanos(250_000),
    Duration.ofMillis(1),
    Duration.ofMillis(10),
    Duration.ofMillis(100)
  };
  private static final double[] BATCHES = {1, 2, 4, 8, 16, 32, 64, 128, 256};

  /** The known methods; others share one label, so that clients cannot flood the labels. */
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");

  private record Request(String method, String route, String status) {}

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final Map<Request, Timer> requests = new ConcurrentHashMap<>();
  private final Map<String, Counter> reasons = new HashMap<>();
  private final Map<String, Counter> entries = new HashMap<>();
  private final Counter permits = decisions("permit");
  private final Counter refusals = decisions("refuse");
  private final Counter overloads =
      Counter.builder("contextkeep.http.overloaded")
          .description("Requests refused because too many were in progress")
          .register(registry);
  private final Counter failures =
      Counter.builder("contextkeep.store.failures")
          .description("Writes that the store could not make durable")
          .register(registry);
  private final Timer evaluation =
      Timer.builder("contextkeep.policy.evaluation")
          .description("Time to evaluate the policy for one question")
          .serviceLevelObjectives(DECISION_BUCKETS)
          .register(registry);
  private final DistributionSummary batches =
      DistributionSummary.builder("contextkeep.store.commit.works")
          .description("Works in one durable commit")
          .serviceLevelObjectives(BATCHES)
          .register(registry);

  public Metrics() {
    reasons.put(Refusal.NOT_PERMITTED, refusals(Refusal.NOT_PERMITTED));
    for (EntryType type : EntryType.values()) {
      entries.put(type.code(), entries(type));
    }
    Refusal.ABOUT_THE_CALLER.forEach(reason -> reasons.put(reason, refusals(reason)));
    new JvmMemoryMetrics().bindTo(registry);
    if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider buffers) {
      new NettyAllocatorMetrics(buffers).bindTo(registry);
    }
    gc.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /** Returns the label of a method: its name if it is known, else OTHER. */
  public static String method(String name) {
    return METHODS.contains(name) ? name : "OTHER";
  }

  /**
   * Counts an answered request.
   *
   * @param route the template of the route, never the path
   * @param status the status code; 0 if the client had gone
   */
  public void answered(String method, String route, int status, long nanos) {
    String outcome = status == 0 ? "gone" : status / 100 + "xx";
    requests
        .computeIfAbsent(new Request(method(method), route, outcome), this::timer)
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  public void overloaded() {
    overloads.increment();
  }

  public void decided(Decision decision) {
    switch (decision) {
      case Permit _ -> permits.increment();
      case Refusal refusal -> {
        refusals.increment();
        refusal
            .shownReasons()
            .forEach(reason -> Objects.requireNonNull(reasons.get(reason)).increment());
      }
    }
  }

  /** Returns the engine with its evaluations timed. */
  public PolicyEngine timed(PolicyEngine engine) {
    return new TimedEngine(engine, evaluation);
  }

  /** Publishes how many requests are in progress, read with the metrics. */
  public void inProgress(IntSupplier requests) {
    Gauge.builder("contextkeep.http.in.progress", requests, IntSupplier::getAsInt)
        .description("Requests that have a place and are not answered yet")
        .strongReference(true)
        .register(registry);
  }

  /** Publishes the length of the writer's queue, read with the metrics. */
  public void queue(IntSupplier depth) {
    Gauge.builder("contextkeep.store.queue", depth, IntSupplier::getAsInt)
        .description("Writes that wait for the next commit")
        .strongReference(true)
        .register(registry);
  }

  /**
   * Publishes how often something happened with the memory of customers' facts, read with the
   * metrics.
   *
   * @param what hit, miss or eviction
   */
  public void capsules(String what, LongSupplier count) {
    FunctionCounter.builder("contextkeep.capsules", count, LongSupplier::getAsLong)
        .description("Reads that memory answered or did not, and customers it dropped for room")
        .tag("what", what)
        .register(registry);
  }

  /** Publishes the size of the memory of customers' facts, read with the metrics. */
  public void capsuleBytes(LongSupplier bytes) {
    Gauge.builder("contextkeep.capsules.size", bytes, LongSupplier::getAsLong)
        .description("About how many bytes the memory of customers' facts takes")
        .baseUnit("bytes")
        .strongReference(true)
        .register(registry);
  }

  /** Publishes how far the host's clock is behind the vault's time, read with the metrics. */
  public void clockBehind(Supplier<Duration> behind) {
    Gauge.builder("contextkeep.clock.behind", behind, it -> it.get().toMillis() / 1_000.0)
        .description("Seconds by which the host's clock is behind the newest stored time")
        .baseUnit("seconds")
        .strongReference(true)
        .register(registry);
  }

  /**
   * Publishes how far the graph is behind the database, read with the metrics.
   *
   * @param what the kind of rows, a coded value
   */
  public void graphLag(String what, LongSupplier count) {
    Gauge.builder("contextkeep.graph.lag", count, LongSupplier::getAsLong)
        .description("Rows of the database that the graph lacks, and erasures not yet in it")
        .tag("what", what)
        .strongReference(true)
        .register(registry);
  }

  /**
   * Publishes how many entries of the audit log something is behind, read with the metrics.
   *
   * @param what the part that is behind, a coded value
   */
  public void auditLag(String what, LongSupplier entries) {
    Gauge.builder("contextkeep.audit.lag", entries, LongSupplier::getAsLong)
        .description(
            "Entries of the audit log that the index of labels, a witness or a collector lacks yet")
        .tag("what", what)
        .strongReference(true)
        .register(registry);
  }

  /**
   * Publishes the number of customers' requests by the state of their deadline, read with the
   * metrics.
   *
   * @param clock the state of the deadline, a coded value
   */
  public void requests(String clock, LongSupplier count) {
    Gauge.builder("contextkeep.rights.requests", count, LongSupplier::getAsLong)
        .description("Customers' requests that must be answered soon, or are overdue")
        .tag("clock", clock)
        .strongReference(true)
        .register(registry);
  }

  /** Publishes the number of unacknowledged erasure notices, read with the metrics. */
  public void unacknowledgedNotices(LongSupplier count) {
    Gauge.builder("contextkeep.erasure.notices", count, LongSupplier::getAsLong)
        .description("Notices of erasures that their recipients have not acknowledged")
        .strongReference(true)
        .register(registry);
  }

  /** Returns the counters of the outbox. */
  public Counts outbox() {
    return new Counts() {
      @Override
      public void show(
          String kind, LongSupplier waiting, Supplier<Duration> oldest, LongSupplier dead) {
        messages("waiting", "Messages that wait to be sent", kind, waiting);
        messages("dead", "Messages that were given up, kept for thirty days", kind, dead);
        messages(
            "oldest.seconds",
            "Age of the oldest message that waits, in seconds",
            kind,
            () -> oldest.get().toSeconds());
        deliveries(kind, "delivered");
        deliveries(kind, "failed");
      }

      @Override
      public void delivered(String kind) {
        deliveries(kind, "delivered").increment();
      }

      @Override
      public void failed(String kind) {
        deliveries(kind, "failed").increment();
      }
    };
  }

  private void messages(String what, String description, String kind, LongSupplier count) {
    Gauge.builder("contextkeep.outbox." + what, count, LongSupplier::getAsLong)
        .description(description)
        .tag("kind", kind)
        .strongReference(true)
        .register(registry);
  }

  private Counter deliveries(String kind, String outcome) {
    return Counter.builder("contextkeep.outbox.deliveries")
        .description("Attempts to deliver a message")
        .tag("kind", kind)
        .tag("outcome", outcome)
        .register(registry);
  }

  /** Returns the counter of failures of jobs. */
  public Jobs.Watch jobs() {
    return new Jobs.Watch() {
      @Override
      public void started(String job) {
        jobFailures(job);
      }

      @Override
      public void failed(String job) {
        jobFailures(job).increment();
      }
    };
  }

  private Counter jobFailures(String job) {
    return Counter.builder("contextkeep.job.failures")
        .description("Runs of the vault's own jobs that failed and are retried")
        .tag("job", job)
        .register(registry);
  }

  /** Counts a failed delivery of entries to a collector, which has a coded name. */
  public void notForwarded(String collector) {
    forwardings(collector).increment();
  }

  /** Publishes a collector's failures, at 0. */
  public void forwards(String collector) {
    forwardings(collector);
  }

  private Counter forwardings(String collector) {
    return Counter.builder("contextkeep.siem.failures")
        .description("Failed deliveries of entries to a collector")
        .tag("collector", collector)
        .register(registry);
  }

  /** Publishes the reasons of the edge's refusals, at 0. */
  public void edgeRefusals(Collection<String> reasons) {
    reasons.forEach(this::edgeRefusals);
  }

  /** Counts a connection or request that was refused before routing, by a coded reason. */
  public void refusedAtTheEdge(String reason) {
    edgeRefusals(reason).increment();
  }

  private Counter edgeRefusals(String reason) {
    return Counter.builder("contextkeep.http.refused")
        .description("Connections and requests refused or closed before routing")
        .tag("reason", reason)
        .register(registry);
  }

  /** Publishes the reasons for rejecting a policy, at 0. */
  public void policyFailures(Set<String> reasons) {
    reasons.forEach(this::policyFailures);
  }

  /** Counts a rejected policy, by a coded reason. */
  public void policyFailed(String reason) {
    policyFailures(reason).increment();
  }

  private Counter policyFailures(String reason) {
    return Counter.builder("contextkeep.policy.failures")
        .description("Policies that were rejected and did not replace the one in force")
        .tag("reason", reason)
        .register(registry);
  }

  /** Counts a request for a witness's cosignature, by its coded outcome. */
  public void witnessed(String witness, String outcome) {
    answers(witness, outcome).increment();
  }

  /** Publishes the outcomes of a witness, at 0. */
  public void witnesses(String witness, Collection<String> outcomes) {
    outcomes.forEach(outcome -> answers(witness, outcome));
  }

  private Counter answers(String witness, String outcome) {
    return Counter.builder("contextkeep.witness.answers")
        .description("Requests for cosignatures to witnesses")
        .tag("witness", witness)
        .tag("outcome", outcome)
        .register(registry);
  }

  void committed(int works) {
    batches.record(works);
  }

  void commitFailed() {
    failures.increment();
  }

  public void appended(String type, long count) {
    Objects.requireNonNull(entries.get(type), type).increment(count);
  }

  private Counter entries(EntryType type) {
    return Counter.builder("contextkeep.audit.entries")
        .description("Durable entries of the audit log")
        .tag("type", type.code())
        .register(registry);
  }

  /** Returns all metrics in Prometheus' text format. */
  public String text() {
    return registry.scrape();
  }

  private Timer timer(Request request) {
    return Timer.builder("contextkeep.http.requests")
        .description("Requests answered, by the template of their route")
        .tag("method", request.method())
        .tag("route", request.route())
        .tag("status", request.status())
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  private Counter decisions(String outcome) {
    return Counter.builder("contextkeep.decisions")
        .description("Decisions of the policy's gate")
        .tag("outcome", outcome)
        .register(registry);
  }

  private Counter refusals(String reason) {
    return Counter.builder("contextkeep.refusals")
        .description(
            "Reasons of refusals; one refusal may have several, and all that are about the person"
                + " are NOT_PERMITTED")
        .tag("reason", reason)
        .register(registry);
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
