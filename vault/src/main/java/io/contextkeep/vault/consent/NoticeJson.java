package io.contextkeep.vault.consent;

import static io.contextkeep.ontology.records.Notice.Particulars.DATA_SOURCES;
import static io.contextkeep.ontology.records.Notice.Particulars.NECESSITIES;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.Urns;
import io.contextkeep.ontology.records.Notice;
import io.contextkeep.ontology.records.Party;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/** The stored form of a notice in JSON. */
final class NoticeJson {
  private static final String APP = Urns.app("");
  private static final String CONTROLLER = "urn:contextkeep:controller";
  private static final int MAX_ITEMS = 100;

  private NoticeJson() {}

  /**
   * Reads a notice.
   *
   * @throws IllegalArgumentException naming the field that is missing, unknown or wrong
   */
  public static Notice read(String id, int version, JsonNode json) {
    only(
        json,
        Set.of(
            "controller",
            "recipients",
            "purposes",
            "categories",
            "locations",
            "retention",
            "jurisdictions",
            "withdrawAt",
            "texts",
            "dataSources",
            "necessity",
            "authority"));
    JsonNode controller = json.path("controller");
    only(controller, Set.of("name", "address", "contact"));
    return new Notice(
        id,
        version,
        party(CONTROLLER, Party.Role.CONTROLLER, controller),
        list(json, "recipients", NoticeJson::recipient),
        sorted(json, "purposes", text -> Purpose.parse(text).orElseThrow(() -> wrong("purposes"))),
        sorted(
            json,
            "categories",
            text -> DataCategory.parse(text).orElseThrow(() -> wrong("categories"))),
        list(json, "locations", item -> text(item, "locations", 100)),
        text(json.path("retention"), "retention", 40),
        list(json, "jurisdictions", item -> text(item, "jurisdictions", 100)),
        URI.create(text(json.path("withdrawAt"), "withdrawAt", 500)),
        list(json, "texts", NoticeJson::text),
        particulars(json));
  }

  private static Notice.Particulars particulars(JsonNode json) {
    return new Notice.Particulars(
        json.has("dataSources")
            ? list(json, "dataSources", item -> term(item, "dataSources", DATA_SOURCES)).stream()
                .distinct()
                .toList()
            : List.of(),
        Optional.ofNullable(json.get("necessity"))
            .map(text -> term(text, "necessity", NECESSITIES)),
        Optional.ofNullable(json.get("authority")).map(NoticeJson::authority));
  }

  private static String term(JsonNode json, String field, Set<String> known) {
    String term = text(json, field, 100);
    if (!known.contains(term)) {
      throw new IllegalArgumentException(
          "The field '" + field + "' takes only " + new TreeSet<>(known));
    }
    return term;
  }

  private static Notice.Authority authority(JsonNode json) {
    only(json, Set.of("name", "address", "contact"));
    return new Notice.Authority(
        text(json.path("name"), "name", 200),
        text(json.path("address"), "address", 500),
        text(json.path("contact"), "contact", 200));
  }

  private static Party recipient(JsonNode json) {
    only(json, Set.of("app", "role", "name", "address", "contact"));
    String role = json.path("role").asText(Party.Role.RECIPIENT.code());
    return party(
        Urns.app(text(json.path("app"), "app", 63)),
        Party.Role.parse(role).orElseThrow(() -> wrong("role")),
        json);
  }

  private static Party party(String id, Party.Role role, JsonNode json) {
    return new Party(
        id,
        role,
        text(json.path("name"), "name", 200),
        text(json.path("address"), "address", 500),
        text(json.path("contact"), "contact", 200));
  }

  private static Notice.Text text(JsonNode json) {
    only(json, Set.of("language", "title", "body"));
    return new Notice.Text(
        text(json.path("language"), "language", 35),
        text(json.path("title"), "title", 300),
        text(json.path("body"), "body", 100_000));
  }

  private static String text(JsonNode json, String field, int max) {
    if (!json.isTextual() || json.textValue().isBlank() || json.textValue().length() > max) {
      throw new IllegalArgumentException(
          "The field '" + field + "' must be a text of 1 to " + max + " characters");
    }
    return json.textValue();
  }

  private static <T> List<T> list(JsonNode json, String field, Function<JsonNode, T> item) {
    JsonNode array = json.path(field);
    if (!array.isArray() || array.isEmpty() || array.size() > MAX_ITEMS) {
      throw new IllegalArgumentException(
          "The field '" + field + "' must be a list of 1 to " + MAX_ITEMS + " items");
    }
    List<T> items = new ArrayList<>();
    array.forEach(node -> items.add(item.apply(node)));
    return List.copyOf(items);
  }

  private static <T> SortedSet<T> sorted(JsonNode json, String field, Function<String, T> item) {
    return new TreeSet<>(list(json, field, node -> item.apply(text(node, field, 200))));
  }

  private static void only(JsonNode json, Set<String> known) {
    if (!json.isObject()) {
      throw new IllegalArgumentException(
          "Expected an object with the fields " + new TreeSet<>(known));
    }
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw new IllegalArgumentException(
                    "Unknown field; the fields are " + new TreeSet<>(known));
              }
            });
  }

  private static IllegalArgumentException wrong(String field) {
    return new IllegalArgumentException(
        "The field '" + field + "' must be a term of the vocabulary");
  }

  /** Writes a notice as {@link #read} takes it. */
  public static ObjectNode write(Notice notice) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    party(json.putObject("controller"), notice.controller());
    notice
        .recipients()
        .forEach(
            recipient -> {
              ObjectNode node = json.withArray("recipients").addObject();
              node.put("app", recipient.id().substring(APP.length()));
              node.put("role", recipient.role().code());
              party(node, recipient);
            });
    texts(json, "purposes", notice.purposes().stream().map(Purpose::curie).toList());
    texts(json, "categories", notice.categories().stream().map(DataCategory::curie).toList());
    texts(json, "locations", notice.locations());
    json.put("retention", notice.retention());
    texts(json, "jurisdictions", notice.jurisdictions());
    json.put("withdrawAt", notice.withdrawAt().toString());
    notice
        .texts()
        .forEach(
            text ->
                json.withArray("texts")
                    .addObject()
                    .put("language", text.language())
                    .put("title", text.title())
                    .put("body", text.body()));
    particulars(json, notice.particulars());
    return json;
  }

  /** Writes only the given particulars, so that the stored notice has no others. */
  private static void particulars(ObjectNode json, Notice.Particulars given) {
    given.dataSources().forEach(source -> json.withArray("dataSources").add(source));
    given.necessity().ifPresent(necessity -> json.put("necessity", necessity));
    given
        .authority()
        .ifPresent(
            authority ->
                json.putObject("authority")
                    .put("name", authority.name())
                    .put("address", authority.address())
                    .put("contact", authority.contact()));
  }

  private static void party(ObjectNode json, Party party) {
    json.put("name", party.name()).put("address", party.address()).put("contact", party.contact());
  }

  private static void texts(ObjectNode json, String field, Collection<String> texts) {
    texts.forEach(json.withArray(field)::add);
  }
}
