package io.contextkeep.ontology;

import java.time.Instant;
import java.util.Collection;
import org.apache.jena.datatypes.xsd.XSDDatatype;

/**
 * Consent events in RDF with DPV 2.3, each as a {@code dpv:ConsentRecord}, in one graph for each
 * customer. The fields are those of the event section of the DPV profile of ISO/IEC TS 27560. Equal
 * events always give equal triples.
 *
 * <p>A record that allows nothing has no legal basis.
 */
public final class ConsentGraph {

  private ConsentGraph() {}

  /** Returns the customer's graph with these events. */
  public static NamedGraph of(SubjectId subject, Collection<ConsentEvent> events) {
    NamedGraph graph = new NamedGraph(Urns.subject(subject));
    for (ConsentEvent event : events) {
      if (!event.subject().equals(subject)) {
        throw new IllegalArgumentException("A graph holds the events of one customer");
      }
      add(graph, event);
    }
    return graph;
  }

  private static void add(NamedGraph graph, ConsentEvent event) {
    String consent = Urns.consent(event);
    graph
        .add(consent, Vocabulary.TYPE, Vocabulary.CONSENT_RECORD)
        .add(consent, Vocabulary.PLACE, event.id())
        .add(consent, Vocabulary.HAS_DATA_SUBJECT, Urns.subject(event.subject()))
        .add(consent, Vocabulary.INDICATED_AT, event.at());
    addWording(graph, consent, event);
    Instant expires = event.expiresAt();
    if (expires != null) {
      String duration = Urns.duration(event);
      graph
          .add(consent, Vocabulary.HAS_DURATION, duration)
          .add(duration, Vocabulary.TYPE, Vocabulary.UNTIL_TIME)
          .add(duration, Vocabulary.VALUE, expires);
    }
  }

  /** Adds what the record of an event has in common with the records of others. */
  static void addWording(NamedGraph graph, String name, ConsentEvent event) {
    graph
        .add(name, Vocabulary.HAS_CONSENT_STATUS, event.status().iri())
        .add(name, Vocabulary.HAS_PURPOSE, event.purpose().iri())
        .add(name, Vocabulary.HAS_RECIPIENT, Urns.recipient(event))
        .add(name, Vocabulary.INDICATED_BY, event.by().iri())
        .add(name, Vocabulary.INDICATION_METHOD, Urns.method(event))
        .add(name, Vocabulary.HAS_NOTICE, Urns.notice(event))
        .add(name, Vocabulary.LANGUAGE, event.language(), XSDDatatype.XSDlanguage);
    if (event.status().allows()) {
      graph.add(name, Vocabulary.HAS_LEGAL_BASIS, Vocabulary.consent(event.explicit()));
    }
  }
}
