package io.contextkeep.vault.lineage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.web.Json;

/** A lineage as JSON, with the same in plain words. */
final class LineageJson {
  private LineageJson() {}

  static ObjectNode of(Lineage lineage, Uses uses) {
    ObjectNode body =
        switch (lineage) {
          case Lineage.OfValue value -> value(value);
          case Lineage.OfEvents events -> events(events);
        };
    ArrayNode reads = body.putArray("reads");
    uses.uses().forEach(use -> reads.add(use(use)));
    uses.prunedTo().ifPresent(number -> body.put("prunedTo", number));
    if (uses.more()) {
      body.put("olderReads", "/v1/me/accesses");
    }
    LineageWords.of(lineage, uses).forEach(body.putArray("explanation")::add);
    return body;
  }

  private static ObjectNode value(Lineage.OfValue value) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("attribute", value.attribute().name())
        .put("kind", "value")
        .put("category", value.attribute().category().curie())
        .put("origin", value.origin().curie())
        .put("version", value.version())
        .put("observed", value.observed().toString());
    node.set("source", source(value.source()));
    ObjectNode written = node.putObject("written").put("id", value.writing().id());
    value.writing().began().ifPresent(at -> written.put("began", at.toString()));
    value.writing().ended().ifPresent(at -> written.put("ended", at.toString()));
    node.put("keptUntil", value.keptUntil().toString());
    value.derivation().ifPresent(derivation -> node.set("derivation", derivation(derivation)));
    return node;
  }

  private static ObjectNode source(Lineage.Source source) {
    return Json.MAPPER
        .createObjectNode()
        .put("id", source.id())
        .put("name", source.name())
        .put("type", source.curie());
  }

  private static ObjectNode derivation(Lineage.Derivation derivation) {
    ObjectNode node = Json.MAPPER.createObjectNode().put("rule", derivation.rule());
    ArrayNode from = node.putArray("from");
    derivation.inputs().forEach(input -> from.add(input(input)));
    ArrayNode clauses = node.putArray("allowedBy");
    for (var clause : derivation.clauses()) {
      ArrayNode grounds = clauses.addArray();
      clause.forEach(ground -> grounds.add(ground(ground)));
    }
    return node;
  }

  private static ObjectNode input(Lineage.Input input) {
    ObjectNode node =
        Json.MAPPER
            .createObjectNode()
            .put("attribute", input.attribute())
            .put("direct", input.used().isPresent());
    input
        .used()
        .ifPresent(
            used -> {
              node.put("version", used.version())
                  .put("observed", used.observed().toString())
                  .put("batch", used.batch());
              node.set("source", source(used.source()));
            });
    input.lineage().ifPresent(lineage -> node.set("lineage", value(lineage)));
    return node;
  }

  private static ObjectNode ground(Lineage.Ground ground) {
    ObjectNode node =
        Json.MAPPER
            .createObjectNode()
            .put("purpose", ground.purpose())
            .put("label", ground.label())
            .put("app", ground.app().id())
            .put("basis", ground.basis());
    ground
        .consent()
        .ifPresent(
            consent ->
                node.putObject("consent")
                    .put("event", consent.event())
                    .put("at", consent.at().toString())
                    .put("notice", consent.notice())
                    .put("language", consent.language()));
    return node;
  }

  private static ObjectNode events(Lineage.OfEvents events) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("attribute", events.attribute().name())
        .put("kind", "event")
        .put("category", events.attribute().category().curie())
        .put("keptDays", events.attribute().retention().toDays());
    ArrayNode sources = node.putArray("sources");
    for (Lineage.Some some : events.events()) {
      ObjectNode one =
          sources
              .addObject()
              .put("events", some.count())
              .put("first", some.first().toString())
              .put("last", some.last().toString());
      one.set("source", source(some.source()));
    }
    return node;
  }

  private static ObjectNode use(Uses.Use use) {
    ObjectNode node =
        Json.MAPPER
            .createObjectNode()
            .put("app", use.app().id())
            .put("name", use.app().name())
            .put("purpose", use.purpose())
            .put("basis", use.basis())
            .put("count", use.count())
            .put("first", use.first().toString())
            .put("last", use.last().toString());
    use.entries().forEach(node.putArray("entries")::add);
    return node;
  }
}
