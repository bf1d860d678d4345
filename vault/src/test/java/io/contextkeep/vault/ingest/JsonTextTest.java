package io.contextkeep.vault.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.contextkeep.vault.web.Json;
import java.math.BigInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The texts that are sealed, and those that MACs of stored events are made of. */
final class JsonTextTest {
  private static final RandomGenerator RANDOM = RandomGenerator.of("L64X128MixRandom");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"b": 1, "a": {"d": [3, {"z": 1, "y": 2}], "c": null}} | {"a":{"c":null,"d":[3,{"y":2,"z":1}]},"b":1}
          {"B": true, "a": false, "A": {}, "": []} | {"":[],"A":{},"B":true,"a":false}
          "a\\"b\\\\c/\u00e9\\n\\t" | "a\\"b\\\\c/é\\n\\t"
          "\u20ac \ud83d\ude00" | "€ 😀"
          [1, -0, 1.50, 1e3, 1E-7, 123456789012345678901234567890, 0.1] | [1,0,1.50,1E+3,1E-7,123456789012345678901234567890,0.1]
          7 | 7
          null | null
          """)
  void theCanonicalText_isTheSame_whateverTheOrderOfMembers(String sent, String text)
      throws JsonProcessingException {
    assertThat(JsonText.canonical(Json.MAPPER.readTree(sent))).isEqualTo(text);
  }

  @Test
  void everyValue_isWrittenAsOlderVaultsWroteIt() throws JsonProcessingException {
    for (int i = 0; i < 2_000; i++) {
      JsonNode value = Json.MAPPER.readTree(random(4).toString());
      assertThat(JsonText.of(value)).isEqualTo(value.toString());
    }
  }

  private static JsonNode random(int depth) {
    JsonNodeFactory make = JsonNodeFactory.instance;
    int size = RANDOM.nextInt(5);
    return switch (RANDOM.nextInt(depth == 0 ? 7 : 9)) {
      case 0 -> make.textNode(text());
      case 1 -> make.numberNode(RANDOM.nextInt());
      case 2 -> make.numberNode(RANDOM.nextLong());
      case 3 -> make.numberNode(RANDOM.nextDouble() * Math.pow(10, RANDOM.nextInt(-30, 30)));
      case 4 -> make.booleanNode(RANDOM.nextBoolean());
      case 5 -> make.nullNode();
      case 6 -> make.numberNode(BigInteger.valueOf(RANDOM.nextLong()).shiftLeft(20));
      case 7 -> {
        var object = make.objectNode();
        for (int i = 0; i < size; i++) {
          object.set(text(), random(depth - 1));
        }
        yield object;
      }
      default -> {
        var array = make.arrayNode();
        for (int i = 0; i < size; i++) {
          array.add(random(depth - 1));
        }
        yield array;
      }
    };
  }

  /** Returns characters of every kind that a text may have. */
  private static String text() {
    StringBuilder text = new StringBuilder();
    for (int i = RANDOM.nextInt(12); i > 0; i--) {
      text.appendCodePoint(
          switch (RANDOM.nextInt(4)) {
            case 0 -> "\"\\/\n\t\r\u2028'<>&".codePointAt(RANDOM.nextInt(11));
            case 1 -> RANDOM.nextInt(0x20, 0x7f);
            case 2 -> RANDOM.nextInt(0x80, 0xd800);
            default -> RANDOM.nextInt(0x10000, 0x110000);
          });
    }
    return text.toString();
  }
}
