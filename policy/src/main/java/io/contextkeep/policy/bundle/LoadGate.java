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
 * The checks of a policy before it may decide. {@link BundleReader} has verified its signature;
 * this checks its catalogue, its ABI, its entrypoint, that it needs nothing of its host, that all
 * of it compiles, and that it makes the golden decisions ({@link Golden}). The resulting engine is
 * warm.
 *
 * @param instances the number of questions that the engine answers at once
 * @param deadline the time limit of waiting for an instance, and of evaluating
 * @param watchdog interrupts late evaluations; the caller owns it
 * @param warmUp the least number of evaluations before the policy decides; 1 if its code is warm
 *     already, as with another catalogue
 */
public record LoadGate(
    int instances, Duration deadline, ScheduledExecutorService watchdog, int warmUp) {

  /** Enough evaluations to make the compiled code fast; before, a decision takes milliseconds. */
  private static final int WARM = 5_000;

  public LoadGate(int instances, Duration deadline, ScheduledExecutorService watchdog) {
    this(instances, deadline, watchdog, WARM);
  }

  /**
   * Checks a bundle and makes its engine.
   *
   * @throws BundleRejected at the first check that fails
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
        throw new BundleRejected(
            Step.DATA, "The catalogue is invalid: " + String.join("; ", faults));
      }
      return data;
    } catch (JsonProcessingException e) {
      throw new BundleRejected(Step.DATA, "data.json is not JSON", e);
    }
  }

  /** Refuses data beside these members, which could take the place of a rule. */
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
