package io.contextkeep.audit.proof;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The newest checkpoint that a reader saw of one log: what every later one is compared with. Who
 * forgets it cannot tell any more whether the log shows the same history as before.
 */
public interface SeenCheckpoint {

  /**
   * The note that was kept last; empty where none ever was.
   *
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  Optional<String> read();

  /**
   * Keeps the note instead of the last one, and returns when it would survive a crash. A crash
   * leaves the one or the other.
   *
   * @throws java.io.UncheckedIOException if it cannot be kept
   */
  void keep(String note);

  /** Remembers as long as the program runs. */
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
