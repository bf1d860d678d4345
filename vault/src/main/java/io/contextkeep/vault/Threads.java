package io.contextkeep.vault;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/** The one place where threads are made. */
final class Threads {

  private Threads() {}

  /** A virtual thread for each task. */
  static ExecutorService virtual(String name) {
    return Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name + "-", 0).factory());
  }

  /** A named thread that does not keep the program running. */
  static ThreadFactory daemon(String name) {
    return Thread.ofPlatform().name(name).daemon().factory();
  }

  /**
   * A platform thread for each task: for what computes for seconds, which on virtual threads would
   * keep all others from their turn.
   */
  static ExecutorService computing(String name) {
    return Executors.newThreadPerTaskExecutor(daemon(name));
  }

  static ScheduledExecutorService scheduler(String name) {
    return Executors.newSingleThreadScheduledExecutor(daemon(name));
  }

  /** What the JVM runs when it is told to stop. */
  static Thread hook(Runnable task) {
    return Thread.ofPlatform().name("stop").unstarted(task);
  }
}
