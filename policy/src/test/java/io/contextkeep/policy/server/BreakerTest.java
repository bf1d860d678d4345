package io.contextkeep.policy.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class BreakerTest {
  private static final int ENOUGH = 5;

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);
  private final Breaker breaker = new Breaker(now::get);

  @Test
  void consecutiveFailures_openTheBreaker_andAllRequestsAreRefused() {
    fail(ENOUGH - 1);
    assertThat(breaker.admits()).isTrue();
    fail(1);
    assertThat(breaker.admits()).isFalse();
    pass(Duration.ofMillis(999));
    assertThat(breaker.admits()).isFalse();
  }

  @Test
  void oneAnswer_endsASeriesOfFailures() {
    for (int row = 0; row < 10; row++) {
      fail(ENOUGH - 1);
      breaker.ended(true);
    }
    assertThat(breaker.admits()).isTrue();
  }

  @Test
  void failuresFarApart_doNotOpenTheBreaker() {
    for (int i = 0; i < 20; i++) {
      fail(1);
      pass(Duration.ofSeconds(3));
    }
    assertThat(breaker.admits()).isTrue();
  }

  @Test
  void afterAPause_oneTrialIsAllowed_andNoOther() {
    fail(ENOUGH);
    pass(Duration.ofSeconds(1));
    assertThat(breaker.admits()).isTrue();
    assertThat(breaker.admits()).isFalse();
    pass(Duration.ofHours(1));
    assertThat(breaker.admits()).isFalse();
  }

  @Test
  void anAnsweredTrial_closesTheBreaker_untilAnotherSeriesOfFailures() {
    fail(ENOUGH);
    pass(Duration.ofSeconds(1));
    assertThat(breaker.admits()).isTrue();
    breaker.ended(true);
    assertThat(breaker.admits()).isTrue();
    fail(ENOUGH - 1);
    assertThat(breaker.admits()).isTrue();
  }

  @Test
  void aFailedTrial_opensTheBreakerForAnotherPause() {
    fail(ENOUGH);
    pass(Duration.ofSeconds(1));
    assertThat(breaker.admits()).isTrue();
    fail(1);
    assertThat(breaker.admits()).isFalse();
    pass(Duration.ofSeconds(1));
    assertThat(breaker.admits()).isTrue();
  }

  @Test
  void failuresOfEarlierRequests_doNotExtendThePause() {
    fail(ENOUGH);
    pass(Duration.ofMillis(900));
    fail(20);
    pass(Duration.ofMillis(100));
    assertThat(breaker.admits()).isTrue();
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      breaker.ended(false);
    }
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }
}
