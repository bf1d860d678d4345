package io.contextkeep.vault.consent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.Contexts;
import io.contextkeep.ontology.NamedGraph;
import io.contextkeep.ontology.Urns;
import io.contextkeep.ontology.Vocabulary;
import io.contextkeep.vault.web.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * The consent events of a customer as JSON-LD 1.1 with its context inside. The triples are those of
 * the customer's graph, written here by hand so that no request waits for an RDF library.
 */
final class ConsentDocument {
  private static final JsonNode CONTEXT =
      Json.object(Contexts.consent().getBytes(StandardCharsets.UTF_8)).get("@context");

  private ConsentDocument() {}

  static ObjectNode of(List<ConsentEvent> events) {
    ObjectNode document = Json.MAPPER.createObjectNode();
    document.set("@context", CONTEXT);
    ArrayNode records = document.putArray("@graph");
    events.forEach(event -> add(records.addObject(), event));
    return document;
  }

  private static void add(ObjectNode node, ConsentEvent event) {
    node.put("id", Urns.consent(event))
        .put("type", "ConsentRecord")
        .put("place", event.id())
        .put("dataSubject", Urns.subject(event.subject()))
        .put("status", event.status().curie())
        .put("purpose", event.purpose().curie())
        .put("recipient", Urns.recipient(event))
        .put("at", NamedGraph.lexical(event.at()))
        .put("by", event.by().curie())
        .put("method", Urns.method(event))
        .put("notice", Urns.notice(event))
        .put("language", event.language());
    if (event.status().allows()) {
      node.put("legalBasis", Vocabulary.consent(event.explicit()));
    }
    Instant expires = event.expiresAt();
    if (expires != null) {
      node.putObject("duration")
          .put("id", Urns.duration(event))
          .put("type", "UntilTimeDuration")
          .put("until", NamedGraph.lexical(expires));
    }
  }
}
