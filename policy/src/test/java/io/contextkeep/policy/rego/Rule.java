package io.contextkeep.policy.rego;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A rule with its OPA annotation.
 *
 * @param name the name of the rule, or of the package
 * @param notes the annotation, a map as in OPA's documentation
 */
record Rule(String name, JsonNode notes) {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final String MARK = "# METADATA";
  private static final Pattern HEAD = Pattern.compile("(?:package |default )?([a-z_.]+)\\b.*");

  /** Returns the annotated rules and the package, in the file's order. */
  static List<Rule> of(Path policy) throws IOException {
    List<Rule> rules = new ArrayList<>();
    Optional<StringBuilder> notes = Optional.empty();
    for (String line : Files.readAllLines(policy)) {
      if (line.equals(MARK)) {
        notes = Optional.of(new StringBuilder());
      } else if (notes.isPresent() && line.startsWith("#")) {
        notes.get().append(line.length() > 2 ? line.substring(2) : "").append('\n');
      } else if (notes.isPresent()) {
        rules.add(new Rule(head(line).orElseThrow(), yaml(notes.get().toString())));
        notes = Optional.empty();
      }
    }
    return rules;
  }

  /** Returns the name of the rule that begins on the line, if one does. */
  static Optional<String> head(String line) {
    Matcher head = HEAD.matcher(line);
    return head.matches() && !line.startsWith("import ") && !line.startsWith("else ")
        ? Optional.of(head.group(1))
        : Optional.empty();
  }

  private static JsonNode yaml(String text) throws JsonProcessingException {
    return YAML.readTree(text);
  }

  String title() {
    return notes.path("title").asText();
  }

  String description() {
    return notes.path("description").asText().strip();
  }

  Optional<String> code() {
    return custom("code");
  }

  Optional<String> custom(String key) {
    return Optional.of(notes.path("custom").path(key).asText()).filter(text -> !text.isEmpty());
  }
}
