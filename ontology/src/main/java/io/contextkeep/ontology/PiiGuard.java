package io.contextkeep.ontology;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.jena.datatypes.RDFDatatype;
import org.apache.jena.datatypes.xsd.XSDDatatype;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;

/**
 * The check of everything that enters the store of graphs, where deletion does not erase. It
 * accepts only known properties, each with one form of objects. It refuses free text, foreign IRIs,
 * blank nodes and unknown properties.
 */
final class PiiGuard {

  private static final Pattern TERM =
      Pattern.compile("https://w3id\\.org/dpv(/pd)?#[A-Za-z]{1,64}");

  private static final Pattern BASIS =
      Pattern.compile("https://w3id\\.org/dpv/legal/eu/gdpr#[A-Za-z0-9-]{1,64}");

  /** The form of a hash of 32 bytes in Base64. */
  private static final Pattern HASH = Pattern.compile("[A-Za-z0-9+/]{43}=");

  private static final Set<String> TYPES =
      Set.of(
          Vocabulary.CONSENT_RECORD,
          Vocabulary.UNTIL_TIME,
          Vocabulary.PROCESS,
          Vocabulary.ACTIVITY,
          Vocabulary.COLLECTION,
          Vocabulary.ASSOCIATION,
          Vocabulary.DERIVED_DATA,
          Vocabulary.INFERRED_DATA);

  private static final Predicate<Node> SUBJECTS =
      iri(Urns.CONSENT)
          .or(iri(Urns.DURATION))
          .or(iri(Urns.BATCH))
          .or(iri(Urns.COLLECTION))
          .or(iri(Urns.DERIVED))
          .or(iri(Urns.ASSOCIATION))
          .or(iri(Urns.REMOVAL))
          .or(iri(Urns.REMOVED))
          .or(iri(Urns.ACCESSES))
          .or(iri(Urns.ACCESS))
          .or(iri(Urns.ACCESS_ASSOCIATION))
          .or(iri(Urns.RELEASE));

  private static final Predicate<Node> GRAPHS =
      iri(Urns.SUBJECT)
          .or(iri(Urns.BATCH))
          .or(iri(Urns.RELEASE))
          .or(iri(Urns.REMOVAL))
          .or(iri(Urns.ACCESSES));

  private static final Map<String, Predicate<Node>> OBJECTS =
      Map.ofEntries(
          Map.entry(Vocabulary.TYPE, node -> node.isURI() && TYPES.contains(node.getURI())),
          Map.entry(Vocabulary.PLACE, number()),
          Map.entry(Vocabulary.COUNT, number()),
          Map.entry(Vocabulary.RHO, number()),
          Map.entry(Vocabulary.DELTA, number()),
          Map.entry(Vocabulary.CONSENT_EPOCH, number()),
          Map.entry(Vocabulary.HAS_TECHNICAL_MEASURE, iri(TERM)),
          Map.entry(Vocabulary.VALUE, literal(XSDDatatype.XSDdateTime, 35)),
          Map.entry(Vocabulary.LANGUAGE, literal(XSDDatatype.XSDlanguage, 35)),
          Map.entry(Vocabulary.HAS_DATA_SUBJECT, iri(Urns.SUBJECT)),
          Map.entry(Vocabulary.HAS_CONSENT_STATUS, iri(TERM)),
          Map.entry(Vocabulary.HAS_LEGAL_BASIS, iri(TERM).or(iri(BASIS))),
          Map.entry(Vocabulary.HAS_PURPOSE, iri(TERM)),
          Map.entry(Vocabulary.HAS_RECIPIENT, PiiGuard::isRecipient),
          Map.entry(Vocabulary.INDICATED_AT, literal(XSDDatatype.XSDdateTime, 35)),
          Map.entry(Vocabulary.INDICATED_BY, iri(TERM)),
          Map.entry(Vocabulary.INDICATION_METHOD, iri(Urns.METHOD)),
          Map.entry(Vocabulary.HAS_NOTICE, iri(Urns.NOTICE)),
          Map.entry(Vocabulary.HAS_DURATION, iri(Urns.DURATION)),
          Map.entry(Vocabulary.HAS_PROCESSING, iri(TERM)),
          Map.entry(Vocabulary.HAS_PERSONAL_DATA, iri(TERM)),
          Map.entry(Vocabulary.ASSOCIATED_WITH, iri(Urns.APP)),
          Map.entry(Vocabulary.STARTED_AT, literal(XSDDatatype.XSDdateTime, 35)),
          Map.entry(Vocabulary.ENDED_AT, literal(XSDDatatype.XSDdateTime, 35)),
          Map.entry(Vocabulary.DERIVED_FROM, iri(Urns.COLLECTION)),
          Map.entry(
              Vocabulary.QUALIFIED_ASSOCIATION,
              iri(Urns.ASSOCIATION).or(iri(Urns.ACCESS_ASSOCIATION))),
          Map.entry(Vocabulary.BY_AGENT, iri(Urns.APP)),
          Map.entry(Vocabulary.HAD_PLAN, iri(Urns.RULE).or(iri(Urns.POLICY))),
          Map.entry(Vocabulary.DECISION, iri(Urns.DECISION)),
          Map.entry(Vocabulary.SIZE_BEFORE, number()),
          Map.entry(Vocabulary.SIZE, number()),
          Map.entry(Vocabulary.ROOT, PiiGuard::isRoot),
          Map.entry(Vocabulary.INVALIDATED_BY, iri(Urns.REMOVAL)),
          Map.entry(Vocabulary.GENERATED_BY, iri(Urns.BATCH)));

  private PiiGuard() {}

  /**
   * Checks a graph.
   *
   * @throws PiiRefused if its name, or a part of one of its triples, is of no known form
   */
  static void check(Node name, Iterable<Triple> triples) {
    if (!GRAPHS.test(name)) {
      throw new PiiRefused(
          "A graph is named after a customer, a batch, a release, a removal or an hour");
    }
    triples.forEach(PiiGuard::check);
  }

  private static void check(Triple triple) {
    if (!SUBJECTS.test(triple.getSubject())) {
      throw new PiiRefused("The subject of a triple is of no known form");
    }
    Predicate<Node> object =
        Optional.of(triple.getPredicate())
            .filter(Node::isURI)
            .map(predicate -> OBJECTS.get(predicate.getURI()))
            .orElseThrow(() -> new PiiRefused("A property is not on the list"));
    if (!object.test(triple.getObject())) {
      throw new PiiRefused("The object of " + triple.getPredicate() + " is not of its form");
    }
  }

  private static Predicate<Node> iri(Pattern form) {
    return node -> node.isURI() && form.matcher(node.getURI()).matches();
  }

  private static Predicate<Node> number() {
    return literal(XSDDatatype.XSDinteger, 19);
  }

  private static Predicate<Node> literal(RDFDatatype type, int length) {
    return node ->
        node.isLiteral()
            && node.getLiteralDatatype().equals(type)
            && node.getLiteralLexicalForm().length() <= length
            && type.isValid(node.getLiteralLexicalForm());
  }

  private static boolean isRoot(Node node) {
    return literal(XSDDatatype.XSDbase64Binary, 44).test(node)
        && HASH.matcher(node.getLiteralLexicalForm()).matches();
  }

  private static boolean isRecipient(Node node) {
    return iri(Urns.APP).test(node) || node.isURI() && node.getURI().equals(Vocabulary.ANYONE);
  }
}
