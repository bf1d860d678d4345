package io.contextkeep.vault.context;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import io.contextkeep.vault.crypto.SealBroken;
import java.io.IOException;
import java.util.OptionalInt;

/** The JSON of opened records. Numbers are kept as they were written. */
final class RecordJson {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /** So many digits always fit. */
  private static final int MAX_DIGITS = 9;

  private RecordJson() {}

  /**
   * @throws SealBroken if the record does not hold JSON
   */
  static JsonNode parse(byte[] json) {
    OptionalInt number = wholeNumber(json);
    return number.isPresent() ? IntNode.valueOf(number.getAsInt()) : parsed(json);
  }

  /**
   * Returns a small whole number without a sign, which many records are: setting up a parser for it
   * takes far longer. Empty for everything else.
   */
  private static OptionalInt wholeNumber(byte[] json) {
    if (json.length == 0 || json.length > MAX_DIGITS || json[0] == '0' && json.length > 1) {
      return OptionalInt.empty();
    }
    int number = 0;
    for (byte digit : json) {
      if (digit < '0' || digit > '9') {
        return OptionalInt.empty();
      }
      number = 10 * number + digit - '0';
    }
    return OptionalInt.of(number);
  }

  private static JsonNode parsed(byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new SealBroken("A sealed record does not hold JSON");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
