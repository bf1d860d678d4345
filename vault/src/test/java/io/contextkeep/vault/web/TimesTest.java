package io.contextkeep.vault.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Instants as they are written. */
final class TimesTest {
  private static final DateTimeFormatter REFERENCE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  @Test
  void anInstant_isWrittenAsTheJdkWouldWriteIt() {
    SplittableRandom random = new SplittableRandom(1);
    long last = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
    for (int i = 0; i < 10_000; i++) {
      Instant instant = Instant.ofEpochMilli(random.nextLong(last + 1));
      assertThat(Times.write(instant)).isEqualTo(REFERENCE.format(instant));
    }
    assertThat(Times.write(Instant.EPOCH)).isEqualTo("1970-01-01T00:00:00.000Z");
    assertThat(Times.write(Instant.ofEpochMilli(last))).isEqualTo("9999-12-31T23:59:59.999Z");
    assertThat(Times.write(Instant.parse("2024-02-29T00:00:00.000999Z")))
        .isEqualTo("2024-02-29T00:00:00.000Z");
  }

  @Test
  void aYearOfFiveDigits_isRefused() {
    assertThatExceptionOfType(DateTimeException.class)
        .isThrownBy(() -> Times.write(Instant.parse("+10000-01-01T00:00:00Z")));
  }
}
