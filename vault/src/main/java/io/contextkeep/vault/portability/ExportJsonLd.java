package io.contextkeep.vault.portability;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.vault.web.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An export as JSON-LD 1.1: a schema.org Person with DPV personal data, each typed by its category
 * and by whether the person provided it or a system observed it. The context is inline, so that it
 * can be read without fetching anything.
 */
final class ExportJsonLd {
  private static final JsonNode CONTEXT = context();

  /** The categories for which schema.org has a property of a Person of the same meaning. */
  private static final Map<String, String> PERSON =
      Map.of(
          "pd:EmailAddress", "schema:email",
          "pd:TelephoneNumber", "schema:telephone",
          "pd:Name", "schema:name",
          "pd:BirthDate", "schema:birthDate",
          "pd:Gender", "schema:gender",
          "pd:Nationality", "schema:nationality",
          "pd:Language", "schema:knowsLanguage");

  private ExportJsonLd() {}

  static byte[] write(Export export) {
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.set("@context", CONTEXT);
    root.put("@id", "urn:uuid:" + export.id());
    root.put("@type", "Export");
    root.put("at", export.at().toString());
    root.set("about", person(export));
    root.put("restricted", export.restricted());
    ArrayNode objections = root.putArray("objections");
    export
        .objections()
        .forEach(
            o -> objections.addObject().put("purpose", o.purpose()).put("at", o.at().toString()));
    ArrayNode consents = root.putArray("consents");
    export.consents().forEach(consent -> consents.add(consent(consent)));
    ArrayNode accesses = root.putArray("accesses");
    export.accesses().forEach(access -> accesses.add(access(access)));
    export.moreAccesses().ifPresent(more -> root.put("moreAccesses", more));
    export.next().ifPresent(next -> root.put("next", next));
    try {
      return Json.MAPPER.writeValueAsBytes(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("An export is not JSON", e);
    }
  }

  private static ObjectNode person(Export export) {
    ObjectNode person = Json.MAPPER.createObjectNode();
    person.put("@type", "schema:Person");
    ArrayNode identifiers = person.putArray("identifier");
    for (Export.Identifier identifier : export.identifiers()) {
      identifiers
          .addObject()
          .put("@type", "schema:PropertyValue")
          .put("propertyID", identifier.kind())
          .put("value", identifier.value());
    }
    ArrayNode data = person.putArray("personalData");
    for (Export.Item item : export.items()) {
      data.add(item(item));
      Optional.ofNullable(PERSON.get(item.category()))
          .filter(_ -> !item.isEvent() && item.value().isTextual())
          .ifPresent(property -> person.set(property, item.value()));
    }
    return person;
  }

  private static ObjectNode item(Export.Item item) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.putArray("@type").add(item.origin().curie()).add(item.category());
    node.put("kind", item.isEvent() ? "event" : "value");
    node.put("attribute", item.name());
    node.put("facet", item.facet());
    node.set("value", item.value());
    node.put("observed", item.observed());
    node.put("source", item.source());
    node.put("sourceName", item.sourceName());
    node.put("batch", item.batch());
    return node;
  }

  private static ObjectNode consent(ConsentEvent consent) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("@type", consent.explicit() ? "dpv:ExplicitlyExpressedConsent" : "dpv:Consent");
    node.put("status", consent.status().curie());
    node.put("purpose", consent.purpose().curie());
    node.put("recipient", consent.recipient());
    node.put("explicit", consent.explicit());
    node.put("notice", consent.noticeVersion());
    node.put("language", consent.language());
    node.put("method", consent.method());
    node.put("at", consent.at().toString());
    Optional.ofNullable(consent.expiresAt()).ifPresent(e -> node.put("expires", e.toString()));
    return node;
  }

  /** Writes an access. A purpose unknown to DPV was refused, and is not an IRI. */
  private static ObjectNode access(ObjectNode access) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("@type", "prov:Activity");
    node.put("index", access.path("index").longValue());
    node.put("action", access.path("type").asText());
    node.put("at", Instant.ofEpochMilli(access.path("time").longValue()).toString());
    for (String name : List.of("actor", "role", "decision", "reasons", "recipient")) {
      Optional.ofNullable(access.get(name)).ifPresent(value -> node.set(name, value));
    }
    for (String name : List.of("purpose", "basis", "categories")) {
      Optional.ofNullable(access.get(name))
          .filter(value -> value.isArray() || value.asText().contains(":"))
          .ifPresent(value -> node.set(name, value));
    }
    for (String name : List.of("asked", "released", "reason", "tcf", "gpp")) {
      Optional.ofNullable(access.path("details").get(name))
          .ifPresent(value -> node.set(name, value));
    }
    return node;
  }

  private static JsonNode context() {
    try (InputStream in =
        Objects.requireNonNull(ExportJsonLd.class.getResourceAsStream("export-context.json"))) {
      return Json.MAPPER.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("The export's context cannot be read", e);
    }
  }
}
