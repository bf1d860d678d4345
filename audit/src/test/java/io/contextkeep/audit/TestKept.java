package io.contextkeep.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Keeps the last checkpoint in memory, and fails when it is told to. */
public final class TestKept implements LastCheckpoint {
  private Optional<String> last = Optional.empty();
  private boolean broken;

  void breakDown(boolean now) {
    broken = now;
  }

  void forget() {
    last = Optional.empty();
  }

  @Override
  public Optional<String> read() {
    return last;
  }

  @Override
  public void keep(String note) {
    if (broken) {
      throw new UncheckedIOException(new IOException("no space left"));
    }
    last = Optional.of(note);
  }

  @Override
  public void sync() {}
}
