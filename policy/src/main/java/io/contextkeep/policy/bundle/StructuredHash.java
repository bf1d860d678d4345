package io.contextkeep.policy.bundle;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The spelling of a JSON file over which OPA's bundle signatures hash it: members sorted, no space.
 * OPA spells text as Go does; text that Go and Java may spell differently is refused here, and so
 * are fractions and duplicate members. What is hashed is then all that can be read from the file.
 */
final class StructuredHash {
  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Text that every writer of JSON spells alike. */
  private static final Pattern PLAIN = Pattern.compile("[ !#-\\[\\]-~]*");

  private StructuredHash() {}

  static boolean isStructured(String file) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    return name.equals("data.json") || name.equals(".manifest");
  }

  /**
   * @throws IOException if it is no JSON, or JSON that has more than one spelling
   */
  static byte[] spelling(byte[] json) throws IOException {
    StringBuilder text = new StringBuilder(json.length);
    write(JSON.readTree(json), text);
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(JsonNode node, StringBuilder text) throws IOException {
    switch (node.getNodeType()) {
      case OBJECT -> {
        Map<String, JsonNode> sorted = new TreeMap<>();
        node.properties().forEach(member -> sorted.put(member.getKey(), member.getValue()));
        char before = '{';
        for (Map.Entry<String, JsonNode> member : sorted.entrySet()) {
          text.append(before).append(quoted(member.getKey())).append(':');
          write(member.getValue(), text);
          before = ',';
        }
        text.append(node.isEmpty() ? "{}" : "}");
      }
      case ARRAY -> {
        char before = '[';
        for (JsonNode item : node) {
          text.append(before);
          write(item, text);
          before = ',';
        }
        text.append(node.isEmpty() ? "[]" : "]");
      }
      case STRING -> text.append(quoted(node.textValue()));
      case BOOLEAN, NULL -> text.append(node.asText());
      case NUMBER -> text.append(whole(node));
      default -> throw new IOException("No JSON");
    }
  }

  private static String whole(JsonNode number) throws IOException {
    if (!number.isIntegralNumber()) {
      throw new IOException("A fraction");
    }
    return number.asText();
  }

  private static String quoted(String text) throws IOException {
    if (!PLAIN.matcher(text).matches()) {
      throw new IOException("Text beyond plain ASCII");
    }
    return '"' + text + '"';
  }
}
