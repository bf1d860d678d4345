package io.contextkeep.vault.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Growing, bounded and randomised pauses. */
final class BackoffTest {
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration MAX_LENGTH = Duration.ofHours(6);

  @Test
  void pauses_doubleUpToTheLongest() {
    Backoff whole = new Backoff(FIRST, MAX_LENGTH, _ -> 0);
    assertThat(whole.after(1)).isEqualTo(FIRST);
    assertThat(whole.after(2)).isEqualTo(Duration.ofSeconds(20));
    assertThat(whole.after(5)).isEqualTo(Duration.ofSeconds(160));
    assertThat(whole.after(100)).isEqualTo(MAX_LENGTH);
    assertThat(whole.after(Integer.MAX_VALUE)).isEqualTo(MAX_LENGTH);
  }

  @Test
  void randomness_shortensAPauseByAQuarterAtMost() {
    Backoff shortest = new Backoff(FIRST, MAX_LENGTH, most -> most);
    assertThat(shortest.after(1)).isEqualTo(Duration.ofMillis(7_500));
    for (int failures = 1; failures < 20; failures++) {
      assertThat(Backoff.of(FIRST, MAX_LENGTH).after(failures))
          .isBetween(
              shortest.after(failures), new Backoff(FIRST, MAX_LENGTH, _ -> 0).after(failures));
    }
  }
}
