package io.contextkeep.vault.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Strict parsing of untrusted JSON: UTF-8, no duplicate keys, nothing after the value, bounded
 * depth and lengths, no control characters or lone surrogates. Other input is a 400 that names the
 * place, never the value.
 */
public final class Json {
  /**
   * The largest exponent. A short text such as 1e999999999 is a number that takes minutes to
   * divide, and JSON Schema validators divide.
   */
  private static final int MAX_SCALE = 400;

  private static final char REPLACEMENT = '\ufffd';

  /** The pattern of a coded reason, which reveals nothing about the customer. */
  public static final String CODE = "eu-gdpr:Justification[A-Za-z0-9]{1,64}|ck:[A-Za-z]{1,64}";

  private static final JsonInclude.Value PRESENT =
      JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS);

  public static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxStringLength(1 << 20)
                          .maxNumberLength(64)
                          .maxNameLength(256)
                          .build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .addModule(new WireTypes())
          .withConfigOverride(Optional.class, it -> it.setIncludeAsProperty(PRESENT))
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .build();

  private Json() {}

  public static JsonNode object(byte[] body) {
    JsonNode node = parse(body);
    if (!node.isObject()) {
      throw Problem.badRequest("not_an_object", "The body must be a JSON object");
    }
    return node;
  }

  static JsonNode parse(byte[] body) {
    return parse(body, Set.of());
  }

  /**
   * Parses a body; problems may show names of the contract.
   *
   * @param names those of the fields that the body may have
   */
  static JsonNode parse(byte[] body, Set<String> names) {
    try {
      JsonNode node = MAPPER.readTree(text(body));
      if (node.isMissingNode()) {
        throw Problem.badRequest("empty_body", "The body must be JSON");
      }
      check(node);
      return node;
    } catch (CharacterCodingException e) {
      throw Problem.badRequest("not_utf8", "The body must be UTF-8");
    } catch (StreamConstraintsException e) {
      throw Problem.badRequest(
          "json_too_large",
          "JSON here is nested at most 32 deep, with texts of at most 1048576 characters, names of"
              + " at most 256 and numbers of at most 64");
    } catch (JsonProcessingException e) {
      throw malformed(e, names);
    }
  }

  /** Decodes UTF-8. The quick decoder replaces what is none, so what it replaced is looked at. */
  private static String text(byte[] utf8) throws CharacterCodingException {
    String text = new String(utf8, StandardCharsets.UTF_8);
    return text.indexOf(REPLACEMENT) < 0
        ? text
        : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
  }

  private static Problem malformed(JsonProcessingException e, Set<String> names) {
    String place =
        " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
    boolean twice = e.getOriginalMessage().startsWith("Duplicate field");
    return Problem.badRequest(
        "malformed_json",
        twice && e.getProcessor() instanceof JsonParser parser
            ? "The field '"
                + FieldPath.of(parser.getParsingContext(), names)
                + "' occurs twice"
                + place
                + "; send it once"
            : "The body is not valid JSON" + place);
  }

  public static String text(JsonNode node, String field, int max) {
    return optionalText(node, field, max)
        .orElseThrow(
            () -> Problem.badRequest("missing_field", "The field '" + field + "' is needed"));
  }

  public static Optional<String> optionalText(JsonNode node, String field, int max) {
    JsonNode value = node.path(field);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isTextual() || value.textValue().isBlank() || length(value.textValue()) > max) {
      throw Problem.badRequest(
          "invalid_field",
          "The field '" + field + "' must be a text of 1 to " + max + " characters");
    }
    return Optional.of(value.textValue());
  }

  /** Returns the length in Unicode code points, as in JSON Schema. */
  public static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static void check(JsonNode node) {
    switch (node.getNodeType()) {
      case STRING -> check(node.textValue());
      case NUMBER -> checkNumber(node);
      case OBJECT -> {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
          check(field.getKey());
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
          check(field.getValue());
        }
      }
      case ARRAY -> {
        for (JsonNode item : node) {
          check(item);
        }
      }
      default -> {}
    }
  }

  private static void check(String text) {
    if (!wellFormed(text)) {
      throw Problem.badRequest(
          "invalid_text", "Texts and names hold no control characters and no lone surrogates");
    }
  }

  private static void checkNumber(JsonNode node) {
    if (node.isBigDecimal() && Math.abs((long) node.decimalValue().scale()) > MAX_SCALE) {
      throw Problem.badRequest(
          "invalid_number", "Numbers have exponents and fractions of at most " + MAX_SCALE);
    }
  }

  static boolean wellFormed(String text) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (c < 0x20 && c != '\n' && c != '\t' && c != '\r'
          || c == 0x7f
          || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        return false;
      }
      i += Character.charCount(c);
    }
    return true;
  }

  /** Returns a record as the document that it is written as, to store or compare it. */
  public static ObjectNode tree(Object written) {
    return MAPPER.valueToTree(written);
  }
}
