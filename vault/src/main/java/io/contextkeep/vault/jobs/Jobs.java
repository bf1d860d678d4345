package io.contextkeep.vault.jobs;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runner of jobs. Each job has its own thread, so none delays another. A run that throws is
 * logged by the class of the throwable, counted, and retried after a pause; only a fault of the
 * runner itself ends a thread, and then the rule for vital threads applies.
 */
public final class Jobs implements AutoCloseable {
  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(15);
  private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);

  private final Function<String, ThreadFactory> threads;
  private final Watch watch;
  private final List<Running> running = new CopyOnWriteArrayList<>();

  /** A counter of failures by job. */
  public interface Watch {
    /** Publishes a job's counter, at 0. */
    void started(String job);

    /** Counts a failure. */
    void failed(String job);

    /** A counter that does nothing. */
    Watch NONE =
        new Watch() {
          @Override
          public void started(String job) {}

          @Override
          public void failed(String job) {}
        };
  }

  /**
   * @param threads makes vital threads with a name
   */
  public Jobs(Function<String, ThreadFactory> threads, Watch watch) {
    this.threads = threads;
    this.watch = watch;
  }

  /** Starts the job. */
  public void start(Job job) {
    Running one = new Running(job);
    running.add(one);
    watch.started(job.name());
    one.thread.start();
  }

  /** Stops all jobs: no run starts any more, and current runs get some time to finish. */
  @Override
  public void close() {
    running.forEach(Running::stop);
    long end = System.nanoTime() + SHUTDOWN_TIMEOUT.toNanos();
    running.forEach(one -> one.awaitEnd(end - System.nanoTime()));
  }

  private final class Running {
    private final Job job;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stopping = lock.newCondition();
    private volatile boolean stopped;

    Running(Job job) {
      this.job = job;
      this.thread = threads.apply(job.name()).newThread(this::runUntilStopped);
    }

    private void runUntilStopped() {
      int failures = 0;
      rest(job.first());
      while (!stopped) {
        try {
          boolean more = job.work().run();
          failures = 0;
          rest(more ? Duration.ZERO : job.pause().get());
        } catch (Exception | Error e) {
          failures++;
          failed(e, failures);
        }
      }
    }

    /** Ignores the exception of a run that a stop interrupted. */
    private void failed(Throwable thrown, int failures) {
      if (!stopped) {
        Duration pause = job.backoff().after(failures);
        tell(thrown, pause);
        rest(pause);
      }
    }

    /** Logs the failure; if memory is too short even for that, the next run matters more. */
    private void tell(Throwable thrown, Duration pause) {
      try {
        watch.failed(job.name());
        LOG.atWarn()
            .addKeyValue("job", job.name())
            .addKeyValue("thrown", thrown.getClass().getName())
            .addKeyValue("again", pause.toMillis())
            .log("a job failed and will be retried");
      } catch (RuntimeException | Error noMemory) {
        Thread.onSpinWait();
      }
    }

    private void rest(Duration time) {
      lock.lock();
      try {
        long left = time.toNanos();
        while (!stopped && left > 0) {
          left = stopping.awaitNanos(left);
        }
      } catch (InterruptedException e) {
        // Only a stop interrupts, and it has set its flag before.
      } finally {
        lock.unlock();
      }
    }

    void stop() {
      lock.lock();
      try {
        stopped = true;
        stopping.signalAll();
      } finally {
        lock.unlock();
      }
      job.abort().run();
      if (job.interrupted()) {
        thread.interrupt();
      }
    }

    void awaitEnd(long nanos) {
      try {
        if (!thread.join(Duration.ofNanos(Math.max(1, nanos)))) {
          LOG.atWarn().addKeyValue("job", job.name()).log("a job does not stop");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
