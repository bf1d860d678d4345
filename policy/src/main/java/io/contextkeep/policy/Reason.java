package io.contextkeep.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The meaning of a reason code, in the words of the rule that gives it.
 *
 * @param rule the rule, with its package
 * @param remedy what helps
 */
public record Reason(String code, String rule, String title, String description, String remedy) {
  private static final Map<String, Reason> GATE = read();

  /**
   * Returns the meaning of a code; a code that the built-in rules do not have means only itself.
   */
  public static Reason of(String code) {
    Reason known = GATE.get(code);
    return known == null ? new Reason(code, "", code, "", "") : known;
  }

  private static Map<String, Reason> read() {
    try (InputStream in =
        Objects.requireNonNull(Reason.class.getResourceAsStream("reasons.json"))) {
      Map<String, Reason> reasons = new HashMap<>();
      for (PolicyFailure.Kind kind : PolicyFailure.Kind.values()) {
        reasons.put(kind.name(), of(kind));
      }
      for (JsonNode node : new ObjectMapper().readTree(in).path("contextkeep.gate")) {
        reasons.put(node.path("code").asText(), of(node));
      }
      return Map.copyOf(reasons);
    } catch (IOException e) {
      throw new UncheckedIOException("The reasons cannot be read", e);
    }
  }

  private static Reason of(JsonNode node) {
    return new Reason(
        node.path("code").asText(),
        node.path("rule").asText(),
        node.path("title").asText(),
        node.path("description").asText(),
        node.path("remedy").asText());
  }

  private static Reason of(PolicyFailure.Kind kind) {
    return new Reason(
        kind.name(), "", kind.meaning(), "", "Ask again later; the operator finds the cause.");
  }
}
