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
 * Writes who was affected by a breach in Turtle, one customer at a time: nothing but the customer
 * at hand is in memory. About a customer there are names of things in it, her pseudonym and
 * categories of data, and no literal; numbers are of all customers together.
 */
public final class AffectedTrail implements AutoCloseable {
  private static final String LIST = "urn:contextkeep:affected";

  private final StreamRDF out;

  private AffectedTrail(StreamRDF out) {
    this.out = out;
  }

  /** Begins a list of a time; what it is written to stays open. */
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
   * One customer.
   *
   * @param read the categories of hers that were read
   * @param held the categories of hers that are held
   */
  public void write(SubjectId subject, Collection<String> read, Collection<String> held) {
    String customer = Urns.subject(subject);
    add(LIST, Vocabulary.HAS_DATA_SUBJECT, iri(customer));
    categories(customer, "readCategory", read);
    categories(customer, "heldCategory", held);
  }

  /** How many customers are on the list, and how many reads were of customers who are erased. */
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
