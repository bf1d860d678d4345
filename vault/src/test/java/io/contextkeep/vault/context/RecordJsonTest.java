package io.contextkeep.vault.context;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.vault.crypto.SealBroken;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RecordJsonTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "7",
        "10",
        "999999999",
        "1000000000",
        "12345678901234567890",
        "-1",
        "-0",
        " 5",
        "5 ",
        "true",
        "null",
        "\"12\"",
        "[12]",
        "{\"a\": 12}"
      })
  void aRecord_isWhatItsJsonSays(String json) throws Exception {
    assertThat(RecordJson.parse(json.getBytes(UTF_8))).isEqualTo(new ObjectMapper().readTree(json));
  }

  @Test
  void everyWholeNumber_isWhatItsJsonSays() throws Exception {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      String json = String.valueOf(random.nextLong() >> random.nextInt(64));
      assertThat(RecordJson.parse(json.getBytes(UTF_8)))
          .isEqualTo(new ObjectMapper().readTree(json));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.50", "0.10", "12e3"})
  void aFraction_isKeptAsItWasWritten(String json) {
    assertThat(RecordJson.parse(json.getBytes(UTF_8)).decimalValue())
        .isEqualTo(new java.math.BigDecimal(json));
  }

  @ParameterizedTest
  @ValueSource(strings = {"00", "01", "1:", "/1", "+1", "1_0", "one"})
  void whatIsNoJson_isABrokenRecord(String text) {
    assertThatThrownBy(() -> RecordJson.parse(text.getBytes(UTF_8))).isInstanceOf(SealBroken.class);
  }
}
