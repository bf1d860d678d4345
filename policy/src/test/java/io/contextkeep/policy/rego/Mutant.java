package io.contextkeep.policy.rego;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A policy with one change. The places come from OPA's own parser, so nothing is guessed about the
 * language.
 *
 * @param place the line and column
 * @param change the text before and after
 * @param text the whole file after the change
 */
record Mutant(String place, String change, String text) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The operators, each with the one that it is most easily confused with. */
  private static final Map<String, List<String>> OPERATORS =
      Map.of(
          "==", List.of("!="),
          "!=", List.of("=="),
          "<=", List.of("<", ">"),
          ">=", List.of(">", "<"),
          "<", List.of("<=", ">"),
          ">", List.of(">=", "<"));

  String told() {
    return place + " " + change;
  }

  /** Returns every mutant of the policy: conditions, whole rules, operators and constants. */
  static Set<Mutant> of(Path policy) throws Exception {
    Opa.Run parsed =
        Opa.run("parse", "-f", "json", "--json-include", "locations", policy.toString());
    if (parsed.exit() != 0) {
      throw new IllegalStateException(parsed.output());
    }
    Source source = new Source(Files.readString(policy));
    Set<Mutant> mutants = new LinkedHashSet<>();
    for (JsonNode rule : JSON.readTree(parsed.output()).path("rules")) {
      source.replace(rule, "", mutants);
      walk(rule, source, mutants);
    }
    return mutants;
  }

  private static void walk(JsonNode node, Source source, Set<Mutant> mutants) {
    if (node.has("location")) {
      String text = text(node);
      for (String other : node.has("terms") ? conditions(node, text) : constants(node, text)) {
        source.replace(node, other, mutants);
      }
    }
    node.forEach(child -> walk(child, source, mutants));
  }

  /** Adds the negated condition, and a condition that is always true. */
  private static List<String> conditions(JsonNode expression, String text) {
    if (expression.path("generated").asBoolean()) {
      return List.of();
    }
    List<String> others = new ArrayList<>(List.of("true"));
    others.add(text.startsWith("not ") ? text.substring(4) : "not " + text);
    return others;
  }

  private static List<String> constants(JsonNode term, String text) {
    return switch (term.path("type").asText()) {
      case "string" ->
          text.startsWith("\"")
              ? List.of(text.substring(0, text.length() - 1) + "?\"")
              : List.<String>of();
      case "number" -> List.of(text + "1", "-1");
      case "boolean" -> List.of(text.equals("true") ? "false" : "true");
      case "ref" -> OPERATORS.getOrDefault(text, List.of());
      default -> List.of();
    };
  }

  private static String text(JsonNode node) {
    byte[] text = Base64.getDecoder().decode(node.path("location").path("text").asText());
    return new String(text, StandardCharsets.UTF_8);
  }

  /** The lines of a file, as OPA counts them. */
  private record Source(String all) {

    void replace(JsonNode node, String other, Set<Mutant> mutants) {
      int row = node.path("location").path("row").asInt();
      int column = node.path("location").path("col").asInt();
      int from = offset(row, column);
      // For a default rule the parser gives only the first word.
      int length =
          node.path("default").asBoolean() ? line(from).length() : Mutant.text(node).length();
      if (from + length <= all.length() && length > 0) {
        String old = all.substring(from, from + length);
        if (old.startsWith(Mutant.text(node))) {
          mutants.add(
              new Mutant(
                  row + ":" + column,
                  old + " -> " + (other.isEmpty() ? "nothing" : other),
                  all.substring(0, from) + other + all.substring(from + length)));
        }
      }
    }

    private int offset(int row, int column) {
      int at = 0;
      for (int line = 1; line < row; line++) {
        at = all.indexOf('\n', at) + 1;
      }
      return at + column - 1;
    }

    private String line(int from) {
      return all.substring(from, all.indexOf('\n', from));
    }
  }
}
