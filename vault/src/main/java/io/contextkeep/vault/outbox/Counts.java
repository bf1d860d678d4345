package io.contextkeep.vault.outbox;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Counters of messages by kind. */
public interface Counts {

  /**
   * Publishes the counters of a kind.
   *
   * @param waiting the number of messages that wait
   * @param oldest the age of the oldest waiting message
   * @param dead the number of dead letters kept
   */
  void show(String kind, LongSupplier waiting, Supplier<Duration> oldest, LongSupplier dead);

  /** Counts a delivered message. */
  void delivered(String kind);

  /** Counts a failed attempt. */
  void failed(String kind);
}
