package io.contextkeep.vault.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What operators let analysts ask of an attribute. It is set down before anybody looks at data:
 * bounds that were read off the data would give it away.
 *
 * @param member the member of an object that counts; empty where the value itself does
 * @param scale for numbers
 * @param keys for texts: the ones that are public, whether anybody has them or not
 * @param privateKeys whether texts that are not public may be shown where many customers share them
 * @param perCustomer how many events of one customer count at most
 */
public record Analysable(
    Optional<String> member,
    Optional<Scale> scale,
    List<String> keys,
    boolean privateKeys,
    int perCustomer) {
  private static final Set<String> MEMBERS =
      Set.of("member", "lower", "upper", "step", "unit", "keys", "privateKeys", "perCustomer");
  private static final int MOST_KEYS = 1_000;
  private static final int MOST_PER_CUSTOMER = 10_000;
  private static final int LONGEST = 100;
  private static final BigDecimal MOST_STEPS = BigDecimal.valueOf(1L << 32);

  /**
   * Numbers from lower to upper in whole steps; what lies beyond counts as the bound.
   *
   * @param unit such as {@code EUR}
   */
  public record Scale(BigDecimal lower, BigDecimal upper, BigDecimal step, String unit) {

    public Scale {
      if (step.signum() <= 0 || lower.compareTo(upper) >= 0) {
        throw new IllegalArgumentException("'lower' is below 'upper', and 'step' above 0");
      }
      if (upper.abs().max(lower.abs()).divideToIntegralValue(step).compareTo(MOST_STEPS) > 0) {
        throw new IllegalArgumentException("The bounds lie within 2^32 steps of 0");
      }
      if (lower.remainder(step).signum() != 0 || upper.remainder(step).signum() != 0) {
        throw new IllegalArgumentException("The bounds are whole steps");
      }
    }

    /** The number in steps; it is a whole one. */
    public long steps(BigDecimal whole) {
      return whole.divide(step).longValueExact();
    }

    /**
     * Returns what a value counts as, in steps: cut off at the bounds and rounded to the nearest
     * step (half to even). Every use of a value in a statistic, also a filter, goes through here,
     * so that all parts of an answer are about the same numbers. Empty where the value is no
     * number: it counts as nothing, not as zero.
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
   * Reads what an operator wrote.
   *
   * @throws IllegalArgumentException with what to change
   */
  public static Analysable parse(JsonNode json, boolean event) {
    if (!json.isObject()) {
      throw new IllegalArgumentException("It is an object");
    }
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!MEMBERS.contains(name)) {
                throw new IllegalArgumentException("An unknown member; known are " + MEMBERS);
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
          "Either 'lower', 'upper', 'step' and 'unit', or 'keys' or 'privateKeys'");
    }
    if (keys.size() > MOST_KEYS) {
      throw new IllegalArgumentException("At most " + MOST_KEYS + " keys");
    }
    return new Analysable(
        json.has("member") ? Optional.of(text(json.get("member"))) : Optional.empty(),
        scale,
        List.copyOf(keys),
        privateKeys,
        event ? perCustomer(json.path("perCustomer")) : 1);
  }

  private static int perCustomer(JsonNode node) {
    if (!node.isInt() || node.intValue() < 1 || node.intValue() > MOST_PER_CUSTOMER) {
      throw new IllegalArgumentException(
          "Of events 'perCustomer' is needed, 1 to " + MOST_PER_CUSTOMER);
    }
    return node.intValue();
  }

  private static BigDecimal number(JsonNode json, String name) {
    JsonNode node = json.path(name);
    if (!node.isNumber() || node.asText().length() > 24 || node.decimalValue().scale() > 9) {
      throw new IllegalArgumentException(
          "'" + name + "' is a number with at most 9 digits after the point");
    }
    return node.decimalValue();
  }

  private static String text(JsonNode node) {
    if (!node.isTextual() || node.textValue().isBlank() || node.textValue().length() > LONGEST) {
      throw new IllegalArgumentException("Texts have 1 to " + LONGEST + " characters");
    }
    return node.textValue();
  }

  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    member.ifPresent(name -> json.put("member", name));
    scale.ifPresent(
        s ->
            json.put("lower", s.lower())
                .put("upper", s.upper())
                .put("step", s.step())
                .put("unit", s.unit()));
    if (scale.isEmpty()) {
      ArrayNode all = json.putArray("keys");
      keys.forEach(all::add);
      json.put("privateKeys", privateKeys);
    }
    json.put("perCustomer", perCustomer);
    return json;
  }

  /** Returns what of a value counts. */
  public JsonNode part(JsonNode value) {
    return member.map(value::path).orElse(value);
  }

  /** Returns whether there is something to count: a number where numbers count, else a text. */
  public boolean counts(JsonNode value) {
    JsonNode part = part(value);
    return scale.isPresent() ? part.isNumber() : part.isTextual();
  }
}
