package io.contextkeep.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * An engine that evaluates OPA's WebAssembly in process. An instance must never serve two threads
 * at once (sharing one gives wrong decisions, not just errors), so each evaluation takes an
 * instance out of the pool. It puts the same one back after a clean result, and a new one after a
 * failure.
 */
public final class WasmEngine implements PolicyEngine {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The rule to evaluate. */
  public static final String ENTRYPOINT = "contextkeep/gate/decision";

  /** The most memory of an instance, 16 MiB in WebAssembly pages. */
  public static final int MAX_PAGES = 256;

  private final Bundle bundle;
  private final CompiledPolicy code;
  private final Duration deadline;
  private final ScheduledExecutorService watchdog;
  private final BlockingQueue<PolicyInstance> idle;

  /**
   * Compiles the bundle and makes the instances.
   *
   * @param deadline the time limit of waiting for an instance, and of evaluating
   * @param watchdog interrupts late evaluations; the caller owns it
   */
  public WasmEngine(
      Bundle bundle, int instances, Duration deadline, ScheduledExecutorService watchdog) {
    // The first instance suffices for the start; the others are made in the background.
    this(bundle, instances, deadline, watchdog, watchdog);
  }

  /**
   * Compiles the bundle and makes the instances.
   *
   * @param later makes the instances after the first
   */
  public WasmEngine(
      Bundle bundle,
      int instances,
      Duration deadline,
      ScheduledExecutorService watchdog,
      Executor later) {
    this.bundle = bundle;
    this.code = CompiledPolicy.of(bundle.wasm());
    this.deadline = deadline;
    this.watchdog = watchdog;
    this.idle = new ArrayBlockingQueue<>(instances);
    idle.add(instance());
    for (int more = 1; more < instances; more++) {
      later.execute(() -> idle.add(instance()));
    }
  }

  @Override
  public PolicyDocument evaluate(String input) throws PolicyFailure {
    PolicyInstance policy = take();
    boolean clean = false;
    try {
      PolicyDocument document = evaluate(policy, input);
      clean = true;
      return document;
    } finally {
      idle.add(clean ? policy : instance());
    }
  }

  private PolicyDocument evaluate(PolicyInstance policy, String input) throws PolicyFailure {
    Thread evaluating = Thread.currentThread();
    ScheduledFuture<?> alarm =
        watchdog.schedule(evaluating::interrupt, deadline.toNanos(), TimeUnit.NANOSECONDS);
    try {
      JsonNode results = JSON.readTree(policy.evaluate(input));
      if (results.size() != 1 || !results.get(0).path("result").isObject()) {
        throw new PolicyFailure(PolicyFailure.Kind.POLICY_UNDEFINED, "The policy gave no decision");
      }
      return PolicyDocument.of(results.get(0).get("result"), bundle.identity());
    } catch (JsonProcessingException e) {
      throw new PolicyFailure(
          PolicyFailure.Kind.POLICY_ERROR, "The policy's result is not JSON", e);
    } catch (RuntimeException e) {
      boolean late = Thread.interrupted() || alarm.isDone();
      throw new PolicyFailure(
          late ? PolicyFailure.Kind.POLICY_TIMEOUT : PolicyFailure.Kind.POLICY_ERROR,
          "The evaluation failed",
          e);
    } finally {
      if (!alarm.cancel(false)) {
        // The alarm may have fired just after the result; its interrupt must not hit later work.
        Thread.interrupted();
      }
    }
  }

  private PolicyInstance take() throws PolicyFailure {
    try {
      PolicyInstance policy = idle.poll(deadline.toNanos(), TimeUnit.NANOSECONDS);
      if (policy == null) {
        throw new PolicyFailure(
            PolicyFailure.Kind.POLICY_BUSY, "No policy instance became free in time");
      }
      return policy;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PolicyFailure(
          PolicyFailure.Kind.POLICY_BUSY, "Interrupted while waiting for the policy", e);
    }
  }

  private PolicyInstance instance() {
    return code.instance(bundle.data());
  }

  /** Returns the number of evaluations of its code in this JVM, with any data. */
  public long evaluations() {
    return code.evaluations();
  }

  @Override
  public PolicyIdentity identity() {
    return bundle.identity();
  }

  /** Does nothing: an engine holds only memory, and questions in progress are still answered. */
  @Override
  public void close() {}
}
