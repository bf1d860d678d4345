package io.contextkeep.ontology;

import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.query.ReadWrite;
import org.apache.jena.query.TxnType;
import org.apache.jena.riot.system.PrefixMap;
import org.apache.jena.riot.system.PrefixMapFactory;
import org.apache.jena.sparql.core.DatasetGraphBaseFind;
import org.apache.jena.sparql.core.GraphView;

/** A view of graphs that cannot be written. Use it within a transaction of what it is a view of. */
public abstract class ReadOnlyGraphs extends DatasetGraphBaseFind {

  @Override
  public final Graph getDefaultGraph() {
    return GraphView.createDefaultGraph(this);
  }

  @Override
  public final Graph getGraph(Node name) {
    return GraphView.createNamedGraph(this, name);
  }

  @Override
  public final PrefixMap prefixes() {
    return PrefixMapFactory.create();
  }

  @Override
  public final void addGraph(Node name, Graph graph) {
    throw readOnly();
  }

  @Override
  public final void removeGraph(Node name) {
    throw readOnly();
  }

  private static UnsupportedOperationException readOnly() {
    return new UnsupportedOperationException("Queries change nothing");
  }

  @Override
  public final boolean supportsTransactions() {
    return false;
  }

  @Override
  public final void begin(TxnType type) {
    throw readOnly();
  }

  @Override
  public final boolean promote(Promote mode) {
    throw readOnly();
  }

  @Override
  public final void commit() {
    throw readOnly();
  }

  @Override
  public final void abort() {
    throw readOnly();
  }

  @Override
  public final void end() {}

  @Override
  public final boolean isInTransaction() {
    return false;
  }

  @Override
  public final TxnType transactionType() {
    throw readOnly();
  }

  @Override
  public final ReadWrite transactionMode() {
    throw readOnly();
  }
}
