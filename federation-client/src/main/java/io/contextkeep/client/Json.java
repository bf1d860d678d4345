package io.contextkeep.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Strict reading of JSON from the vault. Jackson's exceptions quote their input, so none is passed
 * on.
 */
final class Json {
  /** A {@code date-time} of RFC 3339, without leap seconds. */
  private static final Pattern DATE_TIME =
      Pattern.compile(
          "[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?"
              + "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])");

  private static final int MAX_MESSAGE = 500;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(64)
                          .maxStringLength(1 << 20)
                          .maxNumberLength(64)
                          .maxNameLength(256)
                          .build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private Json() {}

  static ObjectNode newObject() {
    return MAPPER.createObjectNode();
  }

  /**
   * @throws IllegalArgumentException if a text in it cannot be written as UTF-8
   */
  static byte[] bytes(JsonNode node) {
    try {
      CharBuffer text = CharBuffer.wrap(MAPPER.writeValueAsString(node));
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(text);
      return Arrays.copyOf(bytes.array(), bytes.limit());
    } catch (CharacterCodingException | JsonProcessingException e) {
      throw new IllegalArgumentException("A value must not hold a lone surrogate");
    }
  }

  static JsonNode parse(byte[] body) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      JsonNode node = MAPPER.readTree(text);
      check(node.isObject(), "is not a JSON object");
      return node;
    } catch (CharacterCodingException | JsonProcessingException e) {
      throw wrong("is not valid JSON");
    }
  }

  /** Returns the node if it is an object with exactly these fields. */
  static JsonNode only(JsonNode node, Set<String> fields) {
    Set<String> present = new HashSet<>();
    node.fieldNames().forEachRemaining(present::add);
    check(
        node.isObject() && present.equals(fields),
        "does not have exactly the fields " + sorted(fields));
    return node;
  }

  static JsonNode object(JsonNode node, String field) {
    JsonNode object = node.path(field);
    check(object.isObject(), "has no object '" + field + "'");
    return object;
  }

  static JsonNode list(JsonNode node, String field) {
    JsonNode list = node.path(field);
    check(list.isArray(), "has no list '" + field + "'");
    return list;
  }

  static String text(JsonNode node, String field, Pattern form) {
    return text(node.path(field), form, "'" + field + "'");
  }

  static String text(JsonNode node, Pattern form, String what) {
    check(node.isTextual() && form.matcher(node.textValue()).matches(), "has no valid " + what);
    return node.textValue();
  }

  /** Returns a short text of one line for people, which may be logged. */
  static String message(JsonNode node, String field) {
    JsonNode words = node.path(field);
    check(words.isTextual(), "has no text '" + field + "'");
    String text = words.textValue();
    return text.substring(0, Math.min(text.length(), MAX_MESSAGE)).replaceAll("\\p{Cc}", " ");
  }

  static long whole(JsonNode node, String field, long max) {
    JsonNode number = node.path(field);
    boolean sound = number.isIntegralNumber() && number.canConvertToLong();
    check(
        sound && number.longValue() >= 0 && number.longValue() <= max,
        "has no valid '" + field + "'");
    return number.longValue();
  }

  static Instant instant(JsonNode node, String field) {
    String text = node.path(field).asText("");
    check(DATE_TIME.matcher(text).matches(), "has no instant '" + field + "'");
    try {
      return Instant.parse(text);
    } catch (DateTimeException noSuchDay) {
      throw wrong("has no instant '" + field + "'");
    }
  }

  static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw wrong(otherwise);
    }
  }

  static VaultProtocolException wrong(String what) {
    return new VaultProtocolException("The vault's answer is rejected: it " + what);
  }

  private static Set<String> sorted(Set<String> fields) {
    return new TreeSet<>(fields);
  }
}
