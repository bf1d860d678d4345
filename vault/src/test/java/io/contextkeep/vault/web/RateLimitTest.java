package io.contextkeep.vault.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** The rate limit of callers, and the sampling of similar log lines. */
final class RateLimitTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final RateLimit<String> limit =
      new RateLimit<>("things", "too_many_things", "Fewer", new RateLimit.Rate(10, 60), now::get);

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private void takes(String caller, int many) {
    for (int i = 0; i < many; i++) {
      limit.take(caller);
    }
  }

  private void isRefused(String caller, String seconds) {
    assertThatThrownBy(() -> limit.take(caller))
        .asInstanceOf(InstanceOfAssertFactories.type(Problem.class))
        .extracting(problem -> problem.status() + " " + problem.headers().get("Retry-After"))
        .isEqualTo("429 " + seconds);
  }

  @Test
  void aBurstIsAllowed_thenOneForEachStep_separatelyForEachCaller() {
    takes("ann", 10);
    isRefused("ann", "1");
    takes("bob", 10);
    pass(Duration.ofMillis(999));
    isRefused("ann", "1");
    pass(Duration.ofMillis(1));
    takes("ann", 1);
    isRefused("ann", "1");
    pass(Duration.ofHours(5));
    takes("ann", 10);
    isRefused("ann", "1");
  }

  @Test
  void aRefusal_takesNothing() {
    takes("ann", 10);
    for (int i = 0; i < 100; i++) {
      isRefused("ann", "1");
    }
    pass(Duration.ofSeconds(1));
    takes("ann", 1);
  }

  @Test
  void afterAnyNumberOfRequests_theWaitIsAtMostAMinute() {
    limit.charge("ann", Integer.MAX_VALUE);
    isRefused("ann", "60");
    pass(Duration.ofSeconds(60));
    takes("ann", 1);
  }

  @Test
  void returnedOnes_areAvailableAgain_upToTheBurst() {
    takes("ann", 10);
    limit.giveBack("ann", 3);
    takes("ann", 3);
    isRefused("ann", "1");
    limit.giveBack("ann", 1_000);
    limit.giveBack("bob", 1_000);
    takes("ann", 10);
    takes("bob", 10);
    isRefused("bob", "1");
  }

  /**
   * Checks a clock that steps, although the vault's does not: callers get no more, and do not wait
   * for ever.
   */
  @Test
  void aClockThatStepsBack_givesNothing_andBlocksForAtMostAMinute() {
    takes("ann", 10);
    pass(Duration.ofHours(-1));
    isRefused("ann", "60");
    takes("bob", 10);
    isRefused("bob", "1");
    limit.giveBack("ann", 1_000);
    takes("ann", 10);
    isRefused("ann", "1");
    pass(Duration.ofDays(-400));
    isRefused("ann", "60");
    pass(Duration.ofSeconds(60));
    takes("ann", 1);
    isRefused("ann", "1");
  }

  @Test
  void aClockThatJumpsAhead_givesNoMoreThanTheBurst() {
    takes("ann", 10);
    pass(Duration.ofDays(4_000));
    takes("ann", 10);
    isRefused("ann", "1");
  }

  @Test
  void aClockThatStandsStill_givesNothing() {
    takes("ann", 10);
    for (int i = 0; i < 1_000; i++) {
      isRefused("ann", "1");
    }
    limit.giveBack("ann", 1);
    takes("ann", 1);
    isRefused("ann", "1");
  }

  @Test
  void similarLines_areLoggedOnce_andThenOncePerInterval() {
    Sampled sampled = new Sampled(now::get);
    assertThat(sampled.event()).hasValue(1);
    for (int i = 0; i < 500; i++) {
      assertThat(sampled.event()).isEmpty();
    }
    pass(Duration.ofSeconds(10));
    assertThat(sampled.event()).hasValue(501);
    assertThat(sampled.event()).isEmpty();
    pass(Duration.ofHours(1));
    assertThat(sampled.event()).hasValue(2);
  }
}
