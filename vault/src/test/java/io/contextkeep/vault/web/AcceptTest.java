package io.contextkeep.vault.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AcceptTest {
  private static final List<String> OFFERED =
      List.of("application/ld+json", "application/json", "text/csv");

  @ParameterizedTest
  @CsvSource(
      delimiterString = "->",
      quoteCharacter = '~',
      value = {
        "*/* -> application/ld+json",
        "text/* -> text/csv",
        "text/csv -> text/csv",
        "TEXT/CSV -> text/csv",
        "text/csv;charset=utf-8 -> text/csv",
        "application/json, text/csv -> application/json",
        "text/csv, application/json -> application/json",
        "text/csv;q=0.9, application/json;q=0.8 -> text/csv",
        "text/csv;q=0.5, */*;q=0.1 -> text/csv",
        "application/*;q=0.2, application/ld+json;q=0, */*;q=0.1 -> application/json",
        "text/html, application/xhtml+xml, */*;q=0.8 -> application/ld+json",
        "application/ld+json;profile=~a, text/csv;q=1~, text/csv;q=0.3 -> application/ld+json",
        "nonsense, text/csv -> text/csv",
        "application/json;q=7, text/csv;q=0.1 -> text/csv",
        ",, text/csv ,, -> text/csv"
      })
  void theTypeWithTheGreatestWeight_isChosen(String header, String chosen) {
    String quoted = header.replace('~', '"');
    assertThat(Accept.choose(Optional.of(quoted), OFFERED)).isEqualTo(chosen);
  }

  @Test
  void withoutTheHeader_theFirstIsChosen() {
    assertThat(Accept.choose(Optional.empty(), OFFERED)).isEqualTo("application/ld+json");
    assertThat(Accept.choose(Optional.of(" "), OFFERED)).isEqualTo("application/ld+json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/html",
        "*/*;q=0",
        "text/csv;q=0",
        "image/*",
        "*/json",
        "nonsense",
        "application",
        "text/csv;q=2",
        ";q=1"
      })
  void unacceptableTypes_areAProblemThatNamesTheOfferedOnes(String header) {
    assertThatThrownBy(() -> Accept.choose(Optional.of(header), OFFERED))
        .isInstanceOfSatisfying(Problem.class, p -> assertThat(p.status()).isEqualTo(406))
        .hasMessageContaining("text/csv");
  }
}
