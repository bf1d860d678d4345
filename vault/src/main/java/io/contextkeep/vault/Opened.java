package io.contextkeep.vault;

import java.util.ArrayDeque;
import java.util.Deque;

/** What was opened, to be closed in the opposite order, each whatever became of the others. */
final class Opened implements AutoCloseable {
  private final Deque<AutoCloseable> all = new ArrayDeque<>();

  /** Closes it before all that was opened earlier. */
  <T extends AutoCloseable> T add(T one) {
    all.push(one);
    return one;
  }

  /** Does the same with something else that is to be done at the end. */
  void then(Runnable work) {
    all.push(work::run);
  }

  /** Closes everything after a start that failed. */
  void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException | Error e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    IllegalStateException failed = new IllegalStateException("Something could not be closed");
    while (!all.isEmpty()) {
      try {
        all.pop().close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failed.addSuppressed(e);
      } catch (Exception e) {
        failed.addSuppressed(e);
      }
    }
    if (failed.getSuppressed().length > 0) {
      throw failed;
    }
  }
}
