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
 * Shapes (SHACL) that documents and graphs must have. They are published with the vault, so that
 * who gets a record can check it by the same rules.
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

  /** The shapes of what says that it has the second form; none where there is one form. */
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
   * Of consent records, receipts, notices' receipts and rights requests, each in the form that it
   * says it has.
   */
  public static Shapes ofRecords() {
    return RECORDS;
  }

  /** Of the records of processing. */
  public static Shapes ofProcessing() {
    return PROCESSING;
  }

  /** Of certificates of erasure, which name nobody. */
  public static Shapes ofErasures() {
    return ERASURES;
  }

  /** Of what may be stored in a graph, which cannot forget a word: the guard of personal data. */
  public static Shapes ofStored() {
    return STORED;
  }

  /** Of the lineage of what is held about a customer. */
  public static Shapes ofLineage() {
    return LINEAGE;
  }

  /**
   * Lets the document pass or throws.
   *
   * @throws ShapeRefused with the message of every shape that it does not have
   */
  public void check(Document document) {
    List<String> faults = faults(document.graph());
    if (!faults.isEmpty()) {
      throw new ShapeRefused(faults);
    }
  }

  /**
   * Lets a graph that is to be stored pass or throws.
   *
   * @throws PiiRefused in the shapes' own words, and nothing of the graph's
   */
  public NamedGraph checked(NamedGraph graph) {
    List<String> faults = faults(graph.triples());
    if (!faults.isEmpty()) {
      throw new PiiRefused(String.join("; ", faults));
    }
    return graph;
  }

  /** What is wrong with the graph, each once, in the shapes' own words. */
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
