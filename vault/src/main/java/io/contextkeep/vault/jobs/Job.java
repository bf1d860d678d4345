package io.contextkeep.vault.jobs;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Something that the vault does again and again.
 *
 * @param name a coded word, for its thread, the log and the metrics
 * @param first how long to wait before the first run
 * @param pause how long to wait after a run that went well and left nothing to do
 * @param backoff how long to wait after a run that threw
 * @param abort ends what the run that is under way waits for, when the vault stops
 * @param interrupted whether a stop interrupts the run that is under way, or lets it end
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
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** One run of a job, which does a bounded amount of work. */
  @FunctionalInterface
  public interface Work {
    /** Does some of it; returns whether there is more to do now. */
    boolean run() throws Exception;
  }

  /** Makes a job that runs at that distance. */
  public static Job every(String name, Duration pause, Runnable work) {
    return whenever(
        name,
        () -> pause,
        () -> {
          work.run();
          return false;
        });
  }

  /** Makes a job that runs at that distance, and first within a minute. */
  public static Job sweep(String name, Duration pause, Runnable work) {
    return every(name, pause, work).firstAfter(pause.compareTo(MINUTE) < 0 ? pause : MINUTE);
  }

  /** Makes a job that says after each run whether there is more, and how long to wait if not. */
  public static Job whenever(String name, Supplier<Duration> pause, Work work) {
    return new Job(
        name, pause.get(), pause, Backoff.of(FIRST_PAUSE, LONGEST_PAUSE), work, () -> {}, true);
  }

  /** The same with another wait before the first run. */
  public Job firstAfter(Duration wait) {
    return new Job(name, wait, pause, backoff, work, abort, interrupted);
  }

  /** The same with other pauses after a failure. */
  public Job after(Backoff pauses) {
    return new Job(name, first, pause, pauses, work, abort, interrupted);
  }

  /** The same with something that ends the waiting of a run that is under way. */
  public Job abortedBy(Runnable end) {
    return new Job(name, first, pause, backoff, work, end, interrupted);
  }

  /** The same, but a run that is under way when the vault stops comes to its end. */
  public Job toItsEnd() {
    return new Job(name, first, pause, backoff, work, abort, false);
  }
}
