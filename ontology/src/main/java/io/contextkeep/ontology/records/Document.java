package io.contextkeep.ontology.records;

import io.contextkeep.ontology.Vocabulary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.graph.Triple;
import org.apache.jena.sparql.graph.GraphFactory;

/**
 * A node of a JSON-LD document with everything below it. {@link #json} is the document, {@link
 * #graph} its triples. Every node has a name; there are no blank nodes.
 */
public final class Document {
  private final Context context;
  private final String id;
  private final Map<String, Object> members = new LinkedHashMap<>();
  private final List<Triple> triples = new ArrayList<>();

  Document(String id, String type) {
    this(Context.RECORDS, id, type);
  }

  Document(Context context, String id, String type) {
    this.context = context;
    this.id = id;
    members.put("id", id);
    members.put("type", type.substring(type.indexOf(':') + 1));
    triple(Vocabulary.TYPE, NodeFactory.createURI(Vocabulary.iri(type)));
  }

  /** Adds a type. */
  Document also(String type) {
    put("type", type.substring(type.indexOf(':') + 1));
    triple(Vocabulary.TYPE, NodeFactory.createURI(Vocabulary.iri(type)));
    return this;
  }

  /** Adds a text, or an IRI as CURIE, as the term requires. */
  Document with(Word word, String value) {
    put(word.member, value);
    triple(
        Vocabulary.iri(word.property),
        word.literal == null
            ? NodeFactory.createURI(Vocabulary.iri(value))
            : NodeFactory.createLiteralDT(value, word.literal));
    return this;
  }

  Document with(Word word, Iterable<String> values) {
    values.forEach(value -> with(word, value));
    return this;
  }

  Document with(Word word, Document node) {
    put(word.member, node.members);
    triple(Vocabulary.iri(word.property), NodeFactory.createURI(Vocabulary.iri(node.id)));
    triples.addAll(node.triples);
    return this;
  }

  /** Writes one value as itself and several as a list, in order. */
  @SuppressWarnings("unchecked")
  private void put(String member, Object value) {
    Object held = members.get(member);
    switch (held) {
      case null -> members.put(member, value);
      case List<?> list -> ((List<Object>) list).add(value);
      default -> members.put(member, new ArrayList<>(List.of(held, value)));
    }
  }

  private void triple(String property, org.apache.jena.graph.Node object) {
    triples.add(
        Triple.create(
            NodeFactory.createURI(Vocabulary.iri(id)), NodeFactory.createURI(property), object));
  }

  public String id() {
    return id;
  }

  /** Returns the document as JSON-LD 1.1 with its context. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("@context", context.json());
    json.putAll(members);
    return json;
  }

  public Graph graph() {
    Graph graph = GraphFactory.createDefaultGraph();
    triples.forEach(graph::add);
    return graph;
  }
}
