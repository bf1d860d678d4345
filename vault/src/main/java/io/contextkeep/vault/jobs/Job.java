package io.contextkeep.vault.jobs;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * A periodic task of the vault.
 *
 * @param name its name in threads, logs and metrics
 * @param first the wait before the first run
 * @param pause the wait after a successful run that left nothing to do
 * @param backoff the waits after runs that threw
 * @param abort ends the waiting of the current run when the vault stops
 * @param interrupted whether a stop interrupts the current run or lets it finish
 */
public record Job(
    String name,
    Duration first,
    Supplier<Duration> pause,
    Backoff backoff,
    Work work,
    Runnable abort,
    boolean interrupted) {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(30);

  /** One run of a job, which does a bounded amount of work. */
  @FunctionalInterface
  public interface Work {
    /** Does part of the work; returns whether there is more to do now. */
    boolean run() throws Exception;
  }

  /** Returns a job that runs at that interval. */
  public static Job every(String name, Duration pause, Runnable work) {
    return whenever(
        name,
        () -> pause,
        () -> {
          work.run();
          return false;
        });
  }

  /** Returns a job that runs at that interval, and first within a minute. */
  public static Job sweep(String name, Duration pause, Runnable work) {
    return every(name, pause, work).firstAfter(pause.compareTo(MINUTE) < 0 ? pause : MINUTE);
  }

  /**
   * Returns a job that reports after each run whether there is more, and how long to wait if not.
   */
  public static Job whenever(String name, Supplier<Duration> pause, Work work) {
    return new Job(
        name, pause.get(), pause, Backoff.of(FIRST_PAUSE, MAX_PAUSE), work, () -> {}, true);
  }

  /** Returns the job with another wait before the first run. */
  public Job firstAfter(Duration wait) {
    return new Job(name, wait, pause, backoff, work, abort, interrupted);
  }

  /** Returns the job with other pauses after failures. */
  public Job after(Backoff pauses) {
    return new Job(name, first, pause, pauses, work, abort, interrupted);
  }

  /** Returns the job with an action that ends the waiting of its current run. */
  public Job abortedBy(Runnable end) {
    return new Job(name, first, pause, backoff, work, end, interrupted);
  }

  /** Returns the job such that a stop of the vault lets its current run finish. */
  public Job toItsEnd() {
    return new Job(name, first, pause, backoff, work, abort, false);
  }
}
