package io.contextkeep.ontology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class Rfc3339Test {

  /** The examples of RFC 3339 section 5.8, and edge cases of the grammar. */
  @ParameterizedTest
  @CsvSource({
    "1985-04-12T23:20:50.52Z, 1985-04-12T23:20:50.520Z",
    "1996-12-19T16:39:57-08:00, 1996-12-20T00:39:57Z",
    "1990-12-31T23:59:60Z, 1990-12-31T23:59:59.999999999Z",
    "1990-12-31T15:59:60-08:00, 1990-12-31T23:59:59.999999999Z",
    "1937-01-01T12:00:27.87+00:20, 1937-01-01T11:40:27.870Z",
    "2026-11-24t12:00:00z, 2026-11-24T12:00:00Z",
    "2026-11-24T12:00:00-00:00, 2026-11-24T12:00:00Z",
    "2026-11-24T12:00:00+23:59, 2026-11-23T12:01:00Z",
    "2024-02-29T00:00:00Z, 2024-02-29T00:00:00Z",
    "0000-01-01T00:00:00Z, 0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.9999999999Z, 9999-12-31T23:59:59.999999999Z"
  })
  void aDateTime_isItsInstant(String text, Instant instant) {
    assertThat(Rfc3339.parse(text)).contains(instant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-11-24T24:00:00Z",
        "2026-11-24T12:00:00+02:00:30",
        "2026-11-24T12:00:00.Z",
        "2026-11-24T12:00:00,5Z",
        "2026-11-24T12:00Z",
        "2026-11-24T12:00:00",
        "2026-11-24T12:00:00+02",
        "2026-11-24T12:00:00+0200",
        "2026-11-24T12:00:00+24:00",
        "2026-11-24T12:00:00+02:60",
        "2026-11-24T12:00:00\u221202:00",
        "2026-11-24 12:00:00Z",
        "2026-11-24",
        "20261124T120000Z",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-24T12:60:00Z",
        "2026-11-24T12:00:60Z",
        "2026-11-24T23:59:60Z",
        "2026-06-30T23:59:61Z",
        "+12026-11-24T12:00:00Z",
        "-0001-11-24T12:00:00Z",
        "0000-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "10000-01-01T00:00:00Z",
        "2026-11-24T12:00:00Z ",
        "2026-11-24T12:00:00Z[UTC]",
        "\uff12026-11-24T12:00:00Z",
        "2026-11-24T12:00:00.0000000000000000000000000000000000000000000000000000Z"
      })
  void anyOtherText_isRefused(String text) {
    assertThat(Rfc3339.parse(text)).isEmpty();
  }
}
