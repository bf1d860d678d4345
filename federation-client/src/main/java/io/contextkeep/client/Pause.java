package io.contextkeep.client;

import java.time.Duration;

/** Waiting, so that tests need not. */
interface Pause {
  void of(Duration time) throws InterruptedException;
}
