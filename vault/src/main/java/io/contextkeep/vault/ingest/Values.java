package io.contextkeep.vault.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.web.Problem;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * The check of a request's values against the schemas of their attributes. The work is bounded for
 * each value and for the request, and few costly values are checked at a time, so that other
 * requests get their turn.
 */
public final class Values {
  private static final int MAX_LENGTH = 65_536;

  /** The limit for a value: about a tenth of a second. */
  private static final long MAX_STEPS = 5_000_000;

  private static final long MAX_STEPS_OF_REQUEST = 20 * MAX_STEPS;

  /** The limit up to which a value is checked at once: less than a millisecond. */
  private static final long CHEAP_STEPS = 20_000;

  private static final Semaphore COSTLY =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);

  private long remaining = MAX_STEPS_OF_REQUEST;

  /**
   * Checks a value.
   *
   * @return the value as JSON
   * @throws Problem 400 where it cannot be kept
   */
  public String check(Attribute attribute, JsonNode value) {
    if (value.isMissingNode()) {
      throw Problem.badRequest("missing_field", "The field 'value' is missing");
    }
    String json = JsonText.of(value);
    if (json.length() > MAX_LENGTH) {
      throw Problem.badRequest(
          "value_too_large", "A value must have at most " + MAX_LENGTH + " characters");
    }
    long steps = attribute.rule().steps(value, json.length());
    if (steps > MAX_STEPS) {
      throw Problem.badRequest(
          "value_too_large",
          "The value is too large to check against the attribute's schema; send fewer parts or"
              + " shorter texts");
    }
    if (steps > remaining) {
      throw Problem.badRequest(
          "value_too_large",
          "The values before this one used up the work that a request may cause; send this one"
              + " in another request");
    }
    remaining -= steps;
    List<String> faults =
        steps > CHEAP_STEPS ? faultsOfCostly(attribute, value) : attribute.rule().faults(value);
    if (!faults.isEmpty()) {
      throw Problem.badRequest("invalid_value", String.join("; ", faults));
    }
    return json;
  }

  /** Checks a costly value, never on all processors, and then lets other virtual threads run. */
  private static List<String> faultsOfCostly(Attribute attribute, JsonNode value) {
    COSTLY.acquireUninterruptibly();
    try {
      return attribute.rule().faults(value);
    } finally {
      COSTLY.release();
      Thread.yield();
    }
  }
}
