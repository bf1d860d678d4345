package io.contextkeep.ontology;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.jena.atlas.iterator.Iter;
import org.apache.jena.datatypes.xsd.XSDDatatype;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.sparql.core.DatasetGraph;
import org.apache.jena.sparql.core.Quad;

/**
 * The stored form of consent records: one statement for each, and one more where the consent ends.
 *
 * <p>Of the dozen triples of a record, only its number, its customer and its times are its own. The
 * rest (status, purpose, recipient, notice …) is its <em>wording</em>, which thousands share and
 * which is stored once, in a graph of wordings. The record is {@code number wording time}, in the
 * graph of the customer. A number stands there where RDF wants a name, because the store keeps
 * numbers and times in its indexes, but names in a table apart. {@link UnfoldedView} shows the
 * dozen triples again.
 */
final class FoldedConsents {
  /** The graph with the triples of each wording. */
  static final Node WORDINGS = NodeFactory.createURI("urn:contextkeep:wordings");

  private static final String WORDING = "urn:contextkeep:wording:";

  /** The property with the end of a consent. */
  static final Node UNTIL = NodeFactory.createURI(Vocabulary.OWN + "until");

  /** A property that every wording has. */
  private static final Node STATUS = NodeFactory.createURI(Vocabulary.HAS_CONSENT_STATUS);

  private final DatasetGraph store;

  /** The wordings that are in the store, by what they say. */
  private final Map<List<Object>, Node> wordings = new HashMap<>();

  /**
   * @param store in a transaction that writes
   */
  FoldedConsents(DatasetGraph store) {
    this.store = store;
  }

  /**
   * Adds the record of an event.
   *
   * @throws PiiRefused if something in it has no place in a graph
   */
  void add(ConsentEvent event) {
    Node customer = NodeFactory.createURI(Urns.subject(event.subject()));
    Node number = number(Long.toString(event.id()));
    store.add(customer, number, wording(event), NamedGraph.time(event.at()));
    Instant expires = event.expiresAt();
    if (expires != null) {
      store.add(customer, number, UNTIL, NamedGraph.time(expires));
    }
  }

  private static Node number(String digits) {
    return NodeFactory.createLiteralDT(digits, XSDDatatype.XSDinteger);
  }

  /** The guard sees the first record of a wording: others differ from it in numbers and times. */
  private Node wording(ConsentEvent event) {
    List<Object> says =
        List.of(
            event.status(),
            event.purpose().curie(),
            event.recipient(),
            event.by(),
            event.method(),
            event.noticeVersion(),
            event.language(),
            event.explicit());
    return wordings.computeIfAbsent(
        says,
        _ -> {
          NamedGraph whole = ConsentGraph.of(event.subject(), List.of(event));
          PiiGuard.check(NodeFactory.createURI(whole.name()), () -> whole.triples().find());
          return stored(name(says), event);
        });
  }

  /** Returns the name, which is the same whenever the graph is made. */
  private static String name(List<Object> says) {
    String digest = Sha256.hex(says.toString().getBytes(StandardCharsets.UTF_8));
    return WORDING + digest.substring(0, 32);
  }

  private Node stored(String name, ConsentEvent event) {
    NamedGraph wording = new NamedGraph(WORDINGS.getURI());
    ConsentGraph.addWording(wording, name, event);
    wording
        .triples()
        .find()
        .forEachRemaining(
            t -> store.add(WORDINGS, t.getSubject(), t.getPredicate(), t.getObject()));
    return NodeFactory.createURI(name);
  }

  /**
   * Copies what is in one store into another, except wordings that no record has: an erased
   * customer may have been the only one who said that.
   */
  static void copy(DatasetGraph from, DatasetGraph to) {
    Set<Node> unused = new HashSet<>(wordings(from));
    unused.removeIf(wording -> from.contains(Node.ANY, Node.ANY, wording, Node.ANY));
    from.find()
        .forEachRemaining(
            quad -> {
              if (!unused.contains(quad.getSubject())) {
                to.add(quad);
              }
            });
  }

  /** Returns all wordings. */
  static List<Node> wordings(DatasetGraph store) {
    return wordings(store, STATUS, Node.ANY);
  }

  /** Returns the wordings that say this. */
  static List<Node> wordings(DatasetGraph store, Node property, Node object) {
    return Iter.toList(
        Iter.distinct(
            Iter.map(store.findNG(WORDINGS, Node.ANY, property, object), Quad::getSubject)));
  }

  /** Returns whether it is a property that only the stored form has. */
  static boolean isOfStore(Node property) {
    return property.equals(UNTIL) || property.isURI() && property.getURI().startsWith(WORDING);
  }

  /** Returns the number in the name of a record or of its duration. */
  static Optional<Node> numberIn(String name) {
    return Urns.consentNumber(name).map(FoldedConsents::number);
  }

  /** Returns the name of the record with a number. */
  static String name(Node number) {
    return Urns.consent(number.getLiteralLexicalForm());
  }
}
