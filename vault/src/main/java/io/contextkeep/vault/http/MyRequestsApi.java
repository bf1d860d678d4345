package io.contextkeep.vault.http;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.rights.Cases;
import io.contextkeep.vault.rights.Right;
import io.contextkeep.vault.rights.RightsCase;
import io.contextkeep.vault.rights.RulePack;
import io.contextkeep.vault.rights.RulePacks;
import io.contextkeep.vault.store.Attribute;
import io.contextkeep.vault.store.ErasureCertificates;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Customers' requests to exercise a right, each a case with a clock. */
final class MyRequestsApi implements Routes.Api {
  private static final int MOST = 500;
  private static final Set<Right> OF_WHOM_NOTHING_IS_HELD =
      Set.of(Right.RESTRICTION, Right.OBJECTION, Right.OPT_OUT);

  private final Me me;
  private final Db db;
  private final Acts acts;
  private final Exercise exercise;
  private final RulePacks rules;
  private final Cases cases;
  private final Limits limits;
  private final InstantSource clock;

  MyRequestsApi(
      Me me,
      Db db,
      Acts acts,
      Exercise exercise,
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

  private record Requests(List<ShownCase> requests) {}

  @Override
  public void mount(Routes routes) {
    routes
        .route(POST, "/v1/me/requests")
        .as(Role.CUSTOMER)
        .optingOut()
        .body(RequestToMake.class)
        .handle(this::make);
    routes.route(GET, "/v1/me/requests").as(Role.CUSTOMER).handle(this::all);
    routes
        .route(GET, "/v1/me/requests/:id")
        .as(Role.CUSTOMER)
        .giving(Media.JSON, Media.JSON_LD)
        .handle(this::one);
  }

  private Answer make(Request request, RequestToMake toMake) {
    Wish wish = wish(request, toMake);
    SubjectId subject =
        OF_WHOM_NOTHING_IS_HELD.contains(wish.right()) ? me.enrolled(request) : me.subject(request);
    limits.openCase(subject);
    RightsCase made = exercise.made(request.id(), request.actor(), subject, wish, Exercise.ALONE);
    return Answer.json(made.isBeingErased() ? 202 : 200, shown(made));
  }

  private Wish wish(Request request, RequestToMake toMake) {
    RulePack pack = toMake.jurisdiction().map(this::pack).orElseGet(rules::usual);
    Optional<Attribute> attribute = toMake.attribute().map(acts::correctable);
    Optional<Act> correction =
        attribute.map(known -> correction(request, known, toMake.value().orElseThrow()));
    return new Wish(
        pack, toMake.right(), toMake.purpose(), attribute, toMake.decision(), correction);
  }

  private Act correction(Request request, Attribute attribute, JsonNode value) {
    new Values().check(attribute, value);
    return acts.correction(request, attribute, value);
  }

  private RulePack pack(String jurisdiction) {
    return rules
        .at(jurisdiction)
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "unknown_jurisdiction",
                    "The field 'jurisdiction' must be one of " + rules.places()));
  }

  private Answer all(Request request) {
    SubjectId subject = me.subject(request);
    List<RightsCase> theirs = db.inRead(c -> cases.of(c, subject, MOST));
    me.recordView(request, subject, "requests");
    return Answer.ok(new Requests(theirs.stream().map(this::shown).toList()));
  }

  /**
   * Shows a case of the customer, or one of somebody who is erased: it is nobody's any more, and
   * only they were told its number.
   */
  private Answer one(Request request) {
    Optional<SubjectId> subject = me.known(request);
    RightsCase found =
        db.inRead(c -> cases.find(c, request.path("id")))
            .filter(one -> one.subject().isEmpty() || one.subject().equals(subject))
            .orElseThrow(() -> new Problem(404, "no_such_request", "You made no such request"));
    subject.ifPresent(customer -> me.recordView(request, customer, "request"));
    return request.type().equals(Media.JSON_LD)
        ? Answer.of(200, request.type(), found.record().document().json())
        : Answer.ok(shown(found));
  }

  private ShownCase shown(RightsCase one) {
    Optional<String> certificate =
        one.erasedIn().flatMap(entry -> db.inRead(c -> ErasureCertificates.ofEntry(c, entry)));
    return ShownCase.ofCustomer(one, clock.instant(), certificate);
  }
}
