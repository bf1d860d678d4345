package io.contextkeep.vault.ops;

import io.contextkeep.audit.EntryType;
import io.contextkeep.policy.Decision;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.Refusal;
import io.contextkeep.vault.jobs.Jobs;
import io.contextkeep.vault.outbox.Counts;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
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
 * What a vault counts, for Prometheus. Every label is one of few coded words: a route's template, a
 * status class, a reason's code, an entry's type. Nothing here is about a customer or an app: all
 * reasons that depend on the person are one, so that the counts do not tell what they are. What is
 * counted is there from the start, at 0, but for requests, whose routes appear with the first one.
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

  /** Whatever else a client calls its method is one more word that it could flood labels with. */
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
          .description("Requests refused because too many were being answered")
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
          .description("Works that one durable commit held")
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

  /** The method where it is one of HTTP's, OTHER where it is a word of the client's. */
  public static String method(String name) {
    return METHODS.contains(name) ? name : "OTHER";
  }

  /**
   * A request was answered.
   *
   * @param route the template of the route, never the path
   * @param status the status code; 0 where the client had gone
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

  /** The engine, timed. */
  public PolicyEngine timed(PolicyEngine engine) {
    return new TimedEngine(engine, evaluation);
  }

  /** The writer's queue, asked when the metrics are read. */
  public void queue(IntSupplier depth) {
    Gauge.builder("contextkeep.store.queue", depth, IntSupplier::getAsInt)
        .description("Writes that wait for the next commit")
        .strongReference(true)
        .register(registry);
  }

  /** How far the host's clock is behind the vault's time, asked when the metrics are read. */
  public void clockBehind(Supplier<Duration> behind) {
    Gauge.builder("contextkeep.clock.behind", behind, it -> it.get().toMillis() / 1_000.0)
        .description("Seconds by which the host's clock is behind the newest time that is held")
        .baseUnit("seconds")
        .strongReference(true)
        .register(registry);
  }

  /**
   * How far the graph is behind the database, asked when the metrics are read.
   *
   * @param what of which kind: a coded word
   */
  public void graphLag(String what, LongSupplier count) {
    Gauge.builder("contextkeep.graph.lag", count, LongSupplier::getAsLong)
        .description("What the database holds that the graph does not, and erasures not yet in it")
        .tag("what", what)
        .strongReference(true)
        .register(registry);
  }

  /**
   * How many entries of the audit log something is behind, asked when the metrics are read.
   *
   * @param what is behind: a coded word
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
   * How many of customers' requests stand in some way against the time to answer them, asked when
   * the metrics are read.
   *
   * @param clock how: a coded word
   */
  public void requests(String clock, LongSupplier count) {
    Gauge.builder("contextkeep.rights.requests", count, LongSupplier::getAsLong)
        .description("Customers' requests that must be answered soon, or are overdue")
        .tag("clock", clock)
        .strongReference(true)
        .register(registry);
  }

  /** Recipients of the erased who have not said yet what they did, asked when metrics are read. */
  public void unacknowledgedNotices(LongSupplier count) {
    Gauge.builder("contextkeep.erasure.notices", count, LongSupplier::getAsLong)
        .description("Notices of erasures that their recipients have not acknowledged")
        .strongReference(true)
        .register(registry);
  }

  /** Counts messages to others. */
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
        .description("Tries to deliver a message")
        .tag("kind", kind)
        .tag("outcome", outcome)
        .register(registry);
  }

  /** Counts the failures of the vault's own jobs. */
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
        .description("Runs of the vault's own jobs that failed and are tried again")
        .tag("job", job)
        .register(registry);
  }

  /** Entries of the log did not reach a collector; a coded word says which. */
  public void notForwarded(String collector) {
    forwardings(collector).increment();
  }

  /** Shows a collector's failures, at 0. */
  public void forwards(String collector) {
    forwardings(collector);
  }

  private Counter forwardings(String collector) {
    return Counter.builder("contextkeep.siem.failures")
        .description("Times that entries could not be handed to a collector")
        .tag("collector", collector)
        .register(registry);
  }

  /** Shows each reason why the edge may refuse, at 0. */
  public void edgeRefusals(Collection<String> reasons) {
    reasons.forEach(this::edgeRefusals);
  }

  /**
   * A connection or a request was refused before any route was looked for; a coded word says why.
   */
  public void refusedAtTheEdge(String reason) {
    edgeRefusals(reason).increment();
  }

  private Counter edgeRefusals(String reason) {
    return Counter.builder("contextkeep.http.refused")
        .description("Connections and requests refused or closed before any route was looked for")
        .tag("reason", reason)
        .register(registry);
  }

  /** Shows each reason why a policy may not be taken, at 0. */
  public void policyFailures(Set<String> reasons) {
    reasons.forEach(this::policyFailures);
  }

  /** A policy was not taken; a coded word says why. */
  public void policyFailed(String reason) {
    policyFailures(reason).increment();
  }

  private Counter policyFailures(String reason) {
    return Counter.builder("contextkeep.policy.failures")
        .description("Policies that did not take the place of the one in force")
        .tag("reason", reason)
        .register(registry);
  }

  /** A witness was asked for its cosignature; the outcome is a coded word. */
  public void witnessed(String witness, String outcome) {
    answers(witness, outcome).increment();
  }

  /** Shows how often a witness answered how, at 0. */
  public void witnesses(String witness, Collection<String> outcomes) {
    outcomes.forEach(outcome -> answers(witness, outcome));
  }

  private Counter answers(String witness, String outcome) {
    return Counter.builder("contextkeep.witness.answers")
        .description("Cosignatures that witnesses were asked for")
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

  /** Everything, in Prometheus' text format. */
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
