package io.contextkeep.vault.accountability;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.AffectedTrail;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.vault.accountability.Affected.Incident;
import io.contextkeep.vault.accountability.Affected.One;
import io.contextkeep.vault.accountability.Affected.Summary;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Accept;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Csv;
import io.contextkeep.vault.web.HtmlPage;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Times;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVPrinter;

/**
 * Who was affected by a breach, written while it is found. It names pseudonyms: to tell the
 * customers, an app that is registered for that purpose asks for their addresses by these, through
 * the gate.
 */
final class AffectedApi implements Routes.Api {
  private static final List<String> TYPES =
      List.of(Media.LINES, Media.CSV, HtmlPage.TYPE, Media.TURTLE);

  private static final String[] COLUMNS = {
    "subject", "reads", "readCategories", "first", "last", "held", "heldCategories"
  };
  private static final List<String> HEADINGS =
      List.of(
          "Pseudonym",
          "Reads",
          "Categories read",
          "First",
          "Last",
          "Values held",
          "Categories held");

  private static final int MOST_NAMED = 100;
  private static final String CODE = "[A-Za-z0-9._:-]{1,64}";

  /** A search goes through the whole log. */
  private static final int AT_ONCE = 2;

  private final Affected affected;
  private final AuditorAccessLog looks;
  private final Semaphore places = new Semaphore(AT_ONCE);

  AffectedApi(Affected affected, AuditorAccessLog looks) {
    this.affected = affected;
    this.looks = looks;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .as(Role.AUDITOR)
        .on(HttpMethod.POST, "/v1/audit/affected", Media.JSON_BODY.giving(TYPES), this::affected);
  }

  Answer affected(Request request) {
    request.onlyQuery();
    Incident incident = incident(Json.object(request.body()));
    String type = Accept.choose(request.header("Accept"), TYPES);
    if (!places.tryAcquire()) {
      throw new Problem(503, "overloaded", "Two searches are being made; try again later");
    }
    try {
      looks.record(request, "affected", facts(incident));
      return Answer.streamed(
          Media.sent(type),
          type.equals(HtmlPage.TYPE)
              ? Map.of("Content-Security-Policy", HtmlPage.POLICY)
              : Map.of(),
          new Search(type, incident));
    } catch (RuntimeException | Error e) {
      places.release();
      throw e;
    }
  }

  private static Incident incident(JsonNode body) {
    Json.only(body, Set.of("from", "to", "app", "actor", "categories", "source", "batches"));
    Instant from = Times.parse("The field 'from'", Json.text(body, "from", 40));
    Instant to = Times.parse("The field 'to'", Json.text(body, "to", 40));
    if (!from.isBefore(to)) {
      throw Problem.badRequest("invalid_period", "The field 'to' is after 'from'");
    }
    Optional<String> app = code(body, "app");
    Optional<String> actor = code(body, "actor");
    if (app.isPresent() && actor.isPresent()) {
      throw Problem.badRequest("invalid_field", "Send the field 'app' or the field 'actor'");
    }
    Set<String> categories = categories(body);
    Optional<String> source = code(body, "source");
    Set<String> batches = new TreeSet<>(texts(body, "batches"));
    boolean held = !categories.isEmpty() || source.isPresent() || !batches.isEmpty();
    boolean reads = app.isPresent() || actor.isPresent();
    if (!held && !reads) {
      throw Problem.badRequest(
          "missing_field",
          "Name who read by 'app' or 'actor', or what was held by 'categories', 'source' or"
              + " 'batches'");
    }
    return new Incident(from, to, app, actor, categories, source, batches, reads, held);
  }

  private static Optional<String> code(JsonNode body, String field) {
    Optional<String> code = Json.optionalText(body, field, 64);
    if (code.filter(text -> !text.matches(CODE)).isPresent()) {
      throw Problem.badRequest("invalid_field", "The field '" + field + "' must match " + CODE);
    }
    return code;
  }

  private static List<String> texts(JsonNode body, String field) {
    return body.has(field) ? Json.texts(body, field, MOST_NAMED) : List.of();
  }

  private static Set<String> categories(JsonNode body) {
    Set<String> categories = new TreeSet<>();
    for (String text : texts(body, "categories")) {
      categories.add(
          DataCategory.parse(text)
              .orElseThrow(
                  () -> Problem.badRequest("unknown_category", "A category is no DPV 2.3 term"))
              .curie());
    }
    return categories;
  }

  private static Map<String, Object> facts(Incident incident) {
    Map<String, Object> facts = new TreeMap<>();
    facts.put("fromTime", incident.from().toString());
    facts.put("toTime", incident.to().toString());
    incident.app().or(incident::actor).ifPresent(who -> facts.put("target", who));
    incident.source().ifPresent(source -> facts.put("source", source));
    if (!incident.batches().isEmpty()) {
      facts.put("batches", incident.batches().size());
    }
    if (!incident.categories().isEmpty()) {
      facts.put("categoriesNamed", incident.categories().size());
    }
    return facts;
  }

  /** One search, which has its place until it is sent. */
  private final class Search implements Answer.Stream {
    private final String type;
    private final Incident incident;

    Search(String type, Incident incident) {
      this.type = type;
      this.incident = incident;
    }

    @Override
    public void end() {
      places.release();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      switch (type) {
        case Media.CSV -> csv(out);
        case HtmlPage.TYPE -> page(out);
        case Media.TURTLE -> trail(out);
        default -> lines(out);
      }
    }

    private void lines(OutputStream out) throws IOException {
      Summary summary = affected.run(incident, one -> line(out, json(one)));
      ObjectNode last = Json.MAPPER.createObjectNode();
      last.set("summary", json(summary));
      line(out, last);
    }

    private void csv(OutputStream out) throws IOException {
      Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
      CSVPrinter csv = Csv.to(text, COLUMNS);
      affected.run(incident, one -> Csv.row(csv, COLUMNS, cells(one)));
      text.flush();
    }

    private void trail(OutputStream out) throws IOException {
      try (AffectedTrail trail = AffectedTrail.to(out, incident.from(), incident.to())) {
        Summary summary =
            affected.run(
                incident, one -> trail.write(one.subject(), one.read(), one.heldCategories()));
        trail.total(summary.customers(), summary.unnamed());
      }
    }

    private void page(OutputStream out) throws IOException {
      AtomicReference<Optional<Summary>> summary = new AtomicReference<>(Optional.empty());
      new HtmlPage(
              "Who was affected",
              List.of(
                  "From " + incident.from() + " until before " + incident.to() + ".",
                  "Customers are named by pseudonyms of this vault. The app that tells them asks"
                      + " for their addresses by vault_pseudonym: and the pseudonym, through the"
                      + " gate."),
              List.of(
                  HtmlPage.Table.of(
                      "Customers",
                      HEADINGS,
                      rows ->
                          summary.set(
                              Optional.of(affected.run(incident, one -> rows.row(row(one))))))),
              () -> List.of(summed(summary.get().orElseThrow())))
          .writeTo(out);
    }
  }

  private static List<String> row(One one) {
    Map<String, String> cells = cells(one);
    return Stream.of(COLUMNS).map(column -> cells.getOrDefault(column, "")).toList();
  }

  private static HtmlPage.Section summed(Summary summary) {
    SequencedMap<String, List<String>> facts = new LinkedHashMap<>();
    json(summary)
        .properties()
        .forEach(
            fact ->
                facts.put(
                    fact.getKey(),
                    fact.getValue().isArray()
                        ? fact.getValue().valueStream().map(JsonNode::asText).toList()
                        : List.of(fact.getValue().asText())));
    return new HtmlPage.Section("For the authority's form", "In numbers", facts);
  }

  private static void line(OutputStream out, ObjectNode json) throws IOException {
    write(out, json + "\n");
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode json(One one) {
    ObjectNode node =
        Json.MAPPER
            .createObjectNode()
            .put("subject", one.subject().toString())
            .put("reads", one.reads());
    Json.put(node, "readCategories", one.read());
    one.first().ifPresent(first -> node.put("first", first.toString()));
    one.last().ifPresent(last -> node.put("last", last.toString()));
    Json.put(node.put("held", one.held()), "heldCategories", one.heldCategories());
    return node;
  }

  private static ObjectNode json(Summary summary) {
    ObjectNode node =
        Json.MAPPER
            .createObjectNode()
            .put("customers", summary.customers())
            .put("customersRead", summary.customersRead())
            .put("customersHeld", summary.customersHeld())
            .put("reads", summary.reads())
            .put("readsOfErased", summary.unnamed())
            .put("wholeLog", summary.wholeLog());
    summary.first().ifPresent(first -> node.put("first", first.toString()));
    summary.last().ifPresent(last -> node.put("last", last.toString()));
    Json.put(node, "categories", summary.categories());
    return node;
  }

  private static Map<String, String> cells(One one) {
    Map<String, String> cells = new TreeMap<>();
    cells.put("subject", one.subject().toString());
    cells.put("reads", Long.toString(one.reads()));
    cells.put("readCategories", String.join(" ", one.read()));
    one.first().ifPresent(first -> cells.put("first", first.toString()));
    one.last().ifPresent(last -> cells.put("last", last.toString()));
    cells.put("held", Long.toString(one.held()));
    cells.put("heldCategories", String.join(" ", one.heldCategories()));
    return cells;
  }
}
