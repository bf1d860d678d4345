package io.contextkeep.vault.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Suggestions for mistyped names. */
final class NearestTest {
  private static final List<String> KNOWN =
      List.of("purpose", "recipient", "dpv:Marketing", "dpv:DirectMarketing", "until");

  @ParameterizedTest
  @CsvSource({
    "purpos, purpose",
    "purpoes, purpose",
    "Purpose, purpose",
    "prupsoe, purpose",
    "untill, until",
    "marketing, dpv:Marketing",
    "dpv:marketin, dpv:Marketing",
    "DirectMarketing, dpv:DirectMarketing"
  })
  void aNameWithAFewErrors_isRecognised(String given, String meant) {
    assertThat(Nearest.of(given, KNOWN)).contains(meant);
    assertThat(Nearest.hint(given, KNOWN)).isEqualTo("; did you mean '" + meant + "'?");
  }

  @ParameterizedTest
  @CsvSource({"Alice", "un", "pose", "until2099", "x"})
  void anotherName_isNot(String given) {
    assertThat(Nearest.hint(given, KNOWN)).isEmpty();
  }

  @Test
  void aLongName_isNotCompared() {
    assertThat(Nearest.of("u".repeat(100_000), KNOWN)).isEmpty();
    assertThat(Nearest.of("", KNOWN)).isEmpty();
  }
}
