package io.contextkeep.vault.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LinearPatternTest {

  /** Each pattern takes longer than the age of the universe in a backtracking engine. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "^(.*?,){12}P",
        "^(a+)+$",
        "^(a|aa)+$",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(.*)*!",
        "[^@]+@[^@]+",
        "a*a*a*a*a*a*a*a*b"
      })
  void backtrackingPattern_isMatchedInOnePass(String text) {
    assertThat(LinearPattern.compile(text).matches("a".repeat(65_000) + "\n")).isFalse();
    assertThat(LinearPattern.compile(text).matches("a,".repeat(30_000) + "\n")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "((a{1000}){1000}){1000}",
        "(((((\\d{100}){100}){100}){100}){100})",
        "((((([]a]{100}){100}){100}){100}){100})",
        "((((\\p{L}{200}){200}){200}){200})",
        "\\Q[\\E(((a{1000}){1000}){1000})]",
        "((((a{0,100}){0,100}){0,100}){0,100})",
        "((((a{9,}){99,}){99,}){99,})",
        "a{1001}"
      })
  void patternWithHugeExpansion_isRefusedBeforeItIsCompiled(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> LinearPattern.compile(text));
  }

  @Test
  void patternWithDeeplyNestedGroups_isRefused() {
    for (String text :
        new String[] {"(".repeat(5_000) + ")".repeat(5_000), "a|".repeat(5_000), "(".repeat(60)}) {
      assertThatIllegalArgumentException().isThrownBy(() -> LinearPattern.compile(text));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"(?=a)b", "(a)\\1", "a++", "(?<!a)b", "[", "\\u00e9", "a{2}{3}", "(?>a)"})
  void unsupportedPattern_isRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> LinearPattern.compile(text));
  }

  @Test
  void commonPatterns_matchAnywhereInTheText() {
    assertThat(
            LinearPattern.compile("^[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}$")
                .matches("GB82 WEST 1234 5698"))
        .isTrue();
    assertThat(LinearPattern.compile("^\\d{4}-\\d{2}-\\d{2}$").matches("2026-11-30")).isTrue();
    assertThat(LinearPattern.compile("^[\\p{L}' -]{1,100}$").matches("Zoë O'Brien")).isTrue();
    assertThat(LinearPattern.compile("[^@\\s]+@[^@\\s]+\\.[a-z]{2,}").matches("<a@b.example>"))
        .isTrue();
    assertThat(LinearPattern.compile("^x").matches("yx")).isFalse();
  }
}
