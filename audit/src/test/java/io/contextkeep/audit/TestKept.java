package io.contextkeep.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** A store of the last checkpoint in memory, which can be made to fail. */
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
