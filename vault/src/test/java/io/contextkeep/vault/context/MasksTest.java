package io.contextkeep.vault.context;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.contextkeep.policy.Mask;
import io.contextkeep.policy.Release;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Masks of values, and of values that they are not made for. */
final class MasksTest {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
  private static final UnaryOperator<String> PSEUDONYM =
      value -> "p-" + Integer.toHexString(value.hashCode());
  private static final List<Long> EDGES = List.of(-10L, 18L, 30L, 65L);

  /** A family of four people, which is one character of seven code points. */
  private static final String FAMILY = "👨‍👩‍👧‍👦";

  @ParameterizedTest
  @CsvSource({
    "someone@example.com, ****.com",
    "123456789, ****6789",
    "+44 20 7946 0958, ****0958",
    "ab👍🏽cdef👍🏽xyz👍🏽, ****xyz👍🏽"
  })
  void lastFour_leavesTheLastFourVisibleCharacters(String value, String left) {
    assertThat(masked(Mask.LAST_FOUR, TextNode.valueOf(value))).contains(TextNode.valueOf(left));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "1234",
        "12345",
        "12345678",
        FAMILY + FAMILY + FAMILY + FAMILY,
        "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301",
        "\uD83D\uD83D"
      })
  void lastFour_leavesNothingOfAShortText(String value) {
    assertThat(masked(Mask.LAST_FOUR, TextNode.valueOf(value))).isEmpty();
  }

  @Test
  void lastFour_leavesNothing_ifTheLastCharactersAreTheLargerPart() {
    String heavy = "a" + "\u0301".repeat(20);
    assertThat(masked(Mask.LAST_FOUR, TextNode.valueOf("12345" + heavy.repeat(4)))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1984-05-12, 1984",
    "0999-01-01, 999",
    "1984-05-12T23:30:00Z, 1984",
    "1984-12-31T23:30:00-05:00, 1984",
    "1984-05-12T23:30, 1984"
  })
  void yearOnly_leavesTheYearOfADate(String date, int year) {
    assertThat(masked(Mask.YEAR_ONLY, TextNode.valueOf(date)).orElseThrow().intValue())
        .isEqualTo(year);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"1984-05-12 or so\"",
        "\"1984-13-01\"",
        "\"1984\"",
        "\"12.05.1984\"",
        "\"1984-05-Tuesday\"",
        "\"1984-05-12T\"",
        "1984",
        "453168000",
        "[\"1984-05-12\"]",
        "{\"date\": \"1984-05-12\"}",
        "null",
        "true"
      })
  void yearOnly_leavesNothingOfOtherValues(String json) throws Exception {
    assertThat(masked(Mask.YEAR_ONLY, JSON.readTree(json))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"country\": \"IS\", \"street\": \"Laugavegur 1\"}",
        "{\"country\": \"isl\", \"geo\": [64.1, -21.9]}",
        "{\"country\": \"Iceland\"}",
        "\"Iceland\""
      })
  void countryOnly_leavesTheCountryOfAPlace(String json) throws Exception {
    JsonNode left = masked(Mask.COUNTRY_ONLY, JSON.readTree(json)).orElseThrow();
    assertThat(left.textValue()).isIn("IS", "isl", "Iceland");
    assertThat(masked(Mask.COUNTRY_ONLY, left)).contains(left);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"country\": \"Laugavegur 1, Iceland\"}",
        "{\"country\": \"\"}",
        "{\"country\": {\"code\": \"IS\"}}",
        "{\"country\": null}",
        "{\"Country\": \"IS\"}",
        "{}",
        "\"Laugavegur 1, 101 Reykjavik\"",
        "[\"IS\"]",
        "354"
      })
  void countryOnly_leavesNothingOfOtherValues(String json) throws Exception {
    assertThat(masked(Mask.COUNTRY_ONLY, JSON.readTree(json))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "-11, '{\"below\":-10}'",
    "-10, '{\"from\":-10,\"below\":18}'",
    "17.99, '{\"from\":-10,\"below\":18}'",
    "18, '{\"from\":18,\"below\":30}'",
    "64, '{\"from\":30,\"below\":65}'",
    "65, '{\"from\":65}'",
    "1e300, '{\"from\":65}'",
    "1e999999, '{\"from\":65}'"
  })
  void bucket_leavesTheEdgesAroundANumber(String number, String left) throws Exception {
    assertThat(masked(Mask.BUCKET, JSON.readTree(number)).orElseThrow()).hasToString(left);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "99, 0", "100, 100", "431057, 431000", "431.57, 400", "-1, -100"})
  void roundHundred_leavesTheHundredBelow(String number, long left) throws Exception {
    JsonNode hundreds = masked(Mask.ROUND_HUNDRED, JSON.readTree(number)).orElseThrow();
    assertThat(hundreds.longValue()).isEqualTo(left);
    assertThat(masked(Mask.ROUND_HUNDRED, hundreds)).contains(hundreds);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999999999", "1e-999999999", "99999999999999999999", "-1e30"})
  void hugeNumber_isNotRounded(String number) {
    JsonNode value = DecimalNode.valueOf(new BigDecimal(number));
    assertThat(masked(Mask.ROUND_HUNDRED, value)).isEmpty();
    assertThat(masked(Mask.BUCKET, value)).isPresent();
  }

  @Test
  void pseudonym_isEqualForEqualValues_andDiffersForTextAndNumber() throws Exception {
    assertThat(pseudonym("\"Ann\u00e9\"")).isEqualTo(pseudonym("\"Anne\u0301\""));
    assertThat(pseudonym("12")).isEqualTo(pseudonym("12.0")).isNotEqualTo(pseudonym("\"12\""));
    for (String other : List.of("true", "null", "[1]", "{\"a\": 1}")) {
      assertThat(masked(Mask.PSEUDONYM, JSON.readTree(other))).as(other).isEmpty();
    }
  }

  private static JsonNode pseudonym(String json) throws JsonProcessingException {
    return masked(Mask.PSEUDONYM, JSON.readTree(json)).orElseThrow();
  }

  /** No mask leaves a text or the texts of an object unmasked, in any spelling. */
  @ParameterizedTest
  @EnumSource(Mask.class)
  void mask_neverLeavesTheWholeText(Mask mask) {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      String text = text(random);
      for (JsonNode value : List.of(TextNode.valueOf(text), place(text))) {
        masked(mask, value)
            .ifPresent(
                left ->
                    assertThat(left.toString()).as("%s of %s", mask, text).doesNotContain(text));
      }
    }
  }

  /** A masked number does not tell more than its bucket or hundred. */
  @Test
  void numbersInOneBucketOrHundred_areIndistinguishable() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      long number = random.nextLong(-10_000, 10_000);
      LongNode value = LongNode.valueOf(number);
      long hundred = Math.floorDiv(number, 100) * 100;
      assertThat(masked(Mask.ROUND_HUNDRED, value))
          .isEqualTo(masked(Mask.ROUND_HUNDRED, LongNode.valueOf(hundred)))
          .isEqualTo(masked(Mask.ROUND_HUNDRED, LongNode.valueOf(hundred + 99)));
      long lowest = EDGES.stream().filter(e -> e <= number).reduce((_, e) -> e).orElse(-99_999L);
      assertThat(masked(Mask.BUCKET, value))
          .isEqualTo(masked(Mask.BUCKET, LongNode.valueOf(lowest)));
    }
  }

  @Test
  void textMasksLeaveNothingOfNumbers_andNumberMasksNothingOfTexts() {
    for (Mask mask : List.of(Mask.LAST_FOUR, Mask.YEAR_ONLY, Mask.COUNTRY_ONLY)) {
      assertThat(masked(mask, LongNode.valueOf(1234567890123L))).as("%s", mask).isEmpty();
    }
    for (Mask mask : List.of(Mask.BUCKET, Mask.ROUND_HUNDRED)) {
      for (String text : List.of("25-34", "42", "")) {
        assertThat(masked(mask, TextNode.valueOf(text))).as("%s", mask).isEmpty();
      }
    }
  }

  private static Optional<JsonNode> masked(Mask mask, JsonNode value) {
    List<Long> edges = mask == Mask.BUCKET ? EDGES : List.of();
    return Masks.masked(value, new Release.Masked(mask, edges), PSEUDONYM);
  }

  private static JsonNode place(String text) {
    return JsonNodeFactory.instance.objectNode().put("country", text).put("street", text);
  }

  /** Texts of at least five characters, none of which is a country's name. */
  private static String text(Random random) {
    List<String> alphabet =
        List.of(
            "a", "B", "9", "*", "-", "@", "é", "e\u0301", "\u0301", "漢", "👍🏽", FAMILY, "🇮🇸");
    StringBuilder text = new StringBuilder("§");
    int characters = 4 + random.nextInt(20);
    for (int i = 0; i < characters; i++) {
      text.append(alphabet.get(random.nextInt(alphabet.size())));
    }
    return text.toString();
  }
}
