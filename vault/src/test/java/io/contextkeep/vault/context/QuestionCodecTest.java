package io.contextkeep.vault.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The packed form of a recorded question. */
final class QuestionCodecTest {

  @Test
  void whatWasPacked_comesOutAsItWas() {
    Random random = new Random(7);
    StringBuilder noise = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      noise.appendCodePoint(0x20 + random.nextInt(0x2f00));
    }
    for (String text :
        List.of("", "{}", "x".repeat(500_000), noise.toString(), "caf\u00e9 \ud83d\ude00")) {
      assertThat(QuestionCodec.text(QuestionCodec.of(text))).isEqualTo(text);
    }
  }

  /** The dictionary and the form are for ever: what an old vault wrote must be readable. */
  @Test
  void theForm_isTheSameForEver() {
    String text =
        "{\"purpose\":\"dpv:ServicePersonalisation\",\"caller\":{\"id\":\"shop\",\"role\":\"app\"}}";
    assertThat(QuestionCodec.text("1.I9rjaEmpOCMflECQUkttLQA=")).isEqualTo(text);
  }

  @Test
  void whatIsNotPacked_orCutOff_isRefused() {
    String packed =
        QuestionCodec.of("{\"purpose\":\"dpv:Marketing\",\"more\":\"than the dictionary has\"}");
    for (String wrong :
        List.of(
            "",
            "1",
            "1.",
            "2." + packed.substring(2),
            packed.substring(0, packed.length() / 8 * 4),
            "1.!!!!",
            "{}")) {
      assertThatThrownBy(() -> QuestionCodec.text(wrong))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void whatUnpacksToMoreThanAQuestionCanBe_isRefused() {
    String bomb = QuestionCodec.of("x".repeat((1 << 20) + 1));
    assertThatThrownBy(() -> QuestionCodec.text(bomb)).isInstanceOf(IllegalArgumentException.class);
  }
}
