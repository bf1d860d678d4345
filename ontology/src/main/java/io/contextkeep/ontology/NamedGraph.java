package io.contextkeep.ontology;

import org.apache.jena.datatypes.RDFDatatype;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.sparql.graph.GraphFactory;

/** Triples and the name of the graph that they belong to. There are no blank nodes in it. */
public final class NamedGraph {
  private final String name;
  private final Graph triples = GraphFactory.createDefaultGraph();

  NamedGraph(String name) {
    this.name = name;
  }

  public String name() {
    return name;
  }

  public Graph triples() {
    return triples;
  }

  NamedGraph add(String subject, String predicate, String objectIri) {
    return add(subject, predicate, NodeFactory.createURI(objectIri));
  }

  NamedGraph add(String subject, String predicate, String lexical, RDFDatatype type) {
    return add(subject, predicate, NodeFactory.createLiteralDT(lexical, type));
  }

  private NamedGraph add(String subject, String predicate, Node object) {
    triples.add(NodeFactory.createURI(subject), NodeFactory.createURI(predicate), object);
    return this;
  }
}
