package io.contextkeep.ontology;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.apache.jena.datatypes.RDFDatatype;
import org.apache.jena.datatypes.xsd.XSDDatatype;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.sparql.graph.GraphFactory;

/** A named graph without blank nodes. */
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

  NamedGraph add(String subject, String predicate, long number) {
    return add(subject, predicate, Long.toString(number), XSDDatatype.XSDinteger);
  }

  NamedGraph add(String subject, String predicate, Instant at) {
    return add(subject, predicate, time(at));
  }

  static Node time(Instant at) {
    return NodeFactory.createLiteralDT(lexical(at), XSDDatatype.XSDdateTime);
  }

  /**
   * Returns a time in the canonical form of XML Schema (part 2, 3.2.7.2), whose fraction has no
   * trailing zeros, so that a store that keeps numbers returns the same text.
   */
  public static String lexical(Instant at) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(at.atOffset(ZoneOffset.UTC));
  }

  private NamedGraph add(String subject, String predicate, Node object) {
    triples.add(NodeFactory.createURI(subject), NodeFactory.createURI(predicate), object);
    return this;
  }
}
