package io.contextkeep.vault.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.vault.context.Derived;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.web.InvalidField;
import io.contextkeep.vault.web.Items;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Text;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The field {@code derived} of a line: how the source derived the line's value.
 *
 * @param from the names of the attributes that it was derived from
 * @param purpose a purpose, or a list of purposes each of which suffices
 */
record DerivedLine(
    @Items(min = 1, max = 16) List<@Text(max = 63) String> from,
    @Text(
            max = 40,
            pattern = Derived.RULE_PATTERN,
            expected = "a coded name with a version, such as churn.v3")
        String rule,
    JsonNode purpose,
    Derived.Kind kind) {
  private static final int MAX_PURPOSES = 8;
  private static final int MAX_PURPOSE_LENGTH = 200;

  /** Checks the shape of {@code purpose}, which is a text or a list. */
  public DerivedLine {
    boolean sound =
        isPurpose(purpose)
            || purpose.isArray()
                && !purpose.isEmpty()
                && purpose.size() <= MAX_PURPOSES
                && purpose.valueStream().allMatch(DerivedLine::isPurpose);
    if (!sound) {
      throw InvalidField.of(
          "purpose",
          "must be a purpose of DPV 2.3, such as dpv:ServicePersonalisation, or a list of 1 to "
              + MAX_PURPOSES);
    }
  }

  private static boolean isPurpose(JsonNode node) {
    return node.isTextual() && node.textValue().length() <= MAX_PURPOSE_LENGTH;
  }

  /**
   * Returns the derivation of a value.
   *
   * @param attribute the one that the value is of
   * @param registered finds an attribute by its name, or throws the problem to answer with
   * @throws Problem 400 where a purpose is not known
   */
  public Derived of(Attribute attribute, Function<String, Attribute> registered) {
    if (from.contains(attribute.name())) {
      throw Problem.badRequest(
          "invalid_field", "The field 'derived.from' must not name the attribute itself");
    }
    List<Attribute> inputs = new LinkedHashSet<>(from).stream().map(registered).toList();
    return new Derived(inputs, rule, purposes(), kind);
  }

  private List<Purpose> purposes() {
    Stream<JsonNode> stated = purpose.isArray() ? purpose.valueStream() : Stream.of(purpose);
    return stated.map(node -> purpose(node.textValue())).distinct().toList();
  }

  /** Parses a purpose; unlike a parameter's problem, this one suggests none: lines are many. */
  private static Purpose purpose(String text) {
    return Purpose.parse(text)
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "unknown_purpose",
                    "The field 'derived.purpose' must name purposes of DPV 2.3, such as"
                        + " dpv:ServicePersonalisation"));
  }
}
