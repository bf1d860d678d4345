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
 * The one place where threads are made. What a vital one does, nobody else would do: where an
 * exception or an error ends it, the vault is not alive any more and the last word is said. What is
 * scheduled is done again the next time, whatever was thrown: each run is whole in itself.
 */
public final class Threads {
  private static final Logger LOG = LoggerFactory.getLogger(Threads.class);

  private final LastWord lastWord;
  private final AtomicReference<String> dead = new AtomicReference<>("");

  public Threads(LastWord lastWord) {
    this.lastWord = lastWord;
  }

  /** A named thread that does not keep the program running, and must not end by a throwable. */
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

  /** The vital thread that ended first, if one did. */
  public Optional<String> dead() {
    return Optional.of(dead.get()).filter(name -> !name.isEmpty());
  }

  /** One vital thread whose tasks never end each other, nor themselves. */
  public ScheduledExecutorService scheduler(String name) {
    return new Scheduler(vital(name));
  }

  /** A virtual thread for each task. */
  public static ExecutorService virtual(String name) {
    return Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name + "-", 0).factory());
  }

  /** A named thread that does not keep the program running. */
  private static ThreadFactory daemon(String name) {
    return Thread.ofPlatform().name(name).daemon().factory();
  }

  /**
   * A platform thread for each task: for what computes for seconds, which on virtual threads would
   * keep all others from their turn.
   */
  public static ExecutorService computing(String name) {
    return Executors.newThreadPerTaskExecutor(daemon(name));
  }

  /** What the JVM runs when it is told to stop. */
  public static Thread hook(Runnable task) {
    return Thread.ofPlatform().name("stop").unstarted(task);
  }

  /** Java's own would stop a task for good, without a word, the first time that it throws. */
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

    /** Where there is no memory even for this line, the next run is more important. */
    private static void tell(Throwable thrown) {
      try {
        LOG.atError()
            .addKeyValue("thread", Thread.currentThread().getName())
            .addKeyValue("thrown", thrown.getClass().getName())
            .log("a scheduled task failed and is done again next time");
      } catch (RuntimeException | Error noMemory) {
        Thread.onSpinWait();
      }
    }
  }
}
