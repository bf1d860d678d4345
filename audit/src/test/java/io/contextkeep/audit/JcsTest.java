package io.contextkeep.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JcsTest {

  /** RFC 8785, section 3.2.3. */
  @Test
  void keys_areSortedByUtf16CodeUnits() {
    Map<String, Object> members =
        Map.of(
            "\u20ac", "Euro Sign",
            "\r", "Carriage Return",
            "\ufb33", "Hebrew Letter Dalet With Dagesh",
            "1", "One",
            "\ud83d\ude00", "Emoji: Grinning Face",
            "\u0080", "Control",
            "\u00f6", "Latin Small Letter O With Diaeresis");
    assertThat(Jcs.text(members))
        .isEqualTo(
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
                + "\"\u00f6\":\"Latin Small Letter O With Diaeresis\",\"\u20ac\":\"Euro Sign\","
                + "\"\ud83d\ude00\":\"Emoji: Grinning Face\","
                + "\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}");
  }

  /** RFC 8785, section 3.2.2.2, the string of its example. */
  @Test
  void strings_areEscapedAsTheRfcSays() {
    assertThat(Jcs.text("\u20ac$\u000f\nA'B\"\\\\\"/"))
        .isEqualTo("\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
  }

  @Test
  void nestedValues_areWrittenWithoutSpace() {
    assertThat(Jcs.text(Map.of("b", List.of(1, true, -7L), "a", Map.of())))
        .isEqualTo("{\"a\":{},\"b\":[1,true,-7]}");
  }

  @Test
  void valuesWithoutCanonicalForm_areRefused() {
    assertThatThrownBy(() -> Jcs.text(1.5)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Jcs.text(1L << 53)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Jcs.text("\ud83d")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Jcs.text("\ude00x")).isInstanceOf(IllegalArgumentException.class);
  }
}
