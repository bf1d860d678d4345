package io.contextkeep.vault.simulation;

import static io.contextkeep.vault.identity.Role.APP;
import static io.contextkeep.vault.identity.Role.AUDITOR;
import static io.contextkeep.vault.identity.Role.OPERATOR;
import static io.contextkeep.vault.identity.Role.SOURCE;
import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.policy.Hypothesis;
import io.contextkeep.policy.bundle.BundleRejected;
import io.contextkeep.vault.changes.Change;
import io.contextkeep.vault.changes.ChangeAnswers;
import io.contextkeep.vault.changes.ChangeRefused;
import io.contextkeep.vault.changes.Changes;
import io.contextkeep.vault.changes.ShownDifference;
import io.contextkeep.vault.policy.Policies;
import io.contextkeep.vault.policy.PolicyChange;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.Registration;
import io.contextkeep.vault.registry.RegistrationChange;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Page;
import io.contextkeep.vault.web.Paged;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Changes of every kind that operators propose: to registrations, budgets and the policy's
 * catalogue. Before the second operator approves, they see the differences and what the recorded
 * decisions would have been.
 */
public final class ChangesApi implements Routes.Api {
  private static final int MAX_CHANGES = 100;
  private static final Duration USUAL_PERIOD = Duration.ofDays(30);

  private final Changes changes;
  private final Policies policies;
  private final Evidence evidence;
  private final EvidenceApi replays;
  private final InstantSource clock;
  private final Map<Change.Kind, Registration> registrations = new EnumMap<>(Change.Kind.class);

  ChangesApi(
      Changes changes,
      Policies policies,
      Evidence evidence,
      EvidenceApi replays,
      List<Registration> registrations,
      InstantSource clock) {
    this.changes = changes;
    this.policies = policies;
    this.evidence = evidence;
    this.replays = replays;
    this.clock = clock;
    registrations.forEach(one -> this.registrations.put(one.kind(), one));
  }

  /**
   * One page of changes.
   *
   * @param changes of every kind; each kind has components of its own
   */
  private record AllChanges(List<Object> changes, Optional<String> next) implements Paged {}

  private record AppChanges(List<Detailed<RegistrationChange>> changes, Optional<String> next)
      implements Paged {}

  /**
   * A change with its differences.
   *
   * @param replay the path of its replay; empty where no recorded decision depends on it
   */
  private record Detailed<T>(
      @JsonUnwrapped T change, List<ShownDifference> differences, Optional<String> replay) {}

  @Override
  public void mount(Routes routes) {
    routes.route(GET, "/v1/changes").as(OPERATOR, AUDITOR).paged().handle(this::list);
    routes.route(GET, "/v1/changes/:change").as(OPERATOR, AUDITOR).handle(this::one);
    routes
        .route(GET, "/v1/changes/:change/replay")
        .as(OPERATOR)
        .query("from", "until")
        .giving(ReplayAnswers.FORMS)
        .handle(this::replay);
    routes.route(POST, "/v1/changes/:change/approve").as(OPERATOR).handle(this::approve);
    routes.route(DELETE, "/v1/changes/:change").as(OPERATOR).handle(this::withdraw);
    routes
        .route(GET, "/v1/apps/:name/changes")
        .as(APP, SOURCE, OPERATOR, AUDITOR)
        .paged()
        .handle(this::ofApp);
  }

  /** Answers with changes of every kind, the newest first. */
  private Answer list(Request request) {
    Page page = request.page(MAX_CHANGES);
    long before = page.afterNumber().orElse(Long.MAX_VALUE);
    TreeMap<Long, Object> all = new TreeMap<>();
    changes.page(before, page.limit()).forEach(change -> all.put(change.id(), shown(change)));
    policies
        .changes(before, page.limit())
        .forEach(change -> all.put(change.id(), PolicyChange.of(change)));
    List<Map.Entry<Long, Object>> items =
        all.descendingMap().entrySet().stream().limit(page.limit()).toList();
    return Answer.ok(
        new AllChanges(
            items.stream().map(Map.Entry::getValue).toList(),
            page.next(items, item -> String.valueOf(item.getKey()))));
  }

  /** Answers with the changes of one app; to the app itself, without the operators' names. */
  private Answer ofApp(Request request) {
    String app = Parameters.named(request, "name", App.ID);
    boolean service = request.caller().role() == APP || request.caller().role() == SOURCE;
    if (service && !request.caller().id().equals(app)) {
      throw new Problem(403, "not_your_app", "An app sees the changes of its own registration");
    }
    Page page = request.page(MAX_CHANGES);
    long before = page.afterNumber().orElse(Long.MAX_VALUE);
    List<Change> found = changes.of(Change.Kind.APP, app, before, page.limit());
    return Answer.ok(
        new AppChanges(
            found.stream()
                .map(
                    change ->
                        detailed(
                            change, service ? shown(change).withoutOperators() : shown(change)))
                .toList(),
            page.next(found, change -> String.valueOf(change.id()))));
  }

  private Answer one(Request request) {
    long id = ChangeAnswers.number(request);
    return answer(
        () -> {
          Optional<io.contextkeep.vault.policy.Change> ofPolicy = policies.find(id);
          if (ofPolicy.isPresent()) {
            return detailed(ofPolicy.get());
          }
          Change change = changes.find(id);
          return detailed(change, shown(change));
        });
  }

  private Answer approve(Request request) {
    long id = ChangeAnswers.number(request);
    return answer(
        () ->
            policies.find(id).isPresent()
                ? PolicyChange.of(policies.approve(id, request.actor()))
                : shown(changes.approve(id, request.actor())));
  }

  private Answer withdraw(Request request) {
    long id = ChangeAnswers.number(request);
    return answer(
        () ->
            policies.find(id).isPresent()
                ? PolicyChange.of(policies.withdraw(id, request.actor()))
                : shown(changes.withdraw(id, request.actor())));
  }

  /** Replays the recorded decisions of a period as if the change had been in force. */
  private Answer replay(Request request) {
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
              404, "nothing_to_replay", "No recorded decision depends on this kind of change");
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
    Instant until = request.instant("until").orElse(clock.instant().plusMillis(1));
    Instant from = request.instant("from").orElse(until.minus(USUAL_PERIOD));
    try {
      return new Period(from, until);
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest(
          "invalid_period", "The parameter 'until' is after 'from' and at most 366 days later");
    }
  }

  private interface Work {
    Object run() throws ChangeRefused;
  }

  private static Answer answer(Work work) {
    try {
      return Answer.ok(work.run());
    } catch (ChangeRefused refused) {
      throw ChangeAnswers.problem(refused);
    }
  }

  private RegistrationChange shown(Change change) {
    return registration(change).shown(change);
  }

  private Registration registration(Change change) {
    return Optional.ofNullable(registrations.get(change.kind()))
        .orElseThrow(IllegalStateException::new);
  }

  private Detailed<PolicyChange> detailed(io.contextkeep.vault.policy.Change change) {
    return new Detailed<>(
        PolicyChange.of(change),
        ShownDifference.between(policies.before(change), Policies.after(change)),
        Optional.of(replayPath(change.id())));
  }

  private Detailed<RegistrationChange> detailed(Change change, RegistrationChange shown) {
    Registration registration = registration(change);
    return new Detailed<>(
        shown,
        ShownDifference.between(
            change
                .before()
                .map(text -> registration.shown(change.target(), changes.document(text))),
            registration.shown(change.target(), changes.document(change.after()))),
        change.kind() == Change.Kind.APP || change.kind() == Change.Kind.ATTRIBUTE
            ? Optional.of(replayPath(change.id()))
            : Optional.empty());
  }

  private static String replayPath(long change) {
    return "/v1/changes/" + change + "/replay";
  }
}
