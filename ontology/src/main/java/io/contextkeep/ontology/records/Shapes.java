package io.contextkeep.ontology.records;

import io.contextkeep.ontology.NamedGraph;
import io.contextkeep.ontology.PiiRefused;
import io.contextkeep.ontology.Vocabulary;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.ValidationReport;
import org.apache.jena.shacl.validation.ReportEntry;
import org.apache.jena.sparql.graph.GraphFactory;

/**
 * The SHACL shapes of documents and graphs. They are published with the vault, so that receivers of
 * a record can check it by the same rules.
 */
public final class Shapes {
  private static final Shapes RECORDS =
      new Shapes("records.ttl", Optional.of(new Shapes("records-2.ttl")));
  private static final Shapes ERASURES = new Shapes("erasure.ttl");
  private static final Shapes STORED = new Shapes("stored.ttl");
  private static final Shapes PROCESSING = new Shapes("processing.ttl");
  private static final Shapes LINEAGE = new Shapes("lineage.ttl");

  private static final List<String> SECOND_FORM =
      List.of("ck:receipt-2", "ck:record-2", "ck:refusal-2", "ck:notice-receipt-2");

  private final org.apache.jena.shacl.Shapes shapes;

  /** The shapes of documents of the second form; none if there is only one form. */
  private final Optional<Shapes> second;

  private Shapes(String name) {
    this(name, Optional.empty());
  }

  private Shapes(String name, Optional<Shapes> second) {
    this.second = second;
    Graph graph = GraphFactory.createDefaultGraph();
    InputStream in = Objects.requireNonNull(Shapes.class.getResourceAsStream(name), name);
    RDFParser.create().source(in).lang(Lang.TURTLE).parse(graph);
    this.shapes = org.apache.jena.shacl.Shapes.parse(graph);
  }

  /**
   * Returns the shapes of consent records, receipts, notices' receipts and rights requests, each in
   * its stated form.
   */
  public static Shapes ofRecords() {
    return RECORDS;
  }

  /** Returns the shapes of records of processing. */
  public static Shapes ofProcessing() {
    return PROCESSING;
  }

  /** Returns the shapes of certificates of erasure, which name no customer. */
  public static Shapes ofErasures() {
    return ERASURES;
  }

  /** Returns the shapes of stored graphs, which guard against personal data. */
  public static Shapes ofStored() {
    return STORED;
  }

  /** Returns the shapes of a customer's lineage. */
  public static Shapes ofLineage() {
    return LINEAGE;
  }

  /**
   * Checks a document.
   *
   * @throws ShapeRefused with the message of every shape that it violates
   */
  public void check(Document document) {
    List<String> faults = faults(document.graph());
    if (!faults.isEmpty()) {
      throw new ShapeRefused(faults);
    }
  }

  /**
   * Checks a graph before it is stored.
   *
   * @throws PiiRefused with the shapes' own messages, which show nothing of the graph
   */
  public NamedGraph checked(NamedGraph graph) {
    List<String> faults = faults(graph.triples());
    if (!faults.isEmpty()) {
      throw new PiiRefused(String.join("; ", faults));
    }
    return graph;
  }

  /** Returns the distinct messages of the shapes about a graph. */
  public List<String> faults(Graph graph) {
    if (second.isPresent() && isOfSecondForm(graph)) {
      return second.get().faults(graph);
    }
    ValidationReport report = ShaclValidator.get().validate(shapes, graph);
    return report.getEntries().stream().map(ReportEntry::message).distinct().sorted().toList();
  }

  private static boolean isOfSecondForm(Graph graph) {
    Node conformsTo = NodeFactory.createURI(Vocabulary.iri(Word.CONFORMS_TO.property));
    return SECOND_FORM.stream()
        .map(form -> NodeFactory.createURI(Vocabulary.iri(form)))
        .anyMatch(form -> graph.contains(Node.ANY, conformsTo, form));
  }
}
