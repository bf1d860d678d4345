package io.contextkeep.ontology;

import java.io.OutputStream;
import java.time.Instant;
import java.util.Collection;
import org.apache.jena.datatypes.xsd.XSDDatatype;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.graph.Triple;
import org.apache.jena.riot.RDFFormat;
import org.apache.jena.riot.system.StreamRDF;
import org.apache.jena.riot.system.StreamRDFWriter;

/**
 * A writer of the customers affected by a breach in Turtle. It holds only the current customer in
 * memory. About a customer it writes IRIs of their pseudonym and of data categories, and no
 * literals; numbers are of all customers together.
 */
public final class AffectedTrail implements AutoCloseable {
  private static final String LIST = "urn:contextkeep:affected";

  private final StreamRDF out;

  private AffectedTrail(StreamRDF out) {
    this.out = out;
  }

  /** Begins a list for a period; closing it leaves the stream open. */
  public static AffectedTrail to(OutputStream stream, Instant from, Instant to) {
    StreamRDF out = StreamRDFWriter.getWriterStream(stream, RDFFormat.TURTLE_BLOCKS);
    out.start();
    out.prefix("ck", Vocabulary.OWN);
    out.prefix("xsd", XSDDatatype.XSD + "#");
    Terms.PREFIXES.forEach(out::prefix);
    AffectedTrail trail = new AffectedTrail(out);
    trail.add(LIST, Vocabulary.TYPE, iri(Vocabulary.OWN + "Affected"));
    trail.add(LIST, Vocabulary.OWN + "from", NamedGraph.time(from));
    trail.add(LIST, Vocabulary.OWN + "to", NamedGraph.time(to));
    return trail;
  }

  /**
   * Writes a customer.
   *
   * @param read the categories that were read
   * @param held the categories that are held
   */
  public void write(SubjectId subject, Collection<String> read, Collection<String> held) {
    String customer = Urns.subject(subject);
    add(LIST, Vocabulary.HAS_DATA_SUBJECT, iri(customer));
    categories(customer, "readCategory", read);
    categories(customer, "heldCategory", held);
  }

  /** Writes the number of customers, and the number of reads of erased customers. */
  public void total(long customers, long unnamed) {
    add(LIST, Vocabulary.COUNT, number(customers));
    add(LIST, Vocabulary.OWN + "unnamedReads", number(unnamed));
  }

  private void categories(String customer, String property, Collection<String> categories) {
    for (String category : categories) {
      DataCategory.parse(category)
          .ifPresent(term -> add(customer, Vocabulary.OWN + property, iri(term.iri())));
    }
  }

  private static Node iri(String iri) {
    return NodeFactory.createURI(iri);
  }

  private static Node number(long number) {
    return NodeFactory.createLiteralDT(Long.toString(number), XSDDatatype.XSDinteger);
  }

  private void add(String subject, String property, Node object) {
    out.triple(Triple.create(iri(subject), iri(property), object));
  }

  /** Ends the list. */
  @Override
  public void close() {
    out.finish();
  }
}
