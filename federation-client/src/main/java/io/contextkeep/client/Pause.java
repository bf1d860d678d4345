package io.contextkeep.client;

import java.time.Duration;

/** Waiting, which tests replace. */
interface Pause {
  void of(Duration time) throws InterruptedException;
}
