package io.contextkeep.ontology.sparql;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.apache.jena.query.QueryCancelledException;
import org.apache.jena.sparql.exec.QueryExec;
import org.jspecify.annotations.Nullable;

/**
 * The signal that stops an expensive query. The query checks it at every triple, also within
 * endless paths. The waiting thread calls {@link #watch} for computations without triples. Threads
 * are not interrupted, as that would close the files of the graph for every other thread.
 */
public final class StopSignal {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** The number of triples between two checks of allocation, which is expensive. */
  private static final int BETWEEN = 1_024;

  private final long deadline;
  private final long mostAllocated;
  private volatile @Nullable Stop stop;
  private volatile @Nullable Running running;

  /** Confined to the query's thread. */
  private int looked;

  private record Running(QueryExec query, long thread, long allocatedBefore) {

    long allocated() {
      return THREADS.getThreadAllocatedBytes(thread) - allocatedBefore;
    }
  }

  /**
   * @param mostAllocated the most bytes that the query may allocate in all, and so hold at any time
   */
  public StopSignal(Duration time, long mostAllocated) {
    this.deadline = System.nanoTime() + time.toNanos();
    this.mostAllocated = mostAllocated;
  }

  /** Stops the query as soon as possible; can be called on any thread. */
  public void stop(Stop why) {
    if (stop == null) {
      stop = why;
    }
    Running now = running;
    if (now != null) {
      now.query().abort();
    }
  }

  /** Checks the limits; called repeatedly by the waiting thread. */
  public void watch() {
    Running now = running;
    if (System.nanoTime() - deadline > 0) {
      stop(Stop.TIME);
    } else if (now != null && now.allocated() > mostAllocated) {
      stop(Stop.MEMORY);
    }
  }

  /** Starts the limits; called on the query's thread before it runs. */
  void begin(QueryExec query) {
    long thread = Thread.currentThread().threadId();
    running = new Running(query, thread, THREADS.getThreadAllocatedBytes(thread));
  }

  @Nullable Stop stopped() {
    return stop;
  }

  /**
   * @throws QueryCancelledException if it is time to end
   */
  void check() {
    if (++looked % BETWEEN == 0) {
      watch();
    }
    if (stop != null) {
      throw new QueryCancelledException();
    }
  }
}
