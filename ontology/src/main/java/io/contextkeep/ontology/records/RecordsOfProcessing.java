package io.contextkeep.ontology.records;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.Urns;
import io.contextkeep.ontology.Vocabulary;
import java.io.OutputStream;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.jena.datatypes.xsd.XSDDatatype;
import org.apache.jena.graph.Graph;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.graph.Triple;
import org.apache.jena.riot.RDFFormat;
import org.apache.jena.riot.RDFWriter;
import org.apache.jena.sparql.graph.GraphFactory;

/**
 * The records of processing as RDF: one {@code dpv:RecordsOfActivities} with a {@code dpv:Process}
 * for each, with DPV 2.3. About customers it holds only the number of valid consents.
 */
public final class RecordsOfProcessing {
  private static final String ID = "urn:contextkeep:processing";
  private static final String VAULT = "urn:contextkeep:vault";
  private static final String DCT = "http://purl.org/dc/terms/";

  private final Graph graph = GraphFactory.createDefaultGraph();

  /**
   * @param policy the revision of the policy that they were made from
   */
  public RecordsOfProcessing(Instant at, String policy) {
    Vocabulary.PREFIXES.forEach(graph.getPrefixMapping()::setNsPrefix);
    add(ID, Vocabulary.TYPE, iri("dpv:RecordsOfActivities"));
    add(
        ID,
        DCT + "created",
        literal(DateTimeFormatter.ISO_INSTANT.format(at), XSDDatatype.XSDdateTime));
    add(ID, Vocabulary.OWN + "policyRevision", text(policy));
    add(VAULT, Vocabulary.DPV + "hasRecordOfActivity", iri(ID));
  }

  /**
   * @param consents the number of valid consents to it
   * @throws ShapeRefused if it lacks a mandatory part
   */
  public RecordsOfProcessing with(ProcessingActivity activity, long consents) {
    String id = ID + ":" + activity.app() + ":" + activity.purpose().curie();
    add(ID, Vocabulary.DPV + "hasProcess", iri(id));
    add(id, Vocabulary.TYPE, iri("dpv:Process"));
    add(id, DCT + "title", text(activity.name() + ": " + activity.purpose().label()));
    add(id, "dpv:hasPurpose", activity.purpose().curie());
    add(id, "dpv:hasLegalBasis", activity.basis().curie());
    add(id, "dpv:hasDataSubject", "dpv:Customer");
    Stream.of("dpv:Retrieve", "dpv:Use").forEach(term -> add(id, "dpv:hasProcessing", term));
    activity.categories().forEach(category -> category(id, category));
    if (!activity.special().isEmpty()) {
      add(id, "dpv:hasLegalBasis", ProcessingActivity.EXPLICIT);
    }
    activity.retention().forEach((category, time) -> retention(id, category, time.toString()));
    activity.controllers().forEach(party -> party(id, "dpv:hasDataController", party));
    activity.recipients().forEach(party -> party(id, "dpv:hasRecipient", party));
    add(id, "dpv:hasRecipient", Urns.app(activity.app()));
    activity.locations().forEach(place -> add(id, "dpv:hasLocation", place));
    activity.jurisdictions().forEach(place -> add(id, "dpv:hasJurisdiction", place));
    activity
        .notices()
        .forEach(notice -> add(id, "dpv:hasNotice", "urn:contextkeep:notice:" + notice));
    activity.measures().forEach(measure -> add(id, "dpv:hasTechnicalMeasure", measure));
    add(id, Vocabulary.COUNT, literal(Long.toString(consents), XSDDatatype.XSDinteger));
    return this;
  }

  private void category(String id, DataCategory category) {
    add(id, "dpv:hasPersonalData", category.curie());
    if (category.isSpecial()) {
      add(id, "ck:hasSpecialCategory", category.curie());
    }
  }

  private void retention(String id, DataCategory category, String period) {
    String storage = id + ":" + category.curie();
    add(id, "dpv:hasStorageCondition", storage);
    add(storage, "rdf:type", "dpv:StorageDuration");
    add(storage, "dpv:hasPersonalData", category.curie());
    add(storage, Vocabulary.OWN + "period", literal(period, XSDDatatype.XSDduration));
  }

  private void party(String id, String as, Party party) {
    add(id, as, party.id());
    add(party.id(), "rdf:type", party.role().curie());
    Map.of("hasName", party.name(), "hasAddress", party.address(), "hasContact", party.contact())
        .forEach((property, value) -> add(party.id(), Vocabulary.DPV + property, text(value)));
  }

  private void add(String subject, String property, String term) {
    add(
        subject,
        property.equals("rdf:type") ? Vocabulary.TYPE : Vocabulary.iri(property),
        iri(term));
  }

  private void add(String subject, String property, Node object) {
    graph.add(
        Triple.create(
            NodeFactory.createURI(Vocabulary.iri(subject)),
            NodeFactory.createURI(property),
            object));
  }

  private static Node iri(String term) {
    return NodeFactory.createURI(Vocabulary.iri(term));
  }

  private static Node text(String text) {
    return literal(text, XSDDatatype.XSDstring);
  }

  private static Node literal(String lexical, XSDDatatype type) {
    return NodeFactory.createLiteralDT(lexical, type);
  }

  public Graph graph() {
    return graph;
  }

  public void turtle(OutputStream out) {
    RDFWriter.source(checked()).format(RDFFormat.TURTLE_PRETTY).output(out);
  }

  /** Writes JSON-LD with its context, so that readers fetch nothing. */
  public void jsonLd(OutputStream out) {
    RDFWriter.source(checked()).format(RDFFormat.JSONLD11_PRETTY).output(out);
  }

  private Graph checked() {
    List<String> faults = Shapes.ofProcessing().faults(graph);
    if (!faults.isEmpty()) {
      throw new ShapeRefused(faults);
    }
    return graph;
  }
}
