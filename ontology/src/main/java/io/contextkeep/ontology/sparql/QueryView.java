package io.contextkeep.ontology.sparql;

import io.contextkeep.ontology.ReadOnlyGraphs;
import java.util.Iterator;
import java.util.List;
import org.apache.jena.atlas.iterator.Iter;
import org.apache.jena.graph.Node;
import org.apache.jena.sparql.core.DatasetGraph;
import org.apache.jena.sparql.core.Quad;

/**
 * The dataset that queries see: the vault's named graphs, DPV, and the union of the vault's graphs
 * as default graph. It checks the stop signal at every triple. Use it within a transaction of the
 * store.
 */
final class QueryView extends ReadOnlyGraphs {
  private final DatasetGraph store;
  private final StopSignal signal;

  QueryView(DatasetGraph store, StopSignal signal) {
    this.store = store;
    this.signal = signal;
  }

  /** Finds triples of all graphs. None is in two: each thing is told of in one graph only. */
  @Override
  protected Iterator<Quad> findInDftGraph(Node s, Node p, Node o) {
    return watched(
        Iter.map(
            store.findNG(Node.ANY, s, p, o),
            quad -> Quad.create(Quad.defaultGraphIRI, quad.asTriple())));
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
}
