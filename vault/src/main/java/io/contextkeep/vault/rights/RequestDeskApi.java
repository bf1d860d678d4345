package io.contextkeep.vault.rights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditSearch;
import io.contextkeep.ontology.RequestState;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Accept;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Csv;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Times;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.commons.csv.CSVPrinter;

/**
 * The desk where operators answer what the vault could not answer by itself, and the register that
 * auditors see. Neither shows whose a request is, or anything that is held.
 */
final class RequestDeskApi implements Routes.Api {
  private static final int MOST = 1_000;
  private static final List<String> FORMS = List.of(Media.JSON, Media.CSV);
  private static final String[] FILTERS = {
    "state", "right", "clock", "dueBefore", "after", "limit"
  };
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
  private final CustomerActions acts;
  private final AuditorAccessLog looks;
  private final InstantSource clock;

  RequestDeskApi(
      Db db,
      Cases cases,
      Casework casework,
      Customers customers,
      CustomerActions acts,
      AuditorAccessLog looks,
      InstantSource clock) {
    this.db = db;
    this.cases = cases;
    this.casework = casework;
    this.customers = customers;
    this.acts = acts;
    this.looks = looks;
    this.clock = clock;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .as(Role.OPERATOR)
        .get("/v1/requests", this::open)
        .get("/v1/requests/:id", this::one)
        .post("/v1/requests/:id/steps", this::step);
    routes
        .as(Role.AUDITOR)
        .on(HttpMethod.GET, "/v1/audit/requests", Media.NO_BODY.giving(FORMS), this::register);
  }

  Answer open(Request request) {
    request.onlyQuery(FILTERS);
    return listed(found(request));
  }

  Answer one(Request request) {
    request.onlyQuery();
    return Answer.ok(shown(db.inRead(c -> named(c, request))));
  }

  /** The register, for whoever asks whether every request was answered in time. */
  Answer register(Request request) {
    request.onlyQuery(FILTERS);
    String form = Accept.choose(request.header("Accept"), FORMS);
    List<RightsCase> found = found(request);
    looks.record(request, "requests");
    return form.equals(Media.CSV)
        ? Answer.text(Media.sent(Media.CSV), table(found))
        : listed(found);
  }

  private List<RightsCase> found(Request request) {
    Cases.Filter filter =
        new Cases.Filter(
            parsed(request, "state", RequestState::parse, states()),
            parsed(request, "right", Right::parse, Right.codes()),
            parsed(request, "clock", Clock::parse, clocks()),
            request.query("dueBefore").map(text -> Times.parse("The parameter 'dueBefore'", text)));
    int limit = request.limit(MOST);
    Optional<String> after = request.query("after");
    after.ifPresent(RequestDeskApi::checkId);
    return db.inRead(c -> cases.all(c, filter, after, limit, clock.instant()));
  }

  private static void checkId(String id) {
    if (!id.matches("[0-9a-f]{32}")) {
      throw Problem.badRequest(
          "invalid_parameter", "The parameter 'after' is the id of the last case that was seen");
    }
  }

  private static <T> Optional<T> parsed(
      Request request, String name, Function<String, Optional<T>> parse, List<String> known) {
    return request
        .query(name)
        .map(
            text ->
                parse
                    .apply(text)
                    .orElseThrow(
                        () ->
                            Problem.badRequest(
                                "invalid_parameter",
                                "The parameter '" + name + "' is one of " + known)));
  }

  private static List<String> states() {
    return Arrays.stream(RequestState.values()).map(RequestState::curie).toList();
  }

  private static List<String> clocks() {
    return Arrays.stream(Clock.values()).map(Clock::code).toList();
  }

  private Answer listed(List<RightsCase> found) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode all = body.putArray("requests");
    found.forEach(one -> all.add(shown(one)));
    return Answer.ok(body);
  }

  private String table(List<RightsCase> found) {
    StringBuilder text = new StringBuilder();
    try {
      CSVPrinter csv = Csv.to(text, COLUMNS);
      for (RightsCase one : found) {
        Csv.row(csv, COLUMNS, cells(one));
      }
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, String> cells(RightsCase one) {
    Map<String, String> cells = new LinkedHashMap<>();
    shown(one).properties().forEach(field -> cells.put(field.getKey(), field.getValue().asText()));
    one.steps().stream()
        .filter(step -> step.state() == RequestState.ACKNOWLEDGED)
        .forEach(step -> cells.put("confirmed", step.at().toString()));
    RightsCase.Step last = one.steps().getLast();
    last.reason().ifPresent(reason -> cells.put("reason", reason));
    last.evidence().ifPresent(shown -> cells.put("evidence", String.valueOf(shown.index())));
    return cells;
  }

  Answer step(Request request) {
    request.onlyQuery();
    JsonNode body = Json.object(request.body());
    Json.only(body, Set.of("state", "reason", "evidence", "outcome"));
    RequestState to =
        RequestState.parse(Json.text(body, "state", 50))
            .orElseThrow(
                () ->
                    Problem.badRequest("invalid_field", "The field 'state' is one of " + states()));
    Optional<String> reason = Json.code(body, "reason");
    Optional<String> outcome = Json.code(body, "outcome");
    Optional<Long> index = Json.optionalIndex(body, "evidence");
    record Stepped(RightsCase made, Optional<SubjectId> erase) {}
    Stepped stepped =
        db.inWrite(
            c -> {
              RightsCase one = named(c, request);
              checkErasing(one);
              Casework.Note note = new Casework.Note(reason, evidence(c, one, index), outcome);
              RightsCase made = casework.decided(c, request.actor(), one, to, note);
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

  /** An erasure that was begun ends by itself, and cannot be refused any more. */
  private static void checkErasing(RightsCase one) {
    if (one.isBeingErased()) {
      throw new Problem(409, "being_erased", "It is being erased, which ends the case by itself");
    }
  }

  private Answer erased(Request request, SubjectId subject, RightsCase accepted) {
    return acts.erased(request.id(), subject)
        ? Answer.ok(shown(db.inRead(c -> cases.find(c, accepted.id())).orElseThrow()))
        : Answer.json(202, shown(accepted));
  }

  /** An entry about somebody else shows nothing of this case, and looks like none. */
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
        .orElseThrow(() -> new Problem(404, "no_such_request", "There is no such request"));
  }

  private ObjectNode shown(RightsCase one) {
    return Json.MAPPER.valueToTree(ShownCase.of(one, clock.instant()));
  }
}
