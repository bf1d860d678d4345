package io.contextkeep.ontology.sparql;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.apache.jena.query.QueryCancelledException;
import org.apache.jena.sparql.exec.QueryExec;
import org.jspecify.annotations.Nullable;

/**
 * Ends a query that takes too much. The query asks it at every triple that it looks at, so also in
 * the middle of a path that never ends; and whoever waits for the query calls {@link #watch}, for
 * what is computed of no triples. Nobody is interrupted, for that would close the files of the
 * graph under every other thread's feet.
 */
public final class StopSignal {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** To ask how much was allocated takes as long as some hundred triples. */
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
   * @param mostAllocated how many bytes the query may allocate in all its time; what it holds at
   *     any moment is never more
   */
  public StopSignal(Duration time, long mostAllocated) {
    this.deadline = System.nanoTime() + time.toNanos();
    this.mostAllocated = mostAllocated;
  }

  /** Called from any thread: the query ends as soon as it can. */
  public void stop(Stop why) {
    if (stop == null) {
      stop = why;
    }
    Running now = running;
    if (now != null) {
      now.query().abort();
    }
  }

  /** Called again and again by whoever waits for the query. */
  public void watch() {
    Running now = running;
    if (System.nanoTime() - deadline > 0) {
      stop(Stop.TIME);
    } else if (now != null && now.allocated() > mostAllocated) {
      stop(Stop.MEMORY);
    }
  }

  /** Called on the query's thread before it is run. */
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
