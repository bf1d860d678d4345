package io.contextkeep.ontology;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SpreadsheetCellTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "=1+1",
        "+1",
        "+49 30 1",
        "-1+1",
        "-A1",
        "--1",
        "-",
        "-12.5.1",
        "-0x10",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\tplain",
        " =1",
        "\u00a0=1",
        "\ufeff=1",
        "\u200b@A1",
        "  -12.5",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20A1",
        "\ufe661"
      })
  void aTextThatBeginsLikeAFormula_getsAnApostrophe(String text) {
    assertThat(SpreadsheetCell.safe(text)).isEqualTo("'" + text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-12.5", "-0", "-0.25", "-1e-7", "-1.5E+10", "-50000", "12.5"})
  void aNumber_staysANumber(String number) {
    assertThat(SpreadsheetCell.safe(number)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a=b", "1-1", "{\"a\":1}", "'quoted", "\u2212 12", "it -1"})
  void anyOtherText_isLeftAlone(String text) {
    assertThat(SpreadsheetCell.safe(text)).isEqualTo(text);
  }
}
