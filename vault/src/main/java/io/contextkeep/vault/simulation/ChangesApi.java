package io.contextkeep.vault.simulation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.policy.Hypothesis;
import io.contextkeep.policy.bundle.BundleRejected;
import io.contextkeep.vault.auditlog.Accesses;
import io.contextkeep.vault.changes.Change;
import io.contextkeep.vault.changes.ChangeAnswers;
import io.contextkeep.vault.changes.ChangeRefused;
import io.contextkeep.vault.changes.Changes;
import io.contextkeep.vault.changes.Difference;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.policy.Policies;
import io.contextkeep.vault.policy.PolicyApi;
import io.contextkeep.vault.registry.AppRegistration;
import io.contextkeep.vault.registry.Registration;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Times;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The changes that operators propose, of every kind: to registrations, budgets and the policy's
 * catalogue. The second person sees what differs, and what the recorded decisions would have been,
 * before they approve.
 */
public final class ChangesApi implements Routes.Api {
  private static final int MOST = 100;
  private static final Duration REPLAYED = Duration.ofDays(30);

  private final Changes changes;
  private final Policies policies;
  private final Evidence evidence;
  private final EvidenceApi replays;
  private final InstantSource clock;
  private final Map<Change.Kind, Registration> kinds = new EnumMap<>(Change.Kind.class);

  ChangesApi(
      Changes changes,
      Policies policies,
      Evidence evidence,
      EvidenceApi replays,
      List<Registration> kinds,
      InstantSource clock) {
    this.changes = changes;
    this.policies = policies;
    this.evidence = evidence;
    this.replays = replays;
    this.clock = clock;
    kinds.forEach(kind -> this.kinds.put(kind.kind(), kind));
  }

  @Override
  public void mount(Routes routes) {
    routes
        .as(Role.OPERATOR, Role.AUDITOR)
        .get("/v1/changes", this::list)
        .get("/v1/changes/:change", this::one);
    routes
        .as(Role.OPERATOR)
        .on(
            HttpMethod.GET,
            "/v1/changes/:change/replay",
            Media.NO_BODY.giving(ReplayAnswers.FORMS),
            this::replay)
        .on(HttpMethod.POST, "/v1/changes/:change/approve", Media.NO_BODY, this::approve)
        .delete("/v1/changes/:change", this::withdraw);
    routes
        .as(Role.APP, Role.SOURCE, Role.OPERATOR, Role.AUDITOR)
        .get("/v1/apps/:name/changes", this::ofApp);
  }

  /** Changes of every kind, the newest first. */
  Answer list(Request request) {
    request.onlyQuery("before", "limit");
    long before = request.number("before").orElse(Long.MAX_VALUE);
    int limit = request.limit(MOST);
    TreeMap<Long, ObjectNode> all = new TreeMap<>();
    changes.page(before, limit).forEach(change -> all.put(change.id(), shown(change)));
    policies.changes(before, limit).forEach(change -> all.put(change.id(), PolicyApi.json(change)));
    List<ObjectNode> page = all.descendingMap().values().stream().limit(limit).toList();
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.putArray("changes").addAll(page);
    if (page.size() == limit) {
      body.put("before", page.getLast().path("id").longValue());
    }
    return Answer.ok(body);
  }

  /** What apps are told of their own registration. */
  Answer ofApp(Request request) {
    request.onlyQuery("limit");
    String app = Parameters.named(request, "name", AppRegistration.ID);
    boolean service = request.caller().role() == Role.APP || request.caller().role() == Role.SOURCE;
    if (service && !request.caller().id().equals(app)) {
      throw new Problem(403, "not_your_app", "An app sees the changes of its own registration");
    }
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode all = body.putArray("changes");
    changes
        .of(Change.Kind.APP, app, request.limit(MOST))
        .forEach(
            change -> all.add(service ? Accesses.withoutOperators(whole(change)) : whole(change)));
    return Answer.ok(body);
  }

  Answer one(Request request) {
    request.onlyQuery();
    long id = ChangeAnswers.number(request);
    return made(
        () -> {
          Optional<io.contextkeep.vault.policy.Change> ofPolicy = policies.find(id);
          return ofPolicy.isPresent() ? whole(ofPolicy.get()) : whole(changes.find(id));
        });
  }

  Answer approve(Request request) {
    request.onlyQuery();
    long id = ChangeAnswers.number(request);
    return made(
        () ->
            policies.find(id).isPresent()
                ? PolicyApi.json(policies.approve(id, request.actor()))
                : shown(changes.approve(id, request.actor())));
  }

  Answer withdraw(Request request) {
    request.onlyQuery();
    long id = ChangeAnswers.number(request);
    return made(
        () ->
            policies.find(id).isPresent()
                ? PolicyApi.json(policies.withdraw(id, request.actor()))
                : shown(changes.withdraw(id, request.actor())));
  }

  /** What the recorded decisions of a period would have been, had the change been in force. */
  Answer replay(Request request) {
    request.onlyQuery("from", "until");
    long id = ChangeAnswers.number(request);
    Period period = period(request);
    try {
      Optional<io.contextkeep.vault.policy.Change> ofPolicy = policies.find(id);
      return ofPolicy.isPresent()
          ? replays.ofCandidate(
              request, period, evidence.candidates().ofPast(policies.candidate(ofPolicy.get())))
          : replay(request, period, changes.find(id));
    } catch (ChangeRefused refused) {
      throw ChangeAnswers.problem(refused);
    } catch (BundleRejected rejected) {
      throw new Problem(409, "change_rejected", String.valueOf(rejected.getMessage()));
    }
  }

  private Answer replay(Request request, Period period, Change change) {
    ObjectNode wanted = changes.document(change.after());
    return switch (change.kind()) {
      case APP -> replays.ofApp(request, period, change.target(), purposes(wanted));
      case ATTRIBUTE ->
          replays.ofFact(request, period, change.target(), categorised(change.target(), wanted));
      case AGENT, BUDGET ->
          throw new Problem(
              404, "nothing_to_replay", "No recorded decision rests on what this change is about");
    };
  }

  private static List<String> purposes(ObjectNode app) {
    List<String> purposes = new ArrayList<>();
    app.path("purposes").forEach(purpose -> purposes.add(purpose.asText()));
    return purposes;
  }

  private static Hypothesis categorised(String name, ObjectNode attribute) {
    DataCategory category = DataCategory.parse(attribute.path("category").asText()).orElseThrow();
    return new Hypothesis.Categorised(name, category.curie(), category.isSpecial());
  }

  private Period period(Request request) {
    Instant until =
        request
            .query("until")
            .map(text -> Times.parse("The parameter 'until'", text))
            .orElse(clock.instant().plusMillis(1));
    Instant from =
        request
            .query("from")
            .map(text -> Times.parse("The parameter 'from'", text))
            .orElse(until.minus(REPLAYED));
    try {
      return new Period(from, until);
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest(
          "invalid_period", "The parameter 'until' is after 'from' and at most 366 days later");
    }
  }

  private interface Making {
    ObjectNode now() throws ChangeRefused;
  }

  private static Answer made(Making making) {
    try {
      return Answer.ok(making.now());
    } catch (ChangeRefused refused) {
      throw ChangeAnswers.problem(refused);
    }
  }

  private ObjectNode whole(io.contextkeep.vault.policy.Change change) {
    ObjectNode before = policies.before(change).orElseGet(Json.MAPPER::createObjectNode);
    return withDifferences(PolicyApi.json(change), before, Policies.after(change))
        .put("replay", "/v1/changes/" + change.id() + "/replay");
  }

  private ObjectNode shown(Change change) {
    return kind(change).withContact(ChangeAnswers.json(change), change);
  }

  private Registration kind(Change change) {
    return Optional.ofNullable(kinds.get(change.kind())).orElseThrow(IllegalStateException::new);
  }

  private ObjectNode whole(Change change) {
    Registration kind = kind(change);
    ObjectNode before =
        change
            .before()
            .map(text -> kind.shown(change.target(), changes.document(text)))
            .orElseGet(Json.MAPPER::createObjectNode);
    ObjectNode after = kind.shown(change.target(), changes.document(change.after()));
    ObjectNode json = withDifferences(shown(change), before, after);
    if (change.kind() == Change.Kind.APP || change.kind() == Change.Kind.ATTRIBUTE) {
      json.put("replay", "/v1/changes/" + change.id() + "/replay");
    }
    return json;
  }

  private static ObjectNode withDifferences(ObjectNode json, ObjectNode before, ObjectNode after) {
    ArrayNode all = json.putArray("differences");
    Difference.between(before, after)
        .forEach(difference -> all.add(ChangeAnswers.json(difference)));
    return json;
  }

  /** What customers are told of changes to the apps that use their data. */
  public static List<ObjectNode> told(Changes changes, Collection<String> apps) {
    return changes.appliedToApps(apps, MOST).stream().map(change -> told(changes, change)).toList();
  }

  private static ObjectNode told(Changes changes, Change change) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("app", change.target());
    change.decided().ifPresent(at -> json.put("at", at.toString()));
    change.entry().ifPresent(entry -> json.put("entry", entry));
    ArrayNode says = json.putArray("changes");
    ObjectNode before =
        change.before().map(changes::document).orElseGet(Json.MAPPER::createObjectNode);
    Difference.between(before, changes.document(change.after()))
        .forEach(difference -> says.add(difference.says()));
    return json;
  }
}
