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
 * The canonical form of a JSON file that OPA's bundle signatures hash: members sorted, no spaces.
 * OPA writes text as Go does. Text that Go and Java may write differently is refused, and so are
 * fractions and duplicate members, so that the hash covers everything that can be read from the
 * file.
 */
final class StructuredHash {
  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Text that every JSON writer writes alike. */
  private static final Pattern PLAIN = Pattern.compile("[ !#-\\[\\]-~]*");

  private StructuredHash() {}

  static boolean isStructured(String file) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    return name.equals("data.json") || name.equals(".manifest");
  }

  /**
   * Returns the canonical form.
   *
   * @throws IOException if the file is not JSON, or has more than one canonical form
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
      default -> throw new IOException("The file is not JSON");
    }
  }

  private static String whole(JsonNode number) throws IOException {
    if (!number.isIntegralNumber()) {
      throw new IOException("Numbers must be whole");
    }
    return number.asText();
  }

  private static String quoted(String text) throws IOException {
    if (!PLAIN.matcher(text).matches()) {
      throw new IOException("Texts must be plain ASCII");
    }
    return '"' + text + '"';
  }
}
