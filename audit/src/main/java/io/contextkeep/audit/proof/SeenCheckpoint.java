package io.contextkeep.audit.proof;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The newest checkpoint of a log that a reader saw, with which every later one is compared. A
 * reader who loses it cannot detect a changed history any more.
 */
public interface SeenCheckpoint {

  /**
   * Returns the last stored note; empty if there is none.
   *
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  Optional<String> read();

  /**
   * Replaces the last note, and returns when it is durable. A crash leaves the one or the other.
   *
   * @throws java.io.UncheckedIOException if it cannot be stored
   */
  void keep(String note);

  /** Returns a memory that lasts as long as the program. */
  static SeenCheckpoint untilTheProgramEnds() {
    AtomicReference<Optional<String>> last = new AtomicReference<>(Optional.empty());
    return new SeenCheckpoint() {
      @Override
      public Optional<String> read() {
        return last.get();
      }

      @Override
      public void keep(String note) {
        last.set(Optional.of(note));
      }
    };
  }
}
