package io.contextkeep.vault.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that continue after failures of others. */
@Timeout(60)
final class JobsTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Backoff QUICK = Backoff.of(SHORT, SHORT);

  private final List<String> failed = new CopyOnWriteArrayList<>();
  private final List<String> started = new CopyOnWriteArrayList<>();
  private final Jobs jobs =
      new Jobs(
          name -> Thread.ofPlatform().daemon().name(name).factory(),
          new Jobs.Watch() {
            @Override
            public void started(String job) {
              started.add(job);
            }

            @Override
            public void failed(String job) {
              failed.add(job);
            }
          });

  @ParameterizedTest
  @ValueSource(classes = {IllegalStateException.class, OutOfMemoryError.class})
  void aThrowingJob_isCountedAndRetried_andTheOthersContinue(Class<? extends Throwable> type)
      throws Exception {
    Throwable thrown = type.getDeclaredConstructor().newInstance();
    CountDownLatch runs = new CountDownLatch(3);
    CountDownLatch others = new CountDownLatch(3);
    try (jobs) {
      jobs.start(Job.every("broken", SHORT, () -> fail(runs, thrown)).after(QUICK));
      jobs.start(Job.every("sound", SHORT, others::countDown));
      runs.await();
      others.await();
    }
    assertThat(started).containsExactly("broken", "sound");
    assertThat(failed).containsOnly("broken").hasSizeGreaterThanOrEqualTo(2);
  }

  private static void fail(CountDownLatch runs, Throwable thrown) {
    runs.countDown();
    if (thrown instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) thrown;
  }

  @Test
  void aJobThatHasMoreToDo_doesNotWait() throws Exception {
    CountDownLatch runs = new CountDownLatch(100);
    try (jobs) {
      jobs.start(
          Job.whenever(
                  "busy",
                  () -> HOUR,
                  () -> {
                    runs.countDown();
                    return runs.getCount() > 0;
                  })
              .firstAfter(Duration.ZERO));
      runs.await();
    }
    assertThat(failed).isEmpty();
  }

  @Test
  void aStop_interruptsWaitingJobs_andIsNotAFailure() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    jobs.start(Job.every("resting", HOUR, () -> {}));
    jobs.start(
        Job.whenever(
                "waiting",
                () -> HOUR,
                () -> {
                  begun.countDown();
                  never.await();
                  return false;
                })
            .firstAfter(Duration.ZERO));
    begun.await();
    jobs.close();
    assertThat(failed).isEmpty();
  }

  @Test
  void aStop_letsUninterruptibleRunsFinish_andNoneBeginsAfterwards() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch stopping = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    AtomicInteger runs = new AtomicInteger();
    jobs.start(
        Job.whenever(
                "publisher",
                () -> SHORT,
                () -> {
                  runs.incrementAndGet();
                  begun.countDown();
                  stopping.await();
                  ended.set(true);
                  return true;
                })
            .firstAfter(Duration.ZERO)
            .abortedBy(stopping::countDown)
            .toItsEnd());
    begun.await();
    jobs.close();
    assertThat(ended).isTrue();
    assertThat(runs).hasValue(1);
    assertThat(failed).isEmpty();
  }
}
