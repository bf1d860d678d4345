package io.contextkeep.vault.rights;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditSearch;
import io.contextkeep.ontology.RequestState;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Csv;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Page;
import io.contextkeep.vault.web.Paged;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Range;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.csv.CSVPrinter;

/**
 * The requests that the vault cannot answer by itself, for operators, and the register of all
 * requests, for auditors. Neither shows the customer of a request, or any data.
 */
final class RequestDeskApi implements Routes.Api {
  private static final int MAX_REQUESTS = 1_000;
  private static final String[] FILTERS = {"state", "right", "clock", "dueUntil"};
  private static final String[] COLUMNS = {
    "id",
    "right",
    "term",
    "jurisdiction",
    "rules",
    "state",
    "made",
    "confirmBy",
    "confirmed",
    "due",
    "extended",
    "answered",
    "clock",
    "reason",
    "outcome",
    "evidence"
  };

  private final Db db;
  private final Cases cases;
  private final Casework casework;
  private final Customers customers;
  private final CustomerActions actions;
  private final AuditorAccessLog accessLog;
  private final InstantSource clock;

  RequestDeskApi(
      Db db,
      Cases cases,
      Casework casework,
      Customers customers,
      CustomerActions actions,
      AuditorAccessLog accessLog,
      InstantSource clock) {
    this.db = db;
    this.cases = cases;
    this.casework = casework;
    this.customers = customers;
    this.actions = actions;
    this.accessLog = accessLog;
    this.clock = clock;
  }

  private record Listed(List<ShownCase> requests, Optional<String> next) implements Paged {}

  /**
   * A step that an operator takes with a case.
   *
   * @param evidence the index of an entry of the log that shows the action
   * @param outcome the outcome of a review
   */
  private record StepToTake(
      RequestState state,
      Optional<@Text(max = 100, pattern = Json.CODE, expected = CODE) String> reason,
      Optional<@Range(min = 0) Long> evidence,
      Optional<@Text(max = 100, pattern = Json.CODE, expected = CODE) String> outcome) {
    static final String CODE = "a code such as eu-gdpr:JustificationA12Complexity";
  }

  @Override
  public void mount(Routes routes) {
    routes
        .route(GET, "/v1/requests")
        .as(Role.OPERATOR)
        .query(FILTERS)
        .paged()
        .handle(request -> Answer.ok(found(request)));
    routes.route(GET, "/v1/requests/:id").as(Role.OPERATOR).handle(this::one);
    routes
        .route(POST, "/v1/requests/:id/steps")
        .as(Role.OPERATOR)
        .body(StepToTake.class)
        .handle(this::step);
    routes
        .route(GET, "/v1/audit/requests")
        .as(Role.AUDITOR)
        .query(FILTERS)
        .paged()
        .giving(Media.JSON, Media.CSV)
        .handle(this::register);
  }

  private Answer one(Request request) {
    return Answer.ok(shown(db.inRead(c -> named(c, request))));
  }

  /** Shows the register, from which an auditor sees whether every request was answered in time. */
  private Answer register(Request request) {
    Listed found = found(request);
    accessLog.record(request, "requests");
    if (!request.type().equals(Media.CSV)) {
      return Answer.ok(found);
    }
    Answer table = Answer.text(Media.sent(Media.CSV), table(found.requests()));
    return found.next().map(next -> table.with(Map.of("Link", Paged.link(next)))).orElse(table);
  }

  private Listed found(Request request) {
    Cases.Filter filter =
        new Cases.Filter(
            request.word("state", RequestState.class),
            request.word("right", Right.class),
            request.word("clock", Clock.class),
            request.instant("dueUntil"));
    Page page = request.page(MAX_REQUESTS);
    Optional<String> after = page.after(RequestDeskApi::id);
    List<RightsCase> found =
        db.inRead(c -> cases.all(c, filter, after, page.limit(), clock.instant()));
    return new Listed(
        found.stream().map(this::shown).toList(),
        found.size() == page.limit()
            ? Optional.of(page.next(found.getLast().id()))
            : Optional.empty());
  }

  private static Optional<String> id(String text) {
    return Optional.of(text).filter(id -> id.matches("[0-9a-f]{32}"));
  }

  private static String table(List<ShownCase> found) {
    StringBuilder text = new StringBuilder();
    try {
      CSVPrinter csv = Csv.to(text, COLUMNS);
      for (ShownCase one : found) {
        Csv.row(csv, COLUMNS, cells(one));
      }
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> cells(ShownCase one) {
    JsonNode json = Json.MAPPER.valueToTree(one);
    Map<String, String> cells = new LinkedHashMap<>();
    json.properties().forEach(field -> cells.put(field.getKey(), field.getValue().asText()));
    for (JsonNode step : json.path("steps")) {
      if (step.path("state").asText().equals(RequestState.ACKNOWLEDGED.curie())) {
        cells.put("confirmed", step.path("at").asText());
      }
    }
    RightsCase.Step last = one.steps().getLast();
    last.reason().ifPresent(reason -> cells.put("reason", reason));
    last.evidence().ifPresent(shown -> cells.put("evidence", String.valueOf(shown.index())));
    return cells;
  }

  private Answer step(Request request, StepToTake step) {
    record Stepped(RightsCase made, Optional<SubjectId> erase) {}
    Stepped stepped =
        db.inWrite(
            c -> {
              RightsCase one = named(c, request);
              checkErasing(one);
              Casework.Note note =
                  new Casework.Note(
                      step.reason(), evidence(c, one, step.evidence()), step.outcome());
              RightsCase made = casework.decided(c, request.actor(), one, step.state(), note);
              Optional<SubjectId> erase = one.subject().filter(_ -> made.isBeingErased());
              if (erase.isPresent()) {
                customers.startErasing(c, erase.get());
              }
              return new Stepped(made, erase);
            });
    return stepped.erase().isPresent()
        ? erased(request, stepped.erase().get(), stepped.made())
        : Answer.ok(shown(stepped.made()));
  }

  /** Refuses where an erasure was begun: it ends by itself and cannot be refused any more. */
  private static void checkErasing(RightsCase one) {
    if (one.isBeingErased()) {
      throw new Problem(
          409, "being_erased", "The erasure was begun; the case ends by itself when it is done");
    }
  }

  private Answer erased(Request request, SubjectId subject, RightsCase accepted) {
    return actions.erased(request.id(), subject)
        ? Answer.ok(shown(db.inRead(c -> cases.find(c, accepted.id())).orElseThrow()))
        : Answer.json(202, shown(accepted));
  }

  /** Returns the entry, unless it is about another customer: then it looks like no entry. */
  private Optional<RightsCase.Evidence> evidence(Connection c, RightsCase one, Optional<Long> index)
      throws SQLException {
    if (index.isEmpty() || cases.isAboutAnother(c, index.get(), one)) {
      return Optional.empty();
    }
    return AuditSearch.oldest(c, AuditQuery.ALL, index.get(), index.get() + 1, 1).stream()
        .findFirst()
        .map(row -> new RightsCase.Evidence(row.index(), row.leafHash()));
  }

  private RightsCase named(Connection c, Request request) throws SQLException {
    return cases
        .find(c, request.path("id"))
        .orElseThrow(
            () ->
                new Problem(
                    404, "no_such_request", "No request has this id; GET /v1/requests lists them"));
  }

  private ShownCase shown(RightsCase one) {
    return ShownCase.of(one, clock.instant());
  }
}
