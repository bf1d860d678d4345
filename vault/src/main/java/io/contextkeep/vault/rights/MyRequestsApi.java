package io.contextkeep.vault.rights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.erasure.ErasureCertificates;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.ingest.Values;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.web.Accept;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Limits;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.vertx.core.http.HttpMethod;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Customers' requests to exercise a right, each a case with a clock. */
final class MyRequestsApi implements Routes.Api {
  private static final int MOST = 500;
  private static final List<String> FORMS = List.of(Media.JSON, Media.JSON_LD);
  private static final Set<Right> OF_WHOM_NOTHING_IS_HELD =
      Set.of(Right.RESTRICTION, Right.OBJECTION, Right.OPT_OUT);

  private final CustomerSession me;
  private final Db db;
  private final CustomerActions acts;
  private final RightsRequestService exercise;
  private final RulePacks rules;
  private final Cases cases;
  private final Limits limits;
  private final InstantSource clock;

  MyRequestsApi(
      CustomerSession me,
      Db db,
      CustomerActions acts,
      RightsRequestService exercise,
      RulePacks rules,
      Cases cases,
      Limits limits,
      InstantSource clock) {
    this.me = me;
    this.db = db;
    this.acts = acts;
    this.exercise = exercise;
    this.rules = rules;
    this.cases = cases;
    this.limits = limits;
    this.clock = clock;
  }

  @Override
  public void mount(Routes routes) {
    routes.as(Role.CUSTOMER).optingOut().post("/v1/me/requests", this::make);
    routes
        .as(Role.CUSTOMER)
        .get("/v1/me/requests", this::all)
        .on(HttpMethod.GET, "/v1/me/requests/:id", Media.NO_BODY.giving(FORMS), this::one);
  }

  Answer make(Request request) {
    request.onlyQuery();
    RightsRequestDraft wish = wish(request, Json.object(request.body()));
    SubjectId subject =
        OF_WHOM_NOTHING_IS_HELD.contains(wish.right()) ? me.enrolled(request) : me.subject(request);
    limits.openCase(subject);
    RightsCase made =
        exercise.made(request.id(), request.who(), subject, wish, RightsRequestService.ALONE);
    return Answer.json(made.isBeingErased() ? 202 : 200, whole(made));
  }

  private RightsRequestDraft wish(Request request, JsonNode body) {
    Right right =
        Right.parse(Json.text(body, "right", 20))
            .orElseThrow(
                () ->
                    Problem.badRequest(
                        "invalid_field", "The field 'right' is one of " + Right.codes()));
    Json.only(
        body,
        Stream.concat(Stream.of("right", "jurisdiction"), right.fields().stream())
            .collect(Collectors.toSet()));
    RulePack pack =
        Json.optionalText(body, "jurisdiction", 20).map(this::pack).orElseGet(rules::usual);
    Optional<Attribute> attribute =
        needed(right, "attribute").map(field -> acts.correctable(Json.text(body, field, 63)));
    attribute.ifPresent(known -> new Values().check(known, body.path("value")));
    return new RightsRequestDraft(
        pack,
        right,
        needed(right, "purpose").map(field -> Parameters.purpose(Json.text(body, field, 200))),
        attribute,
        needed(right, "decision")
            .map(field -> Json.optionalIndex(body, field).orElseThrow(() -> missing(field))),
        attribute.map(known -> acts.correction(request, known, body.path("value"))));
  }

  private static Problem missing(String field) {
    return Problem.badRequest("missing_field", "The field '" + field + "' is needed");
  }

  private static Optional<String> needed(Right right, String field) {
    return Optional.of(field).filter(right.fields()::contains);
  }

  private RulePack pack(String jurisdiction) {
    return rules
        .at(jurisdiction)
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "unknown_jurisdiction",
                    "The field 'jurisdiction' is one of " + rules.places()));
  }

  Answer all(Request request) {
    request.onlyQuery();
    SubjectId subject = me.subject(request);
    List<RightsCase> hers = db.inRead(c -> cases.of(c, subject, MOST));
    me.recordView(request, subject, "requests");
    return Answer.ok(Map.of("requests", hers.stream().map(this::whole).toList()));
  }

  /**
   * A case of her own, or one of somebody who is erased: it is nobody's any more, and only she was
   * told its number.
   */
  Answer one(Request request) {
    request.onlyQuery();
    String form = Accept.choose(request.header("Accept"), FORMS);
    Optional<SubjectId> subject = me.known(request);
    RightsCase found =
        db.inRead(c -> cases.find(c, request.path("id")))
            .filter(one -> one.subject().isEmpty() || one.subject().equals(subject))
            .orElseThrow(() -> new Problem(404, "no_such_request", "You made no such request"));
    subject.ifPresent(her -> me.recordView(request, her, "request"));
    return form.equals(Media.JSON_LD)
        ? Answer.of(200, form, found.record().document().json())
        : Answer.ok(whole(found));
  }

  private ObjectNode whole(RightsCase one) {
    ObjectNode json = CaseJson.whole(one, clock.instant());
    one.erasedIn()
        .flatMap(entry -> db.inRead(c -> ErasureCertificates.ofEntry(c, entry)))
        .ifPresent(number -> json.put("certificate", number));
    return json;
  }
}
