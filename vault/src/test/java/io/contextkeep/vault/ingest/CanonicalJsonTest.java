package io.contextkeep.vault.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.contextkeep.vault.web.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The encoding that MACs of stored events are made of, which therefore never changes. */
final class CanonicalJsonTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"b": 1, "a": {"d": [3, {"z": 1, "y": 2}], "c": null}} | {"a":{"c":null,"d":[3,{"y":2,"z":1}]},"b":1}
          {"B": true, "a": false, "A": {}, "": []} | {"":[],"A":{},"B":true,"a":false}
          "a\\"b\\\\c/\u00e9\\n" | "a\\"b\\\\c/\u00e9\\n"
          "\u20ac \ud83d\ude00" | "\u20ac \ud83d\ude00"
          [1, -0, 1.50, 1e3, 1E-7, 123456789012345678901234567890, 0.1] | [1,0,1.50,1E+3,1E-7,123456789012345678901234567890,0.1]
          7 | 7
          null | null
          """)
  void aValue_hasOneEncoding_whateverTheOrderOfItsMembers(String sent, String encoded)
      throws JsonProcessingException {
    assertThat(new String(CanonicalJson.bytes(Json.MAPPER.readTree(sent)), StandardCharsets.UTF_8))
        .isEqualTo(encoded);
  }
}
