package io.contextkeep.vault.simulation;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.contextkeep.ontology.Coded;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.Explained;
import io.contextkeep.policy.Hypothesis;
import io.contextkeep.policy.Outcome;
import io.contextkeep.policy.Question;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.InvalidField;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Text;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Customers' questions about decisions: why one about them was made, and what apps could see after
 * a step that they could take. Neither changes anything; both are recorded as their own views.
 */
final class MyEvidenceApi implements Routes.Api {
  private final CustomerSession me;
  private final Db db;
  private final Registry registry;
  private final ConsentLedger consents;
  private final Evidence evidence;

  MyEvidenceApi(
      CustomerSession me, Db db, Registry registry, ConsentLedger consents, Evidence evidence) {
    this.me = me;
    this.db = db;
    this.registry = registry;
    this.consents = consents;
    this.evidence = evidence;
  }

  /** A step that the customer could take. */
  private enum Step implements Coded {
    GRANT(true, true, true),
    WITHDRAW(true, true, false),
    OBJECT(true, false, false),
    LIFT_OBJECTION(true, false, false),
    RESTRICT(false, false, false),
    LIFT_RESTRICTION(false, false, false);

    private final boolean purpose;
    private final boolean app;
    private final boolean explicit;

    Step(boolean purpose, boolean app, boolean explicit) {
      this.purpose = purpose;
      this.app = app;
      this.explicit = explicit;
    }
  }

  /**
   * A step with its subject. A field that the step does not use is refused: clients rely on what is
   * accepted.
   */
  private record WhatIfRequest(
      Step change,
      Optional<Purpose> purpose,
      Optional<@Text(max = 63) String> app,
      Optional<Boolean> explicit) {
    WhatIfRequest {
      check("purpose", purpose, change.purpose, true, change);
      check("app", app, change.app, true, change);
      check("explicit", explicit, change.explicit, false, change);
    }

    private static void check(
        String field, Optional<?> value, boolean used, boolean needed, Step step) {
      if (value.isPresent() && !used) {
        throw InvalidField.unexpected(field, "'" + step.code() + "' does not use it");
      }
      if (value.isEmpty() && used && needed) {
        throw InvalidField.missing(field, "'" + step.code() + "' needs it");
      }
    }

    String purposeCurie() {
      return purpose.orElseThrow().curie();
    }

    /**
     * Returns the hypothesis; for all apps it can only take back a refusal, since consent is given
     * to one app at a time.
     */
    Hypothesis hypothesis() {
      return switch (change) {
        case GRANT ->
            app.orElseThrow().equals(ConsentLedger.EVERYONE)
                ? new Hypothesis.Said(purposeCurie(), ConsentLedger.EVERYONE, "UNKNOWN", false)
                : new Hypothesis.Said(
                    purposeCurie(), app.orElseThrow(), "GIVEN", explicit.orElse(false));
        case WITHDRAW -> new Hypothesis.Said(purposeCurie(), app.orElseThrow(), "WITHDRAWN", false);
        case OBJECT -> new Hypothesis.Objected(purposeCurie(), true);
        case LIFT_OBJECTION -> new Hypothesis.Objected(purposeCurie(), false);
        case RESTRICT -> new Hypothesis.Restricted(true);
        case LIFT_RESTRICTION -> new Hypothesis.Restricted(false);
      };
    }
  }

  private record WhatIf(@JsonProperty("if") Fact fact, List<PossibleUse> uses) {}

  private record PossibleUse(
      String app, String name, String purpose, boolean differs, Use now, Use then) {}

  private record MyExplanation(@JsonUnwrapped Explanation.Repeated explanation, Facts facts) {}

  /** The facts about the customer that a decision was made by. */
  private record Facts(
      boolean restricted,
      List<Consent> consents,
      List<String> objections,
      List<HeldAttribute> attributes) {}

  /**
   * @param at empty where the event is no longer held
   */
  private record Consent(
      long event,
      String purpose,
      String app,
      String status,
      boolean explicit,
      Optional<Instant> at) {}

  private record HeldAttribute(String attribute, String category, boolean special, long ageDays) {}

  @Override
  public void mount(Routes routes) {
    routes.route(GET, "/v1/me/accesses/:index/explanation").as(Role.CUSTOMER).handle(this::explain);
    routes
        .route(POST, "/v1/me/what-if")
        .as(Role.CUSTOMER)
        .body(WhatIfRequest.class)
        .handle(this::whatIf);
  }

  /** Explains a decision. Unknown decisions and those about others are indistinguishable. */
  private Answer explain(Request request) {
    Optional<Long> index =
        Optional.of(request.path("index"))
            .filter(text -> text.matches("[0-9]{1,18}"))
            .map(Long::parseLong);
    SubjectId subject = me.subject(request);
    Found.Recorded decision = evidence.decision(subject, index);
    me.recordView(request, subject, "explanation");
    return Answer.ok(
        new MyExplanation(
            Explanation.of(decision, Explained.of(evidence.gate(), decision.question())),
            facts(decision.question(), events(subject))));
  }

  private Map<Long, ConsentEvent> events(SubjectId subject) {
    return db.inRead(c -> consents.history(c, subject)).stream()
        .collect(Collectors.toMap(ConsentEvent::id, Function.identity()));
  }

  private static Facts facts(Question question, Map<Long, ConsentEvent> events) {
    return new Facts(
        question.subject().restricted(),
        question.consents().stream()
            .map(
                consent ->
                    new Consent(
                        consent.id(),
                        consent.purpose(),
                        consent.recipient(),
                        consent.status(),
                        consent.explicit(),
                        Optional.ofNullable(events.get(consent.id())).map(ConsentEvent::at)))
            .toList(),
        question.objections(),
        question.attributes().entrySet().stream()
            .map(
                held ->
                    new HeldAttribute(
                        held.getKey(),
                        held.getValue().category(),
                        held.getValue().special(),
                        held.getValue().ageDays()))
            .toList());
  }

  private Answer whatIf(Request request, WhatIfRequest body) {
    body.app().ifPresent(this::checkApp);
    Hypothesis fact = body.hypothesis();
    SubjectId subject = me.subject(request);
    me.recordView(request, subject, "what-if");
    return Answer.ok(
        new WhatIf(
            Fact.of(fact),
            evidence.hypothetical().about(CustomerSession.account(request)).stream()
                .map(question -> use(fact, question))
                .toList()));
  }

  private PossibleUse use(Hypothesis fact, Question question) {
    Outcome now = evidence.gate().outcome(question);
    Outcome then = concerns(fact, question) ? evidence.gate().outcome(fact.on(question)) : now;
    return new PossibleUse(
        question.caller().id(),
        registry.app(question.caller().id()).map(App::name).orElse(""),
        question.purpose(),
        !now.treatments().equals(then.treatments()),
        Use.of(now),
        Use.of(then));
  }

  /** Returns whether the fact counts for the question: consent to one app is none to another. */
  private static boolean concerns(Hypothesis fact, Question question) {
    return !(fact instanceof Hypothesis.Said said)
        || Set.of(question.caller().id(), ConsentLedger.EVERYONE).contains(said.recipient());
  }

  private void checkApp(String app) {
    if (!app.equals(ConsentLedger.EVERYONE) && registry.app(app).isEmpty()) {
      throw Problem.badRequest("unknown_app", "No such app is registered; see /v1/me/apps");
    }
  }
}
