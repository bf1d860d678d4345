package io.contextkeep.vault.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The compression of recorded questions. */
final class QuestionCodecTest {

  @Test
  void encodedText_isDecodedUnchanged() {
    Random random = new Random(7);
    StringBuilder noise = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      noise.appendCodePoint(0x20 + random.nextInt(0x2f00));
    }
    for (String text :
        List.of("", "{}", "x".repeat(500_000), noise.toString(), "caf\u00e9 \ud83d\ude00")) {
      assertThat(QuestionCodec.decode(QuestionCodec.encode(text))).isEqualTo(text);
    }
  }

  /** The dictionary and the format must not change: text of older vaults stays readable. */
  @Test
  void format_staysTheSame() {
    String text =
        "{\"purpose\":\"dpv:ServicePersonalisation\",\"caller\":{\"id\":\"shop\",\"role\":\"app\"}}";
    assertThat(QuestionCodec.decode("1.I9rjaEmpOCMflECQUkttLQA=")).isEqualTo(text);
  }

  @Test
  void malformedOrTruncatedText_isRefused() {
    String packed =
        QuestionCodec.encode(
            "{\"purpose\":\"dpv:Marketing\",\"more\":\"than the dictionary has\"}");
    for (String wrong :
        List.of(
            "",
            "1",
            "1.",
            "2." + packed.substring(2),
            packed.substring(0, packed.length() / 8 * 4),
            "1.!!!!",
            "{}")) {
      assertThatThrownBy(() -> QuestionCodec.decode(wrong))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void textThatExpandsBeyondTheLimit_isRefused() {
    String bomb = QuestionCodec.encode("x".repeat((1 << 20) + 1));
    assertThatThrownBy(() -> QuestionCodec.decode(bomb))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
