package io.contextkeep.ontology.sparql;

import io.contextkeep.ontology.Vocabulary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.sparql.graph.GraphFactory;

/**
 * The graph of the Data Privacy Vocabulary 2.3, in which queries look up terms. It is read once and
 * immutable.
 */
final class DpvGraph {
  /** The name of the graph in queries. */
  static final Node NAME = NodeFactory.createURI("https://w3id.org/dpv");

  private static final Graph TERMS = read();

  private DpvGraph() {}

  static Graph terms() {
    return TERMS;
  }

  private static Graph read() {
    Graph graph = GraphFactory.createDefaultGraph();
    Stream.of("dpv", "pd", "eu-gdpr").forEach(name -> read(name, graph));
    return graph;
  }

  private static void read(String name, Graph into) {
    try (InputStream in =
        Objects.requireNonNull(
            Vocabulary.class.getResourceAsStream("dpv-2.3/" + name + ".ttl"), name)) {
      RDFParser.create().source(in).lang(Lang.TURTLE).parse(into);
    } catch (IOException e) {
      throw new UncheckedIOException("The vocabulary cannot be read", e);
    }
  }
}
