package io.contextkeep.vault.graph;

import io.contextkeep.ontology.Graphs;
import io.contextkeep.ontology.sparql.AnswerForm;
import io.contextkeep.ontology.sparql.SparqlAnswer;
import io.contextkeep.ontology.sparql.SparqlQuery;
import io.contextkeep.ontology.sparql.Stop;
import io.contextkeep.ontology.sparql.StopSignal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs queries on the graph as it is at one moment: a few at once, each on a thread of its own that
 * nobody interrupts, each for so long and with so much memory, and never in the way of the thread
 * that keeps the graph.
 */
public final class GraphQueries {
  /** How many rows or triples an answer has at most. */
  public static final int MOST = 10_000;

  /** How many queries run at once. */
  public static final int AT_ONCE = 2;

  /** How often a query is looked after. */
  private static final Duration LOOK = Duration.ofMillis(20);

  private final Lending lending;
  private final ExecutorService threads;
  private final Duration time;
  private final long memory;
  private final Semaphore places = new Semaphore(AT_ONCE);

  /** What became of a query that was to be run. */
  public sealed interface Ran {}

  /** It has an answer, or was stopped. */
  public record Answered(SparqlAnswer answer) implements Ran {}

  /** All places are taken. */
  public record Crowded() implements Ran {}

  /** There is no graph now: it is being opened, compacted or made anew. */
  public record NoGraph() implements Ran {}

  GraphQueries(Lending lending, ExecutorService threads, Duration time) {
    this.lending = lending;
    this.threads = threads;
    this.time = time;
    // All queries at once hold half of the memory that there is, at the very most.
    this.memory = Runtime.getRuntime().maxMemory() / 2 / AT_ONCE;
  }

  /** Runs the query and waits for what it gives. */
  public Ran run(SparqlQuery query, AnswerForm form) {
    if (!places.tryAcquire()) {
      return new Crowded();
    }
    StopSignal signal = new StopSignal(time, memory);
    Future<Ran> answer;
    try {
      answer = threads.submit(() -> inPlace(query, form, signal));
    } catch (RuntimeException | Error e) {
      places.release();
      throw e;
    }
    return awaited(answer, signal);
  }

  private Ran inPlace(SparqlQuery query, AnswerForm form, StopSignal signal) {
    try {
      Optional<Graphs> graphs = lending.take(signal);
      if (graphs.isEmpty()) {
        return new NoGraph();
      }
      try {
        return new Answered(query.run(graphs.get(), signal, form, MOST));
      } finally {
        lending.giveBack(signal);
      }
    } finally {
      places.release();
    }
  }

  private static Ran awaited(Future<Ran> answer, StopSignal signal) {
    while (true) {
      try {
        return answer.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException stillAtWork) {
        signal.watch();
      } catch (ExecutionException e) {
        throw new IllegalStateException("A query failed", e.getCause());
      } catch (InterruptedException e) {
        // Whoever asked is gone. The query's own thread is not interrupted; it sees the signal.
        signal.stop(Stop.RECALLED);
        Thread.currentThread().interrupt();
        return new NoGraph();
      }
    }
  }
}
