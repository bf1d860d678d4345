package io.contextkeep.vault.accountability;

import static io.vertx.core.http.HttpMethod.POST;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.AffectedTrail;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.vault.accountability.Affected.Incident;
import io.contextkeep.vault.accountability.Affected.One;
import io.contextkeep.vault.accountability.Affected.Summary;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Csv;
import io.contextkeep.vault.web.HtmlPage;
import io.contextkeep.vault.web.InvalidField;
import io.contextkeep.vault.web.Items;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Text;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVPrinter;

/**
 * The customers affected by a breach, written while they are found, by their pseudonyms. To notify
 * the customers, an app that is registered for that purpose asks for their addresses by these
 * pseudonyms, through the gate.
 */
final class AffectedApi implements Routes.Api {
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

  private static final int MAX_NAMED = 100;
  private static final String CODE = "[A-Za-z0-9._:-]{1,64}";
  private static final String EXPECTED = "up to 64 letters, digits, dots, colons, '_' or '-'";

  /** Few, because a search reads the whole log. */
  private static final int MAX_SEARCHES = 2;

  private final Affected affected;
  private final AuditorAccessLog looks;
  private final Semaphore permits = new Semaphore(MAX_SEARCHES);

  AffectedApi(Affected affected, AuditorAccessLog looks) {
    this.affected = affected;
    this.looks = looks;
  }

  /**
   * An incident as auditors describe it.
   *
   * @param app an app that read
   * @param actor an actor who read, in any role
   * @param categories categories of data that was held or read
   * @param source the source of data that was held
   * @param batches batches of data that was held
   */
  private record IncidentRequest(
      Instant from,
      Instant until,
      Optional<@Text(max = 64, pattern = CODE, expected = EXPECTED) String> app,
      Optional<@Text(max = 64, pattern = CODE, expected = EXPECTED) String> actor,
      Optional<@Items(max = MAX_NAMED) List<DataCategory>> categories,
      Optional<@Text(max = 64, pattern = CODE, expected = EXPECTED) String> source,
      Optional<@Items(max = MAX_NAMED) List<@Text(max = 200) String>> batches) {
    IncidentRequest {
      if (app.isPresent() && actor.isPresent()) {
        throw InvalidField.of("actor", "must not be sent with 'app'");
      }
    }

    Incident incident() {
      Set<String> curies =
          categories.orElse(List.of()).stream()
              .map(DataCategory::curie)
              .collect(Collectors.toCollection(TreeSet::new));
      Set<String> named = new TreeSet<>(batches.orElse(List.of()));
      boolean held = !curies.isEmpty() || source.isPresent() || !named.isEmpty();
      boolean reads = app.isPresent() || actor.isPresent();
      return new Incident(from, until, app, actor, curies, source, named, reads, held);
    }
  }

  /** A customer who was affected. */
  private record Line(
      String subject,
      long reads,
      Set<String> readCategories,
      Optional<Instant> first,
      Optional<Instant> last,
      long held,
      Set<String> heldCategories) {

    static Line of(One one) {
      return new Line(
          one.subject().toString(),
          one.reads(),
          one.read(),
          one.first(),
          one.last(),
          one.held(),
          one.heldCategories());
    }
  }

  private record LastLine(Total summary) {}

  private record Total(
      long customers,
      long customersRead,
      long customersHeld,
      long reads,
      long readsOfErased,
      boolean wholeLog,
      Optional<Instant> first,
      Optional<Instant> last,
      Set<String> categories) {

    static Total of(Summary summary) {
      return new Total(
          summary.customers(),
          summary.customersRead(),
          summary.customersHeld(),
          summary.reads(),
          summary.unnamed(),
          summary.wholeLog(),
          summary.first(),
          summary.last(),
          summary.categories());
    }
  }

  @Override
  public void mount(Routes routes) {
    routes
        .route(POST, "/v1/audit/affected")
        .as(Role.AUDITOR)
        .giving(Media.LINES, Media.CSV, HtmlPage.TYPE, Media.TURTLE)
        .body(IncidentRequest.class)
        .handle(this::affected);
  }

  private Answer affected(Request request, IncidentRequest body) {
    Incident incident = body.incident();
    check(incident);
    String type = request.type();
    if (!permits.tryAcquire()) {
      throw new Problem(503, "overloaded", "Two searches are under way; try again later");
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
      permits.release();
      throw e;
    }
  }

  private static void check(Incident incident) {
    if (!incident.from().isBefore(incident.until())) {
      throw Problem.badRequest("invalid_period", "The field 'until' must be after 'from'");
    }
    if (!incident.held() && !incident.reads()) {
      throw Problem.badRequest(
          "missing_field",
          "Name who read by 'app' or 'actor', or what was held by 'categories', 'source' or"
              + " 'batches'");
    }
  }

  private static Map<String, Object> facts(Incident incident) {
    Map<String, Object> facts = new TreeMap<>();
    facts.put("fromTime", incident.from().toString());
    facts.put("toTime", incident.until().toString());
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

  /** A search, which holds a permit until its answer is sent. */
  private final class Search implements Answer.Stream {
    private final String type;
    private final Incident incident;

    Search(String type, Incident incident) {
      this.type = type;
      this.incident = incident;
    }

    @Override
    public void end() {
      permits.release();
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
      Summary summary = affected.run(incident, one -> line(out, Line.of(one)));
      line(out, new LastLine(Total.of(summary)));
    }

    private void csv(OutputStream out) throws IOException {
      Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
      CSVPrinter csv = Csv.to(text, COLUMNS);
      affected.run(incident, one -> Csv.row(csv, COLUMNS, cells(one)));
      text.flush();
    }

    private void trail(OutputStream out) throws IOException {
      try (AffectedTrail trail = AffectedTrail.to(out, incident.from(), incident.until())) {
        Summary summary =
            affected.run(
                incident, one -> trail.write(one.subject(), one.read(), one.heldCategories()));
        trail.total(summary.customers(), summary.unnamed());
      }
    }

    private void page(OutputStream out) throws IOException {
      AtomicReference<Optional<Summary>> summary = new AtomicReference<>(Optional.empty());
      new HtmlPage(
              "Customers affected by a breach",
              List.of(
                  "From " + incident.from() + " until before " + incident.until() + ".",
                  "Customers are named by pseudonyms of this vault. The app that notifies them asks"
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
    Json.MAPPER
        .<JsonNode>valueToTree(Total.of(summary))
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

  private static void line(OutputStream out, Record line) throws IOException {
    write(out, Json.MAPPER.writeValueAsString(line) + "\n");
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
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
