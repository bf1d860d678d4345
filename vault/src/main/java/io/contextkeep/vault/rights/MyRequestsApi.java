package io.contextkeep.vault.rights;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.customers.AuditedChange;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.erasure.ErasureCertificates;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.ingest.Values;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Limits;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Nearest;
import io.contextkeep.vault.web.Page;
import io.contextkeep.vault.web.Paged;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Customers' requests to exercise a right, each a case with a clock. */
final class MyRequestsApi implements Routes.Api {
  private static final int MAX_REQUESTS = 500;

  /** The rights that customers can exercise before anything is held about them. */
  private static final Set<Right> WITHOUT_DATA =
      Set.of(Right.RESTRICTION, Right.OBJECTION, Right.OPT_OUT);

  private final CustomerSession me;
  private final Db db;
  private final CustomerActions actions;
  private final RightsRequestService service;
  private final RulePacks rules;
  private final Cases cases;
  private final Limits limits;
  private final InstantSource clock;

  MyRequestsApi(
      CustomerSession me,
      Db db,
      CustomerActions actions,
      RightsRequestService service,
      RulePacks rules,
      Cases cases,
      Limits limits,
      InstantSource clock) {
    this.me = me;
    this.db = db;
    this.actions = actions;
    this.service = service;
    this.rules = rules;
    this.cases = cases;
    this.limits = limits;
    this.clock = clock;
  }

  private record Requests(List<ShownCase> requests, Optional<String> next) implements Paged {}

  @Override
  public void mount(Routes routes) {
    routes
        .route(POST, "/v1/me/requests")
        .as(Role.CUSTOMER)
        .optingOut()
        .body(RequestToMake.class)
        .handle(this::make);
    routes.route(GET, "/v1/me/requests").as(Role.CUSTOMER).paged().handle(this::all);
    routes
        .route(GET, "/v1/me/requests/:id")
        .as(Role.CUSTOMER)
        .giving(Media.JSON, Media.JSON_LD)
        .handle(this::one);
  }

  private Answer make(Request request, RequestToMake toMake) {
    RightsRequestDraft draft = draft(request, toMake);
    SubjectId subject =
        WITHOUT_DATA.contains(draft.right()) ? me.enrolled(request) : me.subject(request);
    limits.openCase(subject);
    RightsCase made =
        service.submit(request.id(), request.actor(), subject, draft, RightsRequestService.NOTHING);
    Answer created = Answer.created("/v1/me/requests/" + made.id(), shown(made));
    return made.isBeingErased() ? Answer.json(202, shown(made)).with(created.headers()) : created;
  }

  private RightsRequestDraft draft(Request request, RequestToMake toMake) {
    RulePack pack = toMake.jurisdiction().map(this::pack).orElseGet(rules::usual);
    Optional<Attribute> attribute = toMake.attribute().map(actions::correctable);
    Optional<AuditedChange> correction =
        attribute.map(known -> correction(request, known, toMake.value().orElseThrow()));
    return new RightsRequestDraft(
        pack, toMake.right(), toMake.purpose(), attribute, toMake.decision(), correction);
  }

  private AuditedChange correction(Request request, Attribute attribute, JsonNode value) {
    new Values().check(attribute, value);
    return actions.correction(request, attribute, value);
  }

  private RulePack pack(String jurisdiction) {
    return rules
        .at(jurisdiction)
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "unknown_jurisdiction",
                    "The field 'jurisdiction' must be one of "
                        + String.join(", ", rules.places())
                        + Nearest.hint(jurisdiction, rules.places())));
  }

  private Answer all(Request request) {
    Page page = request.page(MAX_REQUESTS);
    Optional<Cases.Place> after = page.after(Cases.Place::parse);
    SubjectId subject = me.subject(request);
    List<RightsCase> theirs = db.inRead(c -> cases.of(c, subject, after, page.limit()));
    me.recordView(request, subject, "requests");
    return Answer.ok(
        new Requests(
            theirs.stream().map(this::shown).toList(),
            page.next(theirs, one -> Cases.Place.of(one).toString())));
  }

  /** Shows a case of the customer, or a case of an erased customer, who alone knows its number. */
  private Answer one(Request request) {
    Optional<SubjectId> subject = me.known(request);
    RightsCase found =
        db.inRead(c -> cases.find(c, request.path("id")))
            .filter(one -> one.subject().isEmpty() || one.subject().equals(subject))
            .orElseThrow(
                () ->
                    new Problem(
                        404,
                        "no_such_request",
                        "You have no request of this id; GET /v1/me/requests lists yours"));
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
