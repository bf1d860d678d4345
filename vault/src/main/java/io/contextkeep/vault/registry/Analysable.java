package io.contextkeep.vault.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The statistics that operators allow on an attribute. Its bounds are set without a look at the
 * data, because bounds taken from the data would disclose it.
 *
 * @param member the member of an object that is counted; empty if the value itself is
 * @param scale the scale of numbers
 * @param keys the public texts, which an answer may show whether or not a customer has them
 * @param privateKeys whether other texts may be shown if many customers share them
 * @param perCustomer the maximum number of one customer's events that count
 */
public record Analysable(
    Optional<String> member,
    Optional<Scale> scale,
    List<String> keys,
    boolean privateKeys,
    int perCustomer) {
  private static final Set<String> MEMBERS =
      Set.of("member", "lower", "upper", "step", "unit", "keys", "privateKeys", "perCustomer");
  private static final int MAX_KEYS = 1_000;
  private static final int MAX_PER_CUSTOMER = 10_000;
  private static final int MAX_TEXT = 100;
  private static final BigDecimal MAX_STEPS = BigDecimal.valueOf(1L << 32);

  /**
   * A range of numbers in whole steps. Numbers beyond it count as its bound.
   *
   * @param unit such as {@code EUR}
   */
  public record Scale(BigDecimal lower, BigDecimal upper, BigDecimal step, String unit) {

    public Scale {
      if (step.signum() <= 0 || lower.compareTo(upper) >= 0) {
        throw new IllegalArgumentException("'lower' must be below 'upper', and 'step' above 0");
      }
      if (upper.abs().max(lower.abs()).divideToIntegralValue(step).compareTo(MAX_STEPS) > 0) {
        throw new IllegalArgumentException("the bounds must be within 2^32 steps of 0");
      }
      if (lower.remainder(step).signum() != 0 || upper.remainder(step).signum() != 0) {
        throw new IllegalArgumentException("the bounds must be whole steps");
      }
    }

    /** Returns a number of whole steps. */
    public long steps(BigDecimal whole) {
      return whole.divide(step).longValueExact();
    }

    /**
     * Returns a value in steps, clamped to the bounds and rounded to the nearest step (half to
     * even). Statistics and filters use this alone, so that all parts of an answer are about the
     * same numbers. Empty if the value is no number: it does not count as zero.
     */
    public OptionalLong counted(JsonNode value) {
      if (!value.isNumber()) {
        return OptionalLong.empty();
      }
      BigDecimal clamped = value.decimalValue().max(lower).min(upper);
      return OptionalLong.of(clamped.divide(step, 0, RoundingMode.HALF_EVEN).longValueExact());
    }
  }

  /**
   * Parses an operator's document.
   *
   * @throws IllegalArgumentException with what to change
   */
  public static Analysable parse(JsonNode json, boolean event) {
    if (!json.isObject()) {
      throw new IllegalArgumentException("it must be an object");
    }
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!MEMBERS.contains(name)) {
                throw new IllegalArgumentException(
                    "it has an unknown member; known are " + MEMBERS);
              }
            });
    Optional<Scale> scale =
        json.has("lower") || json.has("upper") || json.has("step") || json.has("unit")
            ? Optional.of(
                new Scale(
                    number(json, "lower"),
                    number(json, "upper"),
                    number(json, "step"),
                    text(json.path("unit"))))
            : Optional.empty();
    Set<String> keys = new LinkedHashSet<>();
    json.path("keys").forEach(key -> keys.add(text(key)));
    boolean privateKeys = json.path("privateKeys").asBoolean(false);
    if (scale.isPresent() == (!keys.isEmpty() || privateKeys)) {
      throw new IllegalArgumentException(
          "it must have either 'lower', 'upper', 'step' and 'unit', or 'keys' or 'privateKeys'");
    }
    if (keys.size() > MAX_KEYS) {
      throw new IllegalArgumentException("it must have at most " + MAX_KEYS + " keys");
    }
    return new Analysable(
        json.has("member") ? Optional.of(text(json.get("member"))) : Optional.empty(),
        scale,
        List.copyOf(keys),
        privateKeys,
        event ? perCustomer(json.path("perCustomer")) : 1);
  }

  private static int perCustomer(JsonNode node) {
    if (!node.isInt() || node.intValue() < 1 || node.intValue() > MAX_PER_CUSTOMER) {
      throw new IllegalArgumentException(
          "events need 'perCustomer', from 1 to " + MAX_PER_CUSTOMER);
    }
    return node.intValue();
  }

  private static BigDecimal number(JsonNode json, String name) {
    JsonNode node = json.path(name);
    if (!node.isNumber() || node.asText().length() > 24 || node.decimalValue().scale() > 9) {
      throw new IllegalArgumentException(
          "'" + name + "' must be a number with at most 9 digits after the point");
    }
    return node.decimalValue();
  }

  private static String text(JsonNode node) {
    if (!node.isTextual() || node.textValue().isBlank() || node.textValue().length() > MAX_TEXT) {
      throw new IllegalArgumentException("texts must have 1 to " + MAX_TEXT + " characters");
    }
    return node.textValue();
  }

  /** Returns the part of a value that is counted. */
  public JsonNode part(JsonNode value) {
    return member.map(value::path).orElse(value);
  }

  /**
   * Returns whether a value has a countable part: a number if there is a scale, otherwise a text.
   */
  public boolean counts(JsonNode value) {
    JsonNode part = part(value);
    return scale.isPresent() ? part.isNumber() : part.isTextual();
  }
}
