package io.contextkeep.ontology.sparql;

import io.contextkeep.ontology.Graphs;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.jena.graph.Node;
import org.apache.jena.query.ARQ;
import org.apache.jena.query.Query;
import org.apache.jena.query.QueryException;
import org.apache.jena.query.QueryFactory;
import org.apache.jena.query.Syntax;
import org.apache.jena.sparql.algebra.Algebra;
import org.apache.jena.sparql.core.DatasetGraph;
import org.apache.jena.sparql.core.Var;
import org.apache.jena.sparql.exec.QueryExec;
import org.apache.jena.sparql.exec.QueryExecDatasetBuilder;
import org.apache.jena.sparql.pfunction.PropertyFunctionRegistry;

/** A valid SPARQL 1.1 query that {@link QueryCheck} allows. */
public final class SparqlQuery {
  /** The most characters of a query. */
  public static final int LONGEST = 10_000;

  /** The base of relative IRIs, which would otherwise reveal the vault's directory. */
  private static final String BASE = "http://query.invalid/";

  private final Query query;
  private final Map<Var, Node> values;

  private SparqlQuery(Query query, Map<Var, Node> values) {
    this.query = query;
    this.values = values;
  }

  /**
   * @throws SparqlRefused if it is not a query, or one that is not allowed; an update is not a
   *     query
   */
  public static SparqlQuery parse(String text) throws SparqlRefused {
    if (text.length() > LONGEST) {
      throw new SparqlRefused("malformed_query", "A query has at most " + LONGEST + " characters");
    }
    try {
      Query query = QueryFactory.create(text, BASE, Syntax.syntaxSPARQL_11);
      if (query.hasDatasetDescription()) {
        throw new SparqlRefused(
            "query_not_allowed", "FROM is not allowed: queries see the vault's graphs only");
      }
      if (query.getQueryPattern() != null) {
        QueryCheck.check(Algebra.compile(query));
      }
      return new SparqlQuery(query, Map.of());
    } catch (QueryException e) {
      throw new SparqlRefused("malformed_query", "It is not a SPARQL 1.1 query" + place(e));
    } catch (StackOverflowError tooDeep) {
      throw new SparqlRefused("malformed_query", "The query is nested too deep");
    }
  }

  private static String place(QueryException e) {
    return e instanceof org.apache.jena.query.QueryParseException parse && parse.getLine() > 0
        ? ": see line " + parse.getLine() + ", column " + parse.getColumn()
        : "";
  }

  /** Returns the query with a value for a variable. */
  SparqlQuery with(String variable, Node value) {
    Map<Var, Node> more = new LinkedHashMap<>(values);
    more.put(Var.alloc(variable), value);
    return new SparqlQuery(query, more);
  }

  /** Returns whether the answer is a graph, as of CONSTRUCT and DESCRIBE. */
  public boolean givesGraph() {
    return query.isConstructType() || query.isDescribeType();
  }

  boolean isAsk() {
    return query.isAskType();
  }

  /**
   * Runs the query on the calling thread, which must not be interrupted.
   *
   * @param most the most rows or triples of the answer
   */
  public SparqlAnswer run(Graphs graphs, StopSignal signal, AnswerForm form, int most) {
    return graphs.read(
        dataset -> SparqlAnswer.of(this, dataset.asDatasetGraph(), signal, form, most));
  }

  /** Finds no property functions, as a second line of defence. */
  QueryExec on(DatasetGraph store, StopSignal signal) {
    QueryExecDatasetBuilder builder =
        QueryExec.newBuilder()
            .query(query)
            .dataset(new QueryView(store, signal))
            .set(ARQ.httpServiceAllowed, false)
            .set(ARQ.propertyFunctions, false);
    PropertyFunctionRegistry.set(builder.getContext(), new PropertyFunctionRegistry());
    values.forEach(builder::substitution);
    return builder.build();
  }
}
