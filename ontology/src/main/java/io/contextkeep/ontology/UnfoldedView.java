package io.contextkeep.ontology;

import static org.apache.jena.graph.Node.ANY;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.jena.atlas.iterator.Iter;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.NodeFactory;
import org.apache.jena.sparql.core.DatasetGraph;
import org.apache.jena.sparql.core.Quad;

/**
 * The graphs of a store, with the statements of {@link FoldedConsents} as the triples that they
 * stand for. It may be used by one thread, within a transaction of the store.
 *
 * <p>What is known of a triple leads, by an index of the store, to the statements that may stand
 * for it. These are unfolded, and what was not asked for is left out.
 */
final class UnfoldedView extends ReadOnlyGraphs {
  private static final Node TYPE = NodeFactory.createURI(Vocabulary.TYPE);
  private static final Node RECORD = NodeFactory.createURI(Vocabulary.CONSENT_RECORD);
  private static final Node PLACE = NodeFactory.createURI(Vocabulary.PLACE);
  private static final Node DATA_SUBJECT = NodeFactory.createURI(Vocabulary.HAS_DATA_SUBJECT);
  private static final Node AT = NodeFactory.createURI(Vocabulary.INDICATED_AT);
  private static final Node HAS_DURATION = NodeFactory.createURI(Vocabulary.HAS_DURATION);
  private static final Node UNTIL_TIME = NodeFactory.createURI(Vocabulary.UNTIL_TIME);
  private static final Node VALUE = NodeFactory.createURI(Vocabulary.VALUE);

  /** The properties that every record has beside its wording. */
  private static final Set<Node> OF_RECORD = Set.of(TYPE, PLACE, DATA_SUBJECT, AT);

  /** The properties that come of a consent's end. */
  private static final Set<Node> OF_END = Set.of(TYPE, HAS_DURATION, VALUE);

  private final DatasetGraph store;

  /** A property with its object. */
  private record Said(Node property, Node object) {}

  private final Map<Node, List<Said>> wordings = new HashMap<>();

  /** The triples of one record. */
  private record Unfolded(Node graph, Node number, List<Quad> triples) {}

  /** The record that was looked up last: a query asks many things of one record in a row. */
  private Unfolded last = new Unfolded(ANY, ANY, List.of());

  UnfoldedView(DatasetGraph store) {
    this.store = store;
  }

  @Override
  protected Iterator<Quad> findInDftGraph(Node s, Node p, Node o) {
    return Iter.nullIterator();
  }

  @Override
  protected Iterator<Quad> findInAnyNamedGraphs(Node s, Node p, Node o) {
    return findInSpecificNamedGraph(ANY, s, p, o);
  }

  @Override
  protected Iterator<Quad> findInSpecificNamedGraph(Node g, Node s, Node p, Node o) {
    if (!s.isConcrete() && !p.isConcrete() && !o.isConcrete()) {
      return Iter.flatMap(
          stored(g, ANY, ANY, ANY),
          quad -> isFolded(quad) ? unfolded(quad).iterator() : Iter.singletonIterator(quad));
    }
    if (FoldedConsents.isOfStore(p)) {
      return Iter.nullIterator();
    }
    Iterator<Quad> plain = Iter.filter(stored(g, s, p, o), quad -> !isFolded(quad));
    Iterator<Quad> records =
        Iter.filter(records(g, s, p, o), quad -> is(quad, s, p, o) && is(quad.getGraph(), g));
    return Iter.concat(plain, records);
  }

  private Iterator<Quad> stored(Node g, Node s, Node p, Node o) {
    return Iter.filter(
        store.findNG(g, s, p, o), quad -> !quad.getGraph().equals(FoldedConsents.WORDINGS));
  }

  private static boolean isFolded(Quad quad) {
    return quad.getSubject().isLiteral();
  }

  private static boolean is(Quad quad, Node s, Node p, Node o) {
    return is(quad.getSubject(), s) && is(quad.getPredicate(), p) && is(quad.getObject(), o);
  }

  private static boolean is(Node node, Node asked) {
    return !asked.isConcrete() || asked.equals(node);
  }

  /** Returns triples of records, among them those that are asked for. Something must be known. */
  private Iterator<Quad> records(Node g, Node s, Node p, Node o) {
    if (s.isConcrete()) {
      return record(g, s);
    }
    if (g.isConcrete()) {
      return unfolded(Iter.filter(stored(g, ANY, ANY, ANY), quad -> mayTell(quad, p, o)));
    }
    if (!p.isConcrete()) {
      return Iter.flatMap(properties(), property -> told(property, o));
    }
    return told(p, o);
  }

  private Iterator<Quad> told(Node p, Node o) {
    boolean known = o.isConcrete();
    if (known && p.equals(DATA_SUBJECT)) {
      return records(o, ANY, p, o);
    }
    if (known && p.equals(HAS_DURATION)) {
      return record(ANY, o);
    }
    if (known && p.equals(PLACE)) {
      return o.isLiteral() ? unfolded(stored(ANY, o, ANY, ANY)) : Iter.nullIterator();
    }
    Node time = p.equals(AT) || p.equals(VALUE) ? o : ANY;
    return Iter.filter(
        unfolded(Iter.flatMap(statements(p, o), folded -> stored(ANY, ANY, folded, time))),
        quad -> is(quad, ANY, p, o));
  }

  /** Returns all properties of records. */
  private Iterator<Node> properties() {
    Set<Node> all = new LinkedHashSet<>(OF_RECORD);
    all.addAll(OF_END);
    for (Node wording : FoldedConsents.wordings(store)) {
      wording(wording).forEach(said -> all.add(said.property()));
    }
    return all.iterator();
  }

  /** Returns the properties of the statements that may stand for a triple. */
  private Iterator<Node> statements(Node p, Node o) {
    List<Node> statements = new ArrayList<>();
    if (OF_RECORD.contains(p)) {
      statements.addAll(FoldedConsents.wordings(store));
    } else {
      statements.addAll(FoldedConsents.wordings(store, p, o));
    }
    statements.add(FoldedConsents.UNTIL);
    statements.removeIf(statement -> !mayTell(statement, p, o));
    return statements.iterator();
  }

  private boolean mayTell(Quad quad, Node p, Node o) {
    return isFolded(quad) && mayTell(quad.getPredicate(), p, o);
  }

  private boolean mayTell(Node statement, Node p, Node o) {
    boolean isEnd = statement.equals(FoldedConsents.UNTIL);
    if (!p.isConcrete()) {
      return true;
    }
    if (p.equals(TYPE)) {
      return is(isEnd ? UNTIL_TIME : RECORD, o);
    }
    if (isEnd) {
      return OF_END.contains(p);
    }
    return OF_RECORD.contains(p)
        || wording(statement).stream()
            .anyMatch(said -> said.property().equals(p) && is(said.object(), o));
  }

  /** Returns the triples of a record, by its name or that of its duration. */
  private Iterator<Quad> record(Node g, Node name) {
    Optional<Node> number =
        Optional.of(name).filter(Node::isURI).map(Node::getURI).flatMap(FoldedConsents::numberIn);
    if (number.isEmpty()) {
      return Iter.nullIterator();
    }
    if (!last.graph().equals(g) || !last.number().equals(number.get())) {
      List<Quad> triples = Iter.toList(unfolded(stored(g, number.get(), ANY, ANY)));
      last = new Unfolded(g, number.get(), triples);
    }
    return last.triples().iterator();
  }

  private Iterator<Quad> unfolded(Iterator<Quad> folded) {
    return Iter.flatMap(Iter.filter(folded, UnfoldedView::isFolded), q -> unfolded(q).iterator());
  }

  /** Returns the triples that a statement stands for. */
  private List<Quad> unfolded(Quad folded) {
    Node customer = folded.getGraph();
    Node time = folded.getObject();
    String name = FoldedConsents.name(folded.getSubject());
    Node record = NodeFactory.createURI(name);
    if (folded.getPredicate().equals(FoldedConsents.UNTIL)) {
      Node duration = NodeFactory.createURI(Urns.duration(name));
      return List.of(
          Quad.create(customer, record, HAS_DURATION, duration),
          Quad.create(customer, duration, TYPE, UNTIL_TIME),
          Quad.create(customer, duration, VALUE, time));
    }
    List<Quad> triples = new ArrayList<>();
    triples.add(Quad.create(customer, record, TYPE, RECORD));
    triples.add(Quad.create(customer, record, PLACE, folded.getSubject()));
    triples.add(Quad.create(customer, record, DATA_SUBJECT, customer));
    triples.add(Quad.create(customer, record, AT, time));
    for (Said said : wording(folded.getPredicate())) {
      triples.add(Quad.create(customer, record, said.property(), said.object()));
    }
    return triples;
  }

  private List<Said> wording(Node name) {
    return wordings.computeIfAbsent(
        name,
        _ ->
            Iter.toList(
                Iter.map(
                    store.findNG(FoldedConsents.WORDINGS, name, ANY, ANY),
                    quad -> new Said(quad.getPredicate(), quad.getObject()))));
  }

  @Override
  public Iterator<Node> listGraphNodes() {
    return Iter.filter(store.listGraphNodes(), name -> !name.equals(FoldedConsents.WORDINGS));
  }

  @Override
  public boolean containsGraph(Node name) {
    return !name.equals(FoldedConsents.WORDINGS) && store.containsGraph(name);
  }
}
