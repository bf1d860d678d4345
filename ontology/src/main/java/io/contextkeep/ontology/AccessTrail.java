package io.contextkeep.ontology;

import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.jena.datatypes.xsd.XSDDatatype;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.graph.Triple;
import org.apache.jena.riot.RDFFormat;
import org.apache.jena.riot.system.StreamRDF;
import org.apache.jena.riot.system.StreamRDFWriter;

/**
 * A writer of the audit log as PROV-O in Turtle, with each entry as a {@code prov:Activity}. It
 * holds only the current entry in memory, and uses DPV's terms where DPV has them. It writes
 * nothing about customers and no free text.
 */
public final class AccessTrail implements AutoCloseable {
  private static final Pattern CODE = Pattern.compile("[A-Za-z0-9._:-]{1,64}");
  private static final String LOG = "urn:contextkeep:entry:";

  /**
   * An entry.
   *
   * @param actor the coded id of a service or a member of staff; "" for the log itself
   * @param purpose a CURIE; left out if it is not a DPV term
   * @param basis a CURIE; left out if it is not a DPV term
   * @param categories CURIEs; left out if they are not DPV terms
   */
  public record Entry(
      long index,
      Instant at,
      String type,
      String actor,
      String role,
      String purpose,
      String basis,
      String decision,
      List<String> reasons,
      List<String> categories,
      String policy) {
    public Entry {
      reasons = List.copyOf(reasons);
      categories = List.copyOf(categories);
    }
  }

  private final StreamRDF out;

  private AccessTrail(StreamRDF out) {
    this.out = out;
  }

  /** Begins a trail; closing it leaves the stream open. */
  public static AccessTrail to(OutputStream stream) {
    StreamRDF out = StreamRDFWriter.getWriterStream(stream, RDFFormat.TURTLE_BLOCKS);
    out.start();
    out.prefix("prov", Vocabulary.PROV);
    out.prefix("ck", Vocabulary.OWN);
    out.prefix("xsd", XSDDatatype.XSD + "#");
    Terms.PREFIXES.forEach(out::prefix);
    return new AccessTrail(out);
  }

  public void write(Entry entry) {
    Node activity = NodeFactory.createURI(LOG + entry.index());
    add(activity, Vocabulary.TYPE, NodeFactory.createURI(Vocabulary.ACTIVITY));
    add(activity, Vocabulary.TYPE, NodeFactory.createURI(Vocabulary.PROCESS));
    add(activity, Vocabulary.PLACE, literal(Long.toString(entry.index()), XSDDatatype.XSDinteger));
    add(activity, Vocabulary.ENDED_AT, NamedGraph.time(entry.at()));
    code(activity, Vocabulary.ENTRY_TYPE, "type", entry.type());
    code(activity, Vocabulary.DECISION, "decision", entry.decision());
    code(activity, Vocabulary.POLICY, "policy", entry.policy());
    entry.reasons().forEach(reason -> code(activity, Vocabulary.REASON, "reason", reason));
    term(activity, Vocabulary.HAS_PURPOSE, Terms.Kind.PURPOSE, entry.purpose());
    term(activity, Vocabulary.HAS_LEGAL_BASIS, Terms.Kind.BASIS, entry.basis());
    entry
        .categories()
        .forEach(
            category ->
                term(activity, Vocabulary.HAS_PERSONAL_DATA, Terms.Kind.CATEGORY, category));
    actor(activity, entry);
  }

  private void actor(Node activity, Entry entry) {
    if (CODE.matcher(entry.actor()).matches()) {
      String kind = entry.role().equals("app") || entry.role().equals("source") ? "app" : "agent";
      Node agent = NodeFactory.createURI("urn:contextkeep:" + kind + ":" + entry.actor());
      add(activity, Vocabulary.ASSOCIATED_WITH, agent);
      add(agent, Vocabulary.TYPE, NodeFactory.createURI(Vocabulary.AGENT));
    }
  }

  private void code(Node activity, String property, String kind, String word) {
    if (CODE.matcher(word).matches()) {
      add(activity, property, NodeFactory.createURI("urn:contextkeep:" + kind + ":" + word));
    }
  }

  private void term(Node activity, String property, Terms.Kind kind, String curie) {
    Optional<Terms.Term> term = Terms.find(kind, curie);
    term.ifPresent(t -> add(activity, property, NodeFactory.createURI(Vocabulary.iri(t.curie()))));
  }

  private static Node literal(String lexical, XSDDatatype type) {
    return NodeFactory.createLiteralDT(lexical, type);
  }

  private void add(Node subject, String property, Node object) {
    out.triple(Triple.create(subject, NodeFactory.createURI(property), object));
  }

  /** Ends the trail. */
  @Override
  public void close() {
    out.finish();
  }
}
