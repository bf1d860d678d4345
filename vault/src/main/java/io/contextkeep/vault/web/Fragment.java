package io.contextkeep.vault.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A hand-written part of the contract, read strictly: a duplicate key in an object is an error,
 * because all but the last would be lost silently.
 *
 * @param file the file's name, for messages
 */
record Fragment(String file, ObjectNode content) {
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  static Fragment read(String file, byte[] json) {
    try {
      JsonNode node = STRICT.readTree(new String(json, StandardCharsets.UTF_8));
      if (node instanceof ObjectNode content) {
        return new Fragment(file, content);
      }
    } catch (JsonProcessingException e) {
      String line = file + ", line " + e.getLocation().getLineNr();
      throw new IllegalStateException(line + ": " + e.getOriginalMessage(), e);
    }
    throw new IllegalStateException(file + ": expected a JSON object");
  }

  /** Checks that there are no unknown keys at the top. */
  void checkKeys(Set<String> known) {
    content
        .properties()
        .forEach(
            field -> {
              if (!known.contains(field.getKey())) {
                throw fault(place(field.getKey()), "unknown key; known are " + known);
              }
            });
  }

  /** Visits each component with its kind and its name, such as schemas and Problem. */
  void eachComponent(Visitor action) {
    for (var kind : content.path("components").properties()) {
      for (var component : kind.getValue().properties()) {
        action.accept(kind.getKey(), component.getKey(), component.getValue());
      }
    }
  }

  /** Visits each operation with its path and its method. */
  void eachOperation(Visitor action) {
    for (var path : content.path("paths").properties()) {
      for (var method : path.getValue().properties()) {
        action.accept(path.getKey(), method.getKey(), method.getValue());
      }
    }
  }

  /** Visits each reference with its place and its target. */
  void eachReference(BiConsumer<String, String> action) {
    references(place(), content, action);
  }

  private static void references(String place, JsonNode node, BiConsumer<String, String> action) {
    if (node.path("$ref").isTextual()) {
      action.accept(place, node.get("$ref").textValue());
    }
    node.properties()
        .forEach(field -> references(at(place, field.getKey()), field.getValue(), action));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      references(at(place, String.valueOf(i)), node.get(i), action);
    }
  }

  /** Returns the place of a value: the file, and a JSON pointer (RFC 6901) as a URL's fragment. */
  String place(String... keys) {
    String place = file + "#";
    for (String key : keys) {
      place = at(place, key);
    }
    return place;
  }

  private static String at(String place, String key) {
    return place + "/" + key.replace("~", "~0").replace("/", "~1");
  }

  static IllegalStateException fault(String place, String what) {
    return new IllegalStateException("The contract cannot be composed: " + place + ": " + what);
  }

  /** A visitor of values with two names. */
  @FunctionalInterface
  interface Visitor {
    void accept(String first, String second, JsonNode value);
  }
}
