package io.contextkeep.vault.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.web.Problem;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * The values that one request wants kept: each is there, as its attribute's schema says, and not
 * too large. What a schema makes of a value is bounded for each value and for the request, and few
 * are judged at a time, so requests with costly values leave the others their turn.
 */
public final class Values {
  private static final int MAX_LENGTH = 65_536;

  /** About a tenth of a second. */
  private static final long MOST_STEPS = 5_000_000;

  private static final long MOST_STEPS_OF_REQUEST = 20 * MOST_STEPS;

  /** What is done at once: less than a millisecond. */
  private static final long FEW_STEPS = 20_000;

  private static final Semaphore COSTLY =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);

  private long left = MOST_STEPS_OF_REQUEST;

  public void check(Attribute attribute, JsonNode value) {
    if (value.isMissingNode()) {
      throw Problem.badRequest("missing_field", "The field 'value' is needed");
    }
    if (value.toString().length() > MAX_LENGTH) {
      throw Problem.badRequest(
          "value_too_large", "A value has at most " + MAX_LENGTH + " characters");
    }
    long steps = attribute.rule().steps(value);
    if (steps > MOST_STEPS) {
      throw Problem.badRequest(
          "value_too_large",
          "The value is too large for what the attribute's schema asks of it; send fewer parts or"
              + " shorter texts");
    }
    if (steps > left) {
      throw Problem.badRequest(
          "value_too_large",
          "The values before this one took all the work that a request may ask for; send this one"
              + " in another request");
    }
    left -= steps;
    List<String> faults =
        steps > FEW_STEPS ? faultsInTurn(attribute, value) : attribute.rule().faults(value);
    if (!faults.isEmpty()) {
      throw Problem.badRequest("invalid_value", String.join("; ", faults));
    }
  }

  /** Never on all processors, and after each value the next virtual thread may run. */
  private static List<String> faultsInTurn(Attribute attribute, JsonNode value) {
    COSTLY.acquireUninterruptibly();
    try {
      return attribute.rule().faults(value);
    } finally {
      COSTLY.release();
      Thread.yield();
    }
  }
}
