package io.contextkeep.vault.jobs;

import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The factory of all threads. The work of a vital thread cannot be taken over by another: if a
 * throwable ends it, the vault is no longer alive and the last word is called. A scheduled task
 * runs again at its next time whatever it threw.
 */
public final class Threads {
  private static final Logger LOG = LoggerFactory.getLogger(Threads.class);

  private final LastWord lastWord;
  private final AtomicReference<String> dead = new AtomicReference<>("");

  public Threads(LastWord lastWord) {
    this.lastWord = lastWord;
  }

  /** Makes a named daemon thread that must not end by a throwable. */
  public ThreadFactory vital(String name) {
    ThreadFactory threads = daemon(name);
    return work -> threads.newThread(() -> runVital(name, work));
  }

  private void runVital(String name, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      if (dead.compareAndSet("", name)) {
        lastWord.say(name, e);
      }
    }
  }

  /** Returns the vital thread that ended first, if one did. */
  public Optional<String> dead() {
    return Optional.of(dead.get()).filter(name -> !name.isEmpty());
  }

  /** Makes a scheduler with one vital thread, whose tasks survive their own failures. */
  public ScheduledExecutorService scheduler(String name) {
    return new Scheduler(vital(name));
  }

  /** Makes an executor with a virtual thread for each task. */
  public static ExecutorService virtual(String name) {
    return Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name + "-", 0).factory());
  }

  /** Makes a named daemon thread. */
  private static ThreadFactory daemon(String name) {
    return Thread.ofPlatform().name(name).daemon().factory();
  }

  /**
   * Makes an executor with a platform thread for each task, for work that computes for seconds: on
   * virtual threads it would starve all others.
   */
  public static ExecutorService computing(String name) {
    return Executors.newThreadPerTaskExecutor(daemon(name));
  }

  /** Makes the thread that the JVM runs when it is told to stop. */
  public static Thread hook(Runnable task) {
    return Thread.ofPlatform().name("stop").unstarted(task);
  }

  /** A scheduler that keeps a task that throws; Java's own drops it silently. */
  private static final class Scheduler extends ScheduledThreadPoolExecutor {
    Scheduler(ThreadFactory threads) {
      super(1, threads);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      return super.schedule(() -> run(task), delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
        Runnable task, long first, long period, TimeUnit unit) {
      return super.scheduleAtFixedRate(() -> run(task), first, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable task, long first, long delay, TimeUnit unit) {
      return super.scheduleWithFixedDelay(() -> run(task), first, delay, unit);
    }

    private static void run(Runnable task) {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        tell(e);
      }
    }

    /** Logs the failure; if memory is too short even for that, the next run matters more. */
    private static void tell(Throwable thrown) {
      try {
        LOG.atError()
            .addKeyValue("thread", Thread.currentThread().getName())
            .addKeyValue("thrown", thrown.getClass().getName())
            .log("a scheduled task failed and will run again");
      } catch (RuntimeException | Error noMemory) {
        Thread.onSpinWait();
      }
    }
  }

  /** The reaction to the end of a thread without which the vault must not go on. */
  @FunctionalInterface
  public interface LastWord {
    /** Keeps the vault running but not alive, to be ended from outside. */
    LastWord NONE = (_, _) -> {};

    /**
     * Reacts to the end of a vital thread; called once, on that thread.
     *
     * @param thread its name
     */
    void say(String thread, Throwable why);
  }
}
