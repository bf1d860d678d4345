package io.contextkeep.bench;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.MemoisedEngine;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.Question;
import io.contextkeep.policy.Refusal;
import io.contextkeep.policy.WasmEngine;
import io.contextkeep.policy.server.OpaServerEngine;
import io.contextkeep.vault.OpaProcess;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.HdrHistogram.Histogram;

/**
 * Decisions by one thread, for questions of 1, 8 and 64 attributes, from the question to the
 * permit: by the policy in process, new and remembered, and by an OPA server over loopback if there
 * is one; and the time of each from its start to its first decision.
 */
final class PolicyBench implements Benchmark {
  private static final int[] ATTRIBUTES = {1, 8, 64};
  private static final String PURPOSE = "dpv:ServicePersonalisation";
  private static final Duration PATIENT = Duration.ofSeconds(10);

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();
    Path dir = settings.directory("policy");
    try (WasmEngine wasm = wasm(watchdog);
        MemoisedEngine memoised = new MemoisedEngine(wasm, 100)) {
      Map<String, PolicyEngine> engines = new LinkedHashMap<>();
      engines.put("embedded", wasm);
      engines.put("memoised", memoised);
      if (OpaProcess.program().isEmpty()) {
        System.out.println("  SKIPPED: opa is not on the PATH, so no server is measured");
        measure(settings, figures, engines);
      } else {
        try (OpaProcess opa = OpaProcess.start(settings.root(), dir);
            PolicyEngine server = server(opa)) {
          engines.put("server", server);
          measure(settings, figures, engines);
          opa.kill();
          refusals(settings, figures, server);
          startServer(settings, figures, opa);
        }
      }
      startEmbedded(settings, figures, watchdog);
    } finally {
      watchdog.shutdownNow();
      Trees.delete(dir);
    }
  }

  private static WasmEngine wasm(ScheduledExecutorService watchdog) {
    return new WasmEngine(Bundle.builtIn(), 1, PATIENT, watchdog);
  }

  private static PolicyEngine server(OpaProcess opa) {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    return new OpaServerEngine(client, opa.url(), Optional.empty(), PATIENT);
  }

  private static void measure(
      Settings settings, Figures figures, Map<String, PolicyEngine> engines) {
    for (int round = 0; round <= settings.rounds(); round++) {
      // The first round warms up: the compiled WebAssembly is compiled again by the JVM.
      Duration step = round == 0 ? settings.step() : settings.step().dividedBy(5);
      for (int attributes : ATTRIBUTES) {
        Question question = question(attributes);
        for (Map.Entry<String, PolicyEngine> engine : engines.entrySet()) {
          Histogram nanos = decisions(engine.getValue(), question, step);
          if (round > 0) {
            String name = "policy." + engine.getKey() + ".a" + attributes;
            figures.add(name + ".p50", "µs", nanos.getValueAtPercentile(50) / 1e3);
            figures.add(name + ".p99", "µs", nanos.getValueAtPercentile(99) / 1e3);
          }
        }
      }
    }
  }

  /** Returns the duration of each decision. */
  private static Histogram decisions(PolicyEngine engine, Question question, Duration time) {
    PolicyGate gate = new PolicyGate(engine, new SecureRandom());
    Histogram nanos = new Histogram(60_000_000_000L, 3);
    long end = System.nanoTime() + time.toNanos();
    long begun = System.nanoTime();
    while (begun < end) {
      PromiseBroken.unless(permits(gate, question), "no");
      long now = System.nanoTime();
      nanos.recordValue(now - begun);
      begun = now;
    }
    return nanos;
  }

  private static boolean permits(PolicyGate gate, Question question) {
    return gate.decide(question) instanceof Permit permit
        && permit.releases().size() == question.attributes().size();
  }

  /** Measures a refusal while the server does not answer, for which callers do not wait. */
  private static void refusals(Settings settings, Figures figures, PolicyEngine dead) {
    PolicyGate gate = new PolicyGate(dead, new SecureRandom());
    Question question = question(8);
    for (int round = 0; round < settings.rounds(); round++) {
      Histogram nanos = new Histogram(60_000_000_000L, 3);
      for (int i = 0; i < 10_000; i++) {
        long begun = System.nanoTime();
        PromiseBroken.unless(gate.decide(question) instanceof Refusal, "a permit without a server");
        nanos.recordValue(System.nanoTime() - begun);
      }
      figures.add("policy.server.dead.p50", "µs", nanos.getValueAtPercentile(50) / 1e3);
    }
  }

  private static void startEmbedded(
      Settings settings, Figures figures, ScheduledExecutorService watchdog) {
    for (int round = 0; round < settings.rounds(); round++) {
      long begun = System.nanoTime();
      try (WasmEngine engine = wasm(watchdog)) {
        firstDecision(engine);
      }
      figures.add("policy.embedded.start", "ms", (System.nanoTime() - begun) / 1e6);
    }
  }

  private static void startServer(Settings settings, Figures figures, OpaProcess opa)
      throws Exception {
    for (int round = 0; round < settings.rounds(); round++) {
      long begun = System.nanoTime();
      opa.restart();
      try (PolicyEngine engine = server(opa)) {
        firstDecision(engine);
      }
      figures.add("policy.server.start", "ms", (System.nanoTime() - begun) / 1e6);
      opa.kill();
    }
  }

  private static void firstDecision(PolicyEngine engine) {
    PolicyGate gate = new PolicyGate(engine, new SecureRandom());
    PromiseBroken.unless(permits(gate, question(8)), "no");
  }

  private static Question question(int count) {
    SortedMap<String, Question.Attribute> attributes = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      attributes.put("attribute_" + i, new Question.Attribute("pd:Country", false, 1));
    }
    return new Question(
        new Question.Caller("shop", "app", List.of("dpv:CustomerCare", PURPOSE)),
        PURPOSE,
        new Question.Subject(Optional.of(new SubjectId(1)), false, false),
        List.of(new Question.Consent(1, PURPOSE, "shop", "GIVEN", false)),
        List.of(),
        attributes);
  }
}
