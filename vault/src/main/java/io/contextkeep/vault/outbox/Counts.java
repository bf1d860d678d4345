package io.contextkeep.vault.outbox;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What is counted of messages, by their kinds. */
public interface Counts {

  /**
   * Shows a kind from the start.
   *
   * @param waiting how many wait to be sent
   * @param oldest the age of the oldest that waits
   * @param dead how many dead letters are kept
   */
  void show(String kind, LongSupplier waiting, Supplier<Duration> oldest, LongSupplier dead);

  /** Counts a message that its receiver has. */
  void delivered(String kind);

  /** Counts a try in vain. */
  void failed(String kind);
}
