package io.contextkeep.ontology.sparql;

import io.contextkeep.ontology.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Triple;
import org.apache.jena.riot.RDFWriter;
import org.apache.jena.sparql.core.DatasetGraph;
import org.apache.jena.sparql.core.Var;
import org.apache.jena.sparql.engine.binding.Binding;
import org.apache.jena.sparql.exec.QueryExec;
import org.apache.jena.sparql.exec.RowSet;
import org.apache.jena.sparql.graph.GraphFactory;
import org.apache.jena.sparql.resultset.ResultsWriter;

/**
 * The written answer of a query: complete, truncated if it is too long, or empty if it was stopped.
 *
 * @param truncated whether the answer is incomplete
 * @param stop why the query was stopped, with an empty body
 */
public record SparqlAnswer(byte[] body, boolean truncated, Optional<Stop> stop) {
  /** The most bytes of an answer, without its last row. */
  public static final int BYTES = 4 << 20;

  static SparqlAnswer of(
      SparqlQuery query, DatasetGraph store, StopSignal signal, AnswerForm form, int most) {
    try (QueryExec run = query.on(store, signal)) {
      signal.begin(run);
      signal.check();
      if (query.givesGraph()) {
        return graph(run, form, most);
      }
      return query.isAsk() ? yesOrNo(run.ask(), form) : table(run.select(), form, most);
    } catch (RuntimeException e) {
      // A query that is stopped may fail with any message.
      Stop stop = signal.stopped();
      if (stop == null) {
        throw e;
      }
      return new SparqlAnswer(new byte[0], false, Optional.of(stop));
    }
  }

  private static SparqlAnswer yesOrNo(boolean answer, AnswerForm form) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ResultsWriter.create().lang(form.table).build().write(out, answer);
    return new SparqlAnswer(out.toByteArray(), false, Optional.empty());
  }

  private static SparqlAnswer table(RowSet rows, AnswerForm form, int most) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Beginning beginning = new Beginning(rows, out, most);
    RowSet written = form.isForSpreadsheets() ? new SpreadsheetRows(beginning) : beginning;
    ResultsWriter.create().lang(form.table).build().write(out, written);
    return new SparqlAnswer(out.toByteArray(), beginning.more, Optional.empty());
  }

  private static SparqlAnswer graph(QueryExec run, AnswerForm form, int most) {
    Graph graph = GraphFactory.createDefaultGraph();
    Vocabulary.PREFIXES.forEach(graph.getPrefixMapping()::setNsPrefix);
    Iterator<Triple> triples =
        run.getQuery().isConstructType() ? run.constructTriples() : run.describeTriples();
    while (triples.hasNext() && graph.size() < most) {
      graph.add(triples.next());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RDFWriter.source(graph).format(form.graph).output(out);
    return new SparqlAnswer(out.toByteArray(), triples.hasNext(), Optional.empty());
  }

  /** Limits the rows. */
  private static final class Beginning implements RowSet {
    private final RowSet rows;
    private final ByteArrayOutputStream written;
    private final int most;
    private boolean more;

    Beginning(RowSet rows, ByteArrayOutputStream written, int most) {
      this.rows = rows;
      this.written = written;
      this.most = most;
    }

    @Override
    public boolean hasNext() {
      boolean full = rows.getRowNumber() >= most || written.size() >= BYTES;
      more = full && rows.hasNext();
      return !full && rows.hasNext();
    }

    @Override
    public Binding next() {
      return rows.next();
    }

    @Override
    public List<Var> getResultVars() {
      return rows.getResultVars();
    }

    @Override
    public long getRowNumber() {
      return rows.getRowNumber();
    }

    @Override
    public void close() {
      rows.close();
    }
  }
}
