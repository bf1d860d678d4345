package io.contextkeep.vault.lineage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.Contexts;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.ontology.Urns;
import io.contextkeep.vault.web.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A lineage as JSON-LD 1.1 in the terms of PROV-O and DPV, with an inline context. Every node has
 * an id made of codes and numbers; the names of services are only in the JSON form.
 */
final class LineageDocument {
  private static final JsonNode CONTEXT =
      Json.object(Contexts.lineage().getBytes(StandardCharsets.UTF_8)).get("@context");

  private final SubjectId subject;

  private LineageDocument(SubjectId subject) {
    this.subject = subject;
  }

  static ObjectNode of(SubjectId subject, Lineage lineage, Uses uses) {
    LineageDocument document = new LineageDocument(subject);
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.set("@context", CONTEXT);
    String id =
        switch (lineage) {
          case Lineage.OfValue value -> document.value(root, value);
          case Lineage.OfEvents events -> document.events(root, events);
        };
    ArrayNode reads = root.putArray("usedBy");
    for (int i = 0; i < uses.uses().size(); i++) {
      document.use(reads.addObject(), id + ":use:" + i, uses.uses().get(i));
    }
    return root;
  }

  private String value(ObjectNode node, Lineage.OfValue value) {
    String id = id(value.attribute().name(), value.version());
    node.put("id", id);
    node.putArray("type").add("Entity").add(value.origin().curie());
    node.put("category", value.attribute().category().curie())
        .put("dataSource", value.source().curie())
        .put("observed", value.observed().toString());
    node.putObject("storage")
        .put("id", id + ":storage")
        .put("type", "StorageDuration")
        .put("until", value.keptUntil().toString());
    ObjectNode writing =
        node.putObject("generatedBy")
            .put("id", "urn:contextkeep:batch:" + value.writing().id())
            .put("type", "Activity")
            .put("processing", processing(value.origin()))
            .put("agent", agent(value.source()));
    value.writing().began().ifPresent(at -> writing.put("startedAt", at.toString()));
    value.writing().ended().ifPresent(at -> writing.put("endedAt", at.toString()));
    value.derivation().ifPresent(derivation -> derivation(node, writing, id, value, derivation));
    return id;
  }

  private static String processing(Origin origin) {
    return switch (origin) {
      case COLLECTED, OBSERVED -> "dpv:Collect";
      case DERIVED -> "dpv:Derive";
      case INFERRED -> "dpv:Infer";
    };
  }

  private void derivation(
      ObjectNode node,
      ObjectNode writing,
      String id,
      Lineage.OfValue value,
      Lineage.Derivation derivation) {
    writing
        .putObject("association")
        .put("id", id + ":association")
        .put("type", "Association")
        .put("by", agent(value.source()))
        .put("plan", "urn:contextkeep:rule:" + derivation.rule());
    ArrayNode from = node.putArray("derivedFrom");
    derivation.inputs().forEach(input -> input(from.addObject(), input));
    ArrayNode clauses = node.putArray("allowedBy");
    for (int i = 0; i < derivation.clauses().size(); i++) {
      clause(clauses.addObject(), id + ":clause:" + i, derivation.clauses().get(i));
    }
  }

  private void input(ObjectNode node, Lineage.Input input) {
    if (input.lineage().isPresent()) {
      value(node, input.lineage().get());
      return;
    }
    node.put(
            "id",
            input
                .used()
                .map(used -> id(input.attribute(), used.version()))
                .orElse("urn:contextkeep:value:" + subject + ":" + input.attribute()))
        .put("type", "Entity");
    input
        .used()
        .ifPresent(
            used ->
                node.put("dataSource", used.source().curie())
                    .put("observed", used.observed().toString()));
  }

  private static void clause(ObjectNode node, String id, List<Lineage.Ground> grounds) {
    node.put("id", id).put("type", "Clause");
    ArrayNode all = node.putArray("ground");
    for (int i = 0; i < grounds.size(); i++) {
      Lineage.Ground ground = grounds.get(i);
      ObjectNode one =
          all.addObject()
              .put("id", id + ":ground:" + i)
              .put("type", "Ground")
              .put("purpose", ground.purpose())
              .put("legalBasis", ground.basis())
              .put("recipient", Urns.app(ground.app().id()));
      ground
          .consent()
          .ifPresent(
              consent ->
                  one.put("consent", "urn:contextkeep:consent:" + consent.event())
                      .put("notice", "urn:contextkeep:notice:" + consent.notice()));
    }
  }

  private String events(ObjectNode node, Lineage.OfEvents events) {
    String id = "urn:contextkeep:value:" + subject + ":" + events.attribute().name();
    node.put("id", id);
    node.putArray("type").add("Entity").add("Collection");
    node.put("category", events.attribute().category().curie());
    ArrayNode members = node.putArray("member");
    for (int i = 0; i < events.sources().size(); i++) {
      Lineage.SourceSummary summary = events.sources().get(i);
      ObjectNode one = members.addObject().put("id", id + ":source:" + i);
      one.putArray("type").add("Entity").add("Collection");
      one.put("category", events.attribute().category().curie())
          .put("dataSource", summary.source().curie())
          .put("attributedTo", agent(summary.source()))
          .put("count", summary.count())
          .put("first", summary.first().toString())
          .put("observed", summary.last().toString());
    }
    return id;
  }

  private void use(ObjectNode node, String id, Uses.Use use) {
    node.put("id", id)
        .put("type", "Activity")
        .put("processing", "dpv:Retrieve")
        .put("agent", agent(use.app()))
        .put("purpose", use.purpose());
    if (!use.basis().isEmpty()) {
      node.put("legalBasis", use.basis());
    }
    node.put("count", use.count())
        .put("startedAt", use.first().toString())
        .put("endedAt", use.last().toString());
    ArrayNode entries = node.putArray("entry");
    use.entries().forEach(index -> entries.add("urn:contextkeep:entry:" + index));
  }

  private String id(String attribute, long version) {
    return "urn:contextkeep:value:" + subject + ":" + attribute + ":" + version;
  }

  private String agent(Lineage.Source source) {
    return source.isCustomer() ? Urns.subject(subject) : Urns.app(source.id());
  }
}
