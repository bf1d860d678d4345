package io.contextkeep.vault.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.ConsentEvent;
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
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a customer can ask about decisions: why one about her was made, and who could see what if
 * she said something. Neither changes anything; both are recorded as her own looks.
 */
public final class MyEvidenceApi implements Routes.Api {
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

  @Override
  public void mount(Routes routes) {
    routes
        .as(Role.CUSTOMER)
        .get("/v1/me/accesses/:index/explanation", this::explain)
        .post("/v1/me/what-if", this::whatIf);
  }

  /** A decision about somebody else and none at all look the same. */
  Answer explain(Request request) {
    request.onlyQuery();
    Optional<Long> index =
        Optional.of(request.path("index"))
            .filter(text -> text.matches("[0-9]{1,18}"))
            .map(Long::parseLong);
    SubjectId subject = me.subject(request);
    Found.Recorded decision = decision(evidence, subject, index);
    me.recordView(request, subject, "explanation");
    ObjectNode shown =
        Explanations.of(decision, Explained.of(evidence.gate(), decision.question()));
    shown.set("facts", facts(decision.question(), said(subject)));
    return Answer.ok(shown);
  }

  /** What was decided about the customer at that place in the log. */
  public static Found.Recorded decision(
      Evidence evidence, SubjectId subject, Optional<Long> index) {
    return index
        .flatMap(evidence.decisions()::at)
        .filter(Found.Recorded.class::isInstance)
        .map(Found.Recorded.class::cast)
        .filter(recorded -> recorded.subject() == subject.value())
        .orElseThrow(
            () ->
                new Problem(
                    404, "no_decision", "No decision about you is recorded under this index"));
  }

  private Map<Long, ConsentEvent> said(SubjectId subject) {
    return db.inRead(c -> consents.history(c, subject)).stream()
        .collect(Collectors.toMap(ConsentEvent::id, Function.identity()));
  }

  /** All of hers that was decided by. */
  private static ObjectNode facts(Question question, Map<Long, ConsentEvent> said) {
    ObjectNode facts = Json.MAPPER.createObjectNode();
    facts.put("restricted", question.subject().restricted());
    ArrayNode standing = facts.putArray("consents");
    for (Question.Consent consent : question.consents()) {
      ObjectNode node =
          standing
              .addObject()
              .put("event", consent.id())
              .put("purpose", consent.purpose())
              .put("app", consent.recipient())
              .put("status", consent.status())
              .put("explicit", consent.explicit());
      Optional.ofNullable(said.get(consent.id()))
          .ifPresent(event -> node.put("at", event.at().toString()));
    }
    question.objections().forEach(facts.putArray("objections")::add);
    ArrayNode attributes = facts.putArray("attributes");
    question
        .attributes()
        .forEach(
            (name, held) ->
                attributes
                    .addObject()
                    .put("attribute", name)
                    .put("category", held.category())
                    .put("special", held.special())
                    .put("ageDays", held.ageDays()));
    return facts;
  }

  Answer whatIf(Request request) {
    request.onlyQuery();
    JsonNode body = Json.object(request.body());
    Hypothesis fact = hypothesis(body);
    SubjectId subject = me.subject(request);
    me.recordView(request, subject, "what-if");
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.set("if", Explanations.fact(fact));
    ArrayNode uses = answer.putArray("uses");
    for (Question question : evidence.possible().about(CustomerSession.account(request))) {
      Outcome now = evidence.gate().outcome(question);
      Outcome then = concerns(fact, question) ? evidence.gate().outcome(fact.on(question)) : now;
      ObjectNode use =
          uses.addObject()
              .put("app", question.caller().id())
              .put("name", registry.app(question.caller().id()).map(App::name).orElse(""))
              .put("purpose", question.purpose())
              .put("differs", !now.treatments().equals(then.treatments()));
      use.set("now", Explanations.use(now));
      use.set("then", Explanations.use(then));
    }
    return Answer.ok(answer);
  }

  /** What is said to one app is no fact to another. */
  private static boolean concerns(Hypothesis fact, Question question) {
    return !(fact instanceof Hypothesis.Said said)
        || Set.of(question.caller().id(), ConsentLedger.EVERYONE).contains(said.recipient());
  }

  /** A field that a change does not use is refused: one that is ignored is one relied upon. */
  private Hypothesis hypothesis(JsonNode body) {
    Json.only(body, Set.of("change", "purpose", "app", "explicit"));
    boolean explicit = Json.flag(body, "explicit", false);
    String change = Json.text(body, "change", 20);
    Json.only(body, fields(change));
    return switch (change) {
      case "grant" -> granted(purpose(body), app(body), explicit);
      case "withdraw" -> new Hypothesis.Said(purpose(body), app(body), "WITHDRAWN", false);
      case "object" -> new Hypothesis.Objected(purpose(body), true);
      case "lift-objection" -> new Hypothesis.Objected(purpose(body), false);
      case "restrict" -> new Hypothesis.Restricted(true);
      case "lift-restriction" -> new Hypothesis.Restricted(false);
      default ->
          throw Problem.badRequest(
              "invalid_field",
              "The field 'change' is "
                  + List.of(
                      "grant",
                      "withdraw",
                      "object",
                      "lift-objection",
                      "restrict",
                      "lift-restriction"));
    };
  }

  private static Set<String> fields(String change) {
    return switch (change) {
      case "withdraw" -> Set.of("change", "purpose", "app");
      case "object", "lift-objection" -> Set.of("change", "purpose");
      case "restrict", "lift-restriction" -> Set.of("change");
      default -> Set.of("change", "purpose", "app", "explicit");
    };
  }

  /** To all apps nobody says yes: that takes a no to all back, as the call itself does. */
  private static Hypothesis granted(String purpose, String app, boolean explicit) {
    return app.equals(ConsentLedger.EVERYONE)
        ? new Hypothesis.Said(purpose, app, "UNKNOWN", false)
        : new Hypothesis.Said(purpose, app, "GIVEN", explicit);
  }

  private static String purpose(JsonNode body) {
    return Parameters.purpose(Json.text(body, "purpose", 200)).curie();
  }

  private String app(JsonNode body) {
    String app = Json.text(body, "app", 63);
    if (!app.equals(ConsentLedger.EVERYONE) && registry.app(app).isEmpty()) {
      throw Problem.badRequest("unknown_app", "No such app is registered; see /v1/me/apps");
    }
    return app;
  }
}
