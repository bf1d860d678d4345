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
 * Runs queries on a snapshot of the graph: a few at once, each on its own uninterrupted thread,
 * with limits of time and memory, and without blocking the thread that writes the graph.
 */
final class GraphQueries {
  /** The most rows or triples of an answer. */
  public static final int MAX_ROWS = 10_000;

  /** The interval of checks of a running query. */
  private static final Duration LOOK = Duration.ofMillis(20);

  private final Lending lending;
  private final ExecutorService threads;
  private final Duration time;
  private final long memory;
  private final Semaphore places = new Semaphore(GraphModule.QUERIES_AT_ONCE);

  /** The outcome of a query. */
  public sealed interface Ran {}

  /** The query has an answer, or was stopped. */
  public record Answered(SparqlAnswer answer) implements Ran {}

  /** Too many queries are running. */
  public record Crowded() implements Ran {}

  /** The graph is not available now: it is being opened, compacted or rebuilt. */
  public record NoGraph() implements Ran {}

  GraphQueries(Lending lending, ExecutorService threads, Duration time) {
    this.lending = lending;
    this.threads = threads;
    this.time = time;
    // All queries together use at most half of the memory.
    this.memory = Runtime.getRuntime().maxMemory() / 2 / GraphModule.QUERIES_AT_ONCE;
  }

  /** Runs the query and waits for its outcome. */
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
        return new Answered(query.run(graphs.get(), signal, form, MAX_ROWS));
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
      } catch (TimeoutException running) {
        signal.watch();
      } catch (ExecutionException e) {
        throw new IllegalStateException("A query failed", e.getCause());
      } catch (InterruptedException e) {
        // The caller is gone. The query's own thread is not interrupted; it sees the signal.
        signal.stop(Stop.RECALLED);
        Thread.currentThread().interrupt();
        return new NoGraph();
      }
    }
  }
}
