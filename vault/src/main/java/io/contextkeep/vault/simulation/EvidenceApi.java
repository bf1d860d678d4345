package io.contextkeep.vault.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.policy.Explained;
import io.contextkeep.policy.Hypothesis;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.policy.Question;
import io.contextkeep.policy.bundle.BundleRejected;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Times;
import io.vertx.core.http.HttpMethod;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What operators are shown before they change a policy, or when they are asked why: decisions in
 * codes, by entry of the log. No customer is named, and every look is recorded; one at a decision
 * about a customer is recorded as one that concerns her.
 */
final class EvidenceApi implements Routes.Api {
  private static final int MOST_OF_REQUEST = 100;

  private final Evidence evidence;
  private final AuditLog log;
  private final AuditorAccessLog looks;
  private final ReplayAnswers answers = new ReplayAnswers();

  EvidenceApi(Evidence evidence, AuditLog log, AuditorAccessLog looks) {
    this.evidence = evidence;
    this.log = log;
    this.looks = looks;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .as(Role.OPERATOR)
        .on(
            HttpMethod.POST,
            "/v1/policy/replay",
            Media.JSON_BODY.giving(ReplayAnswers.FORMS),
            this::replay)
        .get("/v1/policy/explain", this::explain)
        .on(
            HttpMethod.POST,
            "/v1/policy/what-if",
            Media.JSON_BODY.giving(ReplayAnswers.FORMS),
            this::whatIf);
  }

  Answer replay(Request request) {
    request.onlyQuery();
    JsonNode body = Json.object(request.body());
    Json.only(body, Set.of("from", "until", "data", "bundle"));
    Period period = period(body);
    checkCandidate(body);
    return answers.of(request, () -> run(request, period, candidate(body)), ReplayJson::of);
  }

  private ReplayAnswers.Run run(Request request, Period period, PolicyGate candidate) {
    evidence.gate().checkHeard();
    record(request, "policy.replay", named(candidate.policy()));
    return progress -> evidence.replay().run(candidate, period, progress);
  }

  /** Replays the period under another policy. */
  Answer ofCandidate(Request request, Period period, PolicyGate candidate) {
    return answers.of(request, () -> run(request, period, candidate), ReplayJson::of);
  }

  /** Replays the period as if a fact had been otherwise in every decision. */
  Answer ofFact(Request request, Period period, String target, Hypothesis fact) {
    return answers.of(
        request,
        () -> {
          evidence.gate().checkHeard();
          record(request, "policy.what-if", Map.of("target", target));
          return progress -> evidence.replay().run(fact, period, progress);
        },
        ReplayJson::of);
  }

  private static Period period(JsonNode body) {
    try {
      return new Period(
          Times.parse("The field 'from'", Json.text(body, "from", 40)),
          Times.parse("The field 'until'", Json.text(body, "until", 40)));
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest(
          "invalid_period", "The field 'until' is after 'from' and at most 366 days later");
    }
  }

  private static void checkCandidate(JsonNode body) {
    if (body.has("data") && body.has("bundle")) {
      throw Problem.badRequest(
          "invalid_field", "Send the field 'data' or the field 'bundle', not both");
    }
    if (body.has("data") && !body.path("data").isObject()) {
      throw Problem.badRequest("invalid_field", "The field 'data' is the policy's data, an object");
    }
  }

  /** Without another, the policy in force itself: that shows whether the record is exact. */
  private PolicyGate candidate(JsonNode body) {
    try {
      if (body.has("bundle")) {
        return evidence.candidates().ofBundle(bytes(body.path("bundle")));
      }
      return body.has("data")
          ? evidence.candidates().ofData(body.path("data").toString())
          : evidence.gate();
    } catch (BundleRejected e) {
      throw Problem.badRequest(
          "policy_rejected",
          "The policy is rejected at the step " + e.step() + ": " + e.getMessage());
    }
  }

  private static byte[] bytes(JsonNode text) {
    try {
      if (text.isTextual()) {
        return Base64.getDecoder().decode(text.textValue());
      }
    } catch (IllegalArgumentException notBase64) {
      // Falls through to the one message.
    }
    throw Problem.badRequest("invalid_field", "The field 'bundle' is a bundle in Base64");
  }

  Answer explain(Request request) {
    request.onlyQuery("entry", "request");
    List<Found> found = found(request);
    if (found.isEmpty()) {
      throw new Problem(404, "no_decision", "The log holds no such decision");
    }
    ArrayNode all = Json.MAPPER.createArrayNode();
    for (Found decision : found) {
      switch (decision) {
        case Found.Missing missing -> {
          looks.record(request, "explanation");
          all.add(Explanations.of(missing));
        }
        case Found.Recorded recorded -> {
          looks.record(request, "explanation", Optional.of(recorded.subject()));
          all.add(Explanations.of(recorded, Explained.of(evidence.gate(), recorded.question())));
        }
      }
    }
    return Answer.ok(Map.of("explanations", all));
  }

  private List<Found> found(Request request) {
    Optional<Long> entry = request.number("entry");
    Optional<String> named = request.query("request");
    if (entry.isPresent() == named.isPresent()) {
      throw Problem.badRequest(
          "missing_parameter", "Name a decision by the parameter 'entry' or by 'request'");
    }
    return entry.isPresent()
        ? evidence.decisions().at(entry.get()).stream().toList()
        : evidence.decisions().ofRequest(named.orElseThrow(), MOST_OF_REQUEST);
  }

  /** What if the app were registered for these purposes and no others. */
  Answer whatIf(Request request) {
    request.onlyQuery();
    JsonNode body = Json.object(request.body());
    Json.only(body, Set.of("app", "purposes", "from", "until"));
    String app = Json.text(body, "app", 63);
    if (!app.matches("[a-z][a-z0-9-]{1,62}")) {
      throw Problem.badRequest("invalid_name", "The field 'app' is an app's id");
    }
    Hypothesis.Registered registered = new Hypothesis.Registered(purposes(body));
    return ofApp(request, period(body), app, registered.purposes());
  }

  /** Replays the app's decisions of the period as if it had been registered for these purposes. */
  Answer ofApp(Request request, Period period, String app, List<String> purposes) {
    Hypothesis.Registered registered = new Hypothesis.Registered(purposes);
    return answers.of(
        request,
        () -> {
          evidence.gate().checkHeard();
          record(request, "policy.what-if", Map.of("target", app));
          return progress -> evidence.replay().run(registered, app, period, progress);
        },
        replayed -> whatIf(app, registered, replayed));
  }

  private static List<String> purposes(JsonNode body) {
    return Json.texts(body, "purposes", 50).stream()
        .map(
            text ->
                Purpose.parse(text)
                    .orElseThrow(
                        () ->
                            Problem.badRequest("unknown_purpose", "A purpose is no DPV 2.3 term")))
        .map(Purpose::curie)
        .sorted()
        .distinct()
        .toList();
  }

  private ObjectNode whatIf(String app, Hypothesis.Registered registered, Replayed replayed) {
    ObjectNode node = Json.MAPPER.createObjectNode().put("app", app);
    node.set("replay", ReplayJson.of(replayed));
    ArrayNode uses = node.putArray("uses");
    Question.Caller caller = new Question.Caller(app, Role.APP.code(), registered.purposes());
    for (String purpose : registered.purposes()) {
      Question silent = evidence.possible().aboutAnybody(caller, purpose);
      ObjectNode use = uses.addObject().put("purpose", purpose);
      use.set("saidNothing", Explanations.use(evidence.gate().outcome(silent)));
      use.set("consented", consented(silent, false));
      use.set("explicitlyConsented", consented(silent, true));
    }
    return node;
  }

  private ObjectNode consented(Question silent, boolean explicit) {
    Hypothesis yes = new Hypothesis.Said(silent.purpose(), silent.caller().id(), "GIVEN", explicit);
    return Explanations.use(evidence.gate().outcome(yes.on(silent)));
  }

  private static Map<String, Object> named(PolicyIdentity candidate) {
    return Map.of(
        "policy", candidate.revision(),
        "policyDigest", candidate.codeDigest(),
        "dataDigest", candidate.dataDigest());
  }

  private void record(Request request, String action, Map<String, Object> more) {
    TreeMap<String, Object> facts = request.actor().facts();
    facts.put("action", action);
    facts.putAll(more);
    log.append(AuditEntry.of(EntryType.POLICY, facts));
  }
}
