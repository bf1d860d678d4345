package io.contextkeep.ontology.sparql;

import java.util.Iterator;
import java.util.List;
import org.apache.jena.atlas.iterator.Iter;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.query.ReadWrite;
import org.apache.jena.query.TxnType;
import org.apache.jena.riot.system.PrefixMap;
import org.apache.jena.riot.system.PrefixMapFactory;
import org.apache.jena.sparql.core.DatasetGraph;
import org.apache.jena.sparql.core.DatasetGraphBaseFind;
import org.apache.jena.sparql.core.GraphView;
import org.apache.jena.sparql.core.Quad;

/**
 * The dataset that queries see: the vault's named graphs, DPV, and the union of the vault's graphs
 * as default graph. It is read-only and checks the stop signal at every triple. Use it within a
 * transaction of the store.
 */
final class QueryView extends DatasetGraphBaseFind {
  private final DatasetGraph store;
  private final StopSignal signal;

  QueryView(DatasetGraph store, StopSignal signal) {
    this.store = store;
    this.signal = signal;
  }

  @Override
  protected Iterator<Quad> findInDftGraph(Node s, Node p, Node o) {
    return watched(
        Iter.map(
            store.getUnionGraph().find(s, p, o),
            triple -> Quad.create(Quad.defaultGraphIRI, triple)));
  }

  @Override
  protected Iterator<Quad> findInSpecificNamedGraph(Node g, Node s, Node p, Node o) {
    return watched(g.equals(DpvGraph.NAME) ? vocabulary(s, p, o) : store.findNG(g, s, p, o));
  }

  @Override
  protected Iterator<Quad> findInAnyNamedGraphs(Node s, Node p, Node o) {
    return watched(Iter.concat(store.findNG(Node.ANY, s, p, o), vocabulary(s, p, o)));
  }

  private static Iterator<Quad> vocabulary(Node s, Node p, Node o) {
    return Iter.map(DpvGraph.terms().find(s, p, o), triple -> Quad.create(DpvGraph.NAME, triple));
  }

  private Iterator<Quad> watched(Iterator<Quad> quads) {
    signal.check();
    return Iter.map(
        quads,
        quad -> {
          signal.check();
          return quad;
        });
  }

  @Override
  public Iterator<Node> listGraphNodes() {
    return Iter.map(
        Iter.concat(store.listGraphNodes(), List.of(DpvGraph.NAME).iterator()),
        name -> {
          signal.check();
          return name;
        });
  }

  @Override
  public boolean containsGraph(Node name) {
    return name.equals(DpvGraph.NAME) || store.containsGraph(name);
  }

  @Override
  public Graph getDefaultGraph() {
    return GraphView.createDefaultGraph(this);
  }

  @Override
  public Graph getGraph(Node name) {
    return GraphView.createNamedGraph(this, name);
  }

  @Override
  public PrefixMap prefixes() {
    return PrefixMapFactory.create();
  }

  @Override
  public void addGraph(Node name, Graph graph) {
    throw readOnly();
  }

  @Override
  public void removeGraph(Node name) {
    throw readOnly();
  }

  private static UnsupportedOperationException readOnly() {
    return new UnsupportedOperationException("Queries change nothing");
  }

  @Override
  public boolean supportsTransactions() {
    return false;
  }

  @Override
  public void begin(TxnType type) {
    throw readOnly();
  }

  @Override
  public boolean promote(Promote mode) {
    throw readOnly();
  }

  @Override
  public void commit() {
    throw readOnly();
  }

  @Override
  public void abort() {
    throw readOnly();
  }

  @Override
  public void end() {}

  @Override
  public boolean isInTransaction() {
    return false;
  }

  @Override
  public TxnType transactionType() {
    throw readOnly();
  }

  @Override
  public ReadWrite transactionMode() {
    throw readOnly();
  }
}
