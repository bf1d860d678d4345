package io.contextkeep.policy.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.Catalogue;
import io.contextkeep.policy.WasmEngine;
import io.contextkeep.policy.bundle.BundleRejected.Step;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The way of a policy into the vault. {@link BundleReader} has verified who made it; here it is
 * tried: its catalogue, its ABI, its entrypoint, that it needs nothing of its host, that all of it
 * compiles, and that it decides as every policy of a vault must ({@link Golden}) and as it says
 * itself. What comes out is warm.
 *
 * @param instances how many questions at once the engine answers
 * @param deadline how long a question may wait and take, each
 * @param watchdog interrupts what takes longer; the caller owns it
 * @param warmUp how many evaluations its rules have behind them before the policy decides anything:
 *     rules that are warm already, such as those in force under another catalogue, are only tried
 */
public record LoadGate(
    int instances, Duration deadline, ScheduledExecutorService watchdog, int warmUp) {

  /** Evaluations until the compiled code is fast: before that a decision takes milliseconds. */
  private static final int WARM = 5_000;

  public LoadGate(int instances, Duration deadline, ScheduledExecutorService watchdog) {
    this(instances, deadline, watchdog, WARM);
  }

  /**
   * @throws BundleRejected at the first step that the bundle does not pass
   */
  public WasmEngine load(Bundle bundle) throws BundleRejected {
    JsonNode data = data(bundle);
    Module.check(bundle.wasm());
    WasmEngine engine = new WasmEngine(bundle, instances, deadline, watchdog, Runnable::run);
    new Golden(engine, data).check(warmUp - engine.evaluations());
    return engine;
  }

  private static JsonNode data(Bundle bundle) throws BundleRejected {
    try {
      JsonNode data = StructuredHash.JSON.readTree(bundle.data());
      checkWhole(data);
      List<String> faults = Catalogue.faults(Catalogue.in(data));
      if (!faults.isEmpty()) {
        throw new BundleRejected(Step.DATA, "The catalogue is none: " + String.join("; ", faults));
      }
      return data;
    } catch (JsonProcessingException e) {
      throw new BundleRejected(Step.DATA, "data.json is no JSON", e);
    }
  }

  /** Data beside these could stand in the place of a rule. */
  private static void checkWhole(JsonNode data) throws BundleRejected {
    boolean known =
        data.isObject()
            && names(data).equals(Set.of("contextkeep"))
            && Set.of("catalogue", "golden").containsAll(names(data.path("contextkeep")));
    JsonNode golden = data.at("/contextkeep/golden");
    JsonNode cases = golden.path("cases");
    boolean sound =
        golden.isMissingNode() || Set.of("cases").equals(names(golden)) && cases.isArray();
    for (JsonNode one : cases) {
      sound &= one.path("input").isObject() && one.path("decision").isObject();
    }
    if (!known || !sound) {
      throw new BundleRejected(
          Step.DATA,
          "data.json holds contextkeep.catalogue and, if anything else, contextkeep.golden.cases,"
              + " each with an input and a decision");
    }
  }

  private static Set<String> names(JsonNode object) {
    Set<String> names = new HashSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
