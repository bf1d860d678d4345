package io.contextkeep.audit.proof;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The newest checkpoint that a reader saw of one log: what every later one is compared with. Who
 * forgets it cannot tell any more whether the log shows the same history as before.
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
