package io.contextkeep.vault;

import java.util.ArrayDeque;
import java.util.Deque;

/** A stack of open resources, which are closed in reverse order even if some fail to close. */
final class Opened implements AutoCloseable {
  private final Deque<AutoCloseable> all = new ArrayDeque<>();

  /** Adds a resource, to be closed before all earlier ones. */
  <T extends AutoCloseable> T add(T one) {
    all.push(one);
    return one;
  }

  /** Adds an action, to be run before all earlier ones are closed. */
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
    IllegalStateException failed = new IllegalStateException("A resource could not be closed");
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
