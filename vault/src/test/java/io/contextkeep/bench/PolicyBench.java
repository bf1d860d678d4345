package io.contextkeep.bench;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.MemoisedEngine;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.PolicyDocument;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyFailure;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.policy.Question;
import io.contextkeep.policy.WasmEngine;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Decisions by one thread, for questions of 1, 8 and 64 attributes: WebAssembly alone, the gate
 * with it, which writes the question and judges the answer, and the gate for a question known
 * already.
 */
final class PolicyBench implements Benchmark {
  private static final int[] ATTRIBUTES = {1, 8, 64};
  private static final String PURPOSE = "dpv:ServicePersonalisation";

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();
    try (WasmEngine wasm = new WasmEngine(Bundle.builtIn(), 1, Duration.ofSeconds(10), watchdog);
        MemoisedEngine memoised = new MemoisedEngine(wasm, 100)) {
      Listening engine = new Listening(wasm);
      PolicyGate remembering = new PolicyGate(memoised, new SecureRandom());
      PolicyGate gate = new PolicyGate(engine, new SecureRandom());
      for (int round = 0; round <= settings.rounds(); round++) {
        // The first round warms up: the compiled WebAssembly is compiled again by the JVM.
        Duration step = round == 0 ? settings.step() : settings.step().dividedBy(5);
        for (int attributes : ATTRIBUTES) {
          Question question = question(attributes);
          double whole = perSecond(step, () -> PromiseBroken.unless(permits(gate, question), "no"));
          String input = engine.heard;
          double known =
              perSecond(step, () -> PromiseBroken.unless(permits(remembering, question), "no"));
          double alone = perSecond(step, () -> wasm.evaluate(input));
          if (round > 0) {
            figures.add("policy.gate.a" + attributes, "decisions/s", whole);
            figures.add("policy.memoised.a" + attributes, "decisions/s", known);
            figures.add("policy.wasm.a" + attributes, "decisions/s", alone);
          }
        }
      }
    } finally {
      watchdog.shutdownNow();
    }
  }

  private static boolean permits(PolicyGate gate, Question question) {
    return gate.decide(question) instanceof Permit permit
        && permit.releases().size() == question.attributes().size();
  }

  private interface Step {
    void run() throws PolicyFailure;
  }

  private static double perSecond(Duration time, Step step) throws PolicyFailure {
    long begun = System.nanoTime();
    long end = begun + time.toNanos();
    long done = 0;
    long now = begun;
    while (now < end) {
      step.run();
      done++;
      now = System.nanoTime();
    }
    return done * 1e9 / (now - begun);
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

  /** The engine, and the last input that it was given. */
  private static final class Listening implements PolicyEngine {
    private final PolicyEngine engine;
    private String heard = "";

    Listening(PolicyEngine engine) {
      this.engine = engine;
    }

    @Override
    public PolicyDocument evaluate(String input) throws PolicyFailure {
      heard = input;
      return engine.evaluate(input);
    }

    @Override
    public PolicyIdentity identity() {
      return engine.identity();
    }

    @Override
    public void close() {
      engine.close();
    }
  }
}
