package io.contextkeep.vault.simulation;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

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
import io.contextkeep.vault.web.InvalidField;
import io.contextkeep.vault.web.Items;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Text;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Replays, hypothetical decisions and explanations for operators, in codes and by entry of the log.
 * No customer is named. Every request is recorded; one that explains a decision about a customer is
 * an entry about that customer.
 */
final class EvidenceApi implements Routes.Api {
  private static final int MAX_OF_REQUEST = 100;

  /** The longest text of a request. */
  private static final int MAX_BUNDLE = 1_048_576;

  private static final String BASE64 = "[A-Za-z0-9+/]*={0,2}";

  private final Evidence evidence;
  private final AuditLog log;
  private final AuditorAccessLog looks;
  private final ReplayAnswers answers = new ReplayAnswers();

  EvidenceApi(Evidence evidence, AuditLog log, AuditorAccessLog looks) {
    this.evidence = evidence;
    this.log = log;
    this.looks = looks;
  }

  /**
   * @param data the data of a candidate with the code in force
   * @param bundle a candidate as a bundle in Base64
   */
  private record ReplayRequest(
      Instant from,
      Instant until,
      Optional<ObjectNode> data,
      Optional<@Text(max = MAX_BUNDLE, pattern = BASE64, expected = "a bundle in Base64") String>
          bundle) {
    ReplayRequest {
      if (data.isPresent() && bundle.isPresent()) {
        throw InvalidField.of("bundle", "must not be sent with 'data'");
      }
    }
  }

  /** A hypothetical registration of an app. */
  private record WhatIfRequest(
      @Text(max = 63, pattern = "[a-z][a-z0-9-]{1,62}", expected = "the id of an app") String app,
      @Items(max = 50) List<Purpose> purposes,
      Instant from,
      Instant until) {}

  private record AllExplanations(List<Explanation> explanations) {}

  private record WhatIf(String app, ReplayResult replay, List<SupposedUse> uses) {}

  /** The outcomes for a customer with every attribute, by the customer's consents. */
  private record SupposedUse(
      String purpose, Use saidNothing, Use consented, Use explicitlyConsented) {}

  @Override
  public void mount(Routes routes) {
    routes
        .route(POST, "/v1/policy/replay")
        .as(Role.OPERATOR)
        .giving(ReplayAnswers.FORMS)
        .body(ReplayRequest.class)
        .handle(this::replay);
    routes
        .route(GET, "/v1/policy/explain")
        .as(Role.OPERATOR)
        .query("entry", "request")
        .handle(this::explain);
    routes
        .route(POST, "/v1/policy/what-if")
        .as(Role.OPERATOR)
        .giving(ReplayAnswers.FORMS)
        .body(WhatIfRequest.class)
        .handle(this::whatIf);
  }

  private Answer replay(Request request, ReplayRequest body) {
    Period period = period(body.from(), body.until());
    return answers.of(request, () -> run(request, period, candidate(body)), ReplayResult::of);
  }

  private ReplayAnswers.Run run(Request request, Period period, PolicyGate candidate) {
    evidence.gate().checkAvailable();
    record(request, "policy.replay", named(candidate.policy()));
    return progress -> evidence.replay().run(candidate, period, progress);
  }

  /** Replays the period under another policy. */
  Answer ofCandidate(Request request, Period period, PolicyGate candidate) {
    return answers.of(request, () -> run(request, period, candidate), ReplayResult::of);
  }

  /** Replays the period as if a fact had been otherwise in every decision. */
  Answer ofFact(Request request, Period period, String target, Hypothesis fact) {
    return answers.of(
        request,
        () -> {
          evidence.gate().checkAvailable();
          record(request, "policy.what-if", Map.of("target", target));
          return progress -> evidence.replay().run(fact, period, progress);
        },
        ReplayResult::of);
  }

  private static Period period(Instant from, Instant until) {
    try {
      return new Period(from, until);
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest(
          "invalid_period", "The field 'until' must be after 'from' and at most 366 days later");
    }
  }

  /** Returns the candidate of a request, by default the policy in force, to check the record. */
  private PolicyGate candidate(ReplayRequest body) {
    try {
      if (body.bundle().isPresent()) {
        return evidence.candidates().ofBundle(decoded(body.bundle().get()));
      }
      return body.data().isPresent()
          ? evidence.candidates().ofData(body.data().get().toString())
          : evidence.gate();
    } catch (BundleRejected e) {
      throw Problem.badRequest(
          "policy_rejected",
          "The policy is rejected at the step " + e.step() + ": " + e.getMessage());
    }
  }

  private static byte[] decoded(String bundle) {
    try {
      return Base64.getDecoder().decode(bundle);
    } catch (IllegalArgumentException notBase64) {
      throw Problem.badRequest("invalid_field", "The field 'bundle' must be a bundle in Base64");
    }
  }

  private Answer explain(Request request) {
    List<Found> found = found(request);
    if (found.isEmpty()) {
      throw new Problem(404, "no_decision", "The log holds no such decision");
    }
    return Answer.ok(
        new AllExplanations(found.stream().map(decision -> explained(request, decision)).toList()));
  }

  private Explanation explained(Request request, Found decision) {
    return switch (decision) {
      case Found.Missing missing -> {
        looks.record(request, "explanation");
        yield Explanation.of(missing);
      }
      case Found.Recorded recorded -> {
        looks.record(request, "explanation", Optional.of(recorded.subject()));
        yield Explanation.of(recorded, Explained.of(evidence.gate(), recorded.question()));
      }
    };
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
        : evidence.decisions().ofRequest(named.orElseThrow(), MAX_OF_REQUEST);
  }

  private Answer whatIf(Request request, WhatIfRequest body) {
    return ofApp(
        request,
        period(body.from(), body.until()),
        body.app(),
        body.purposes().stream().map(Purpose::curie).toList());
  }

  /** Replays the app's decisions of the period as if it had been registered for these purposes. */
  Answer ofApp(Request request, Period period, String app, List<String> purposes) {
    Hypothesis.Registered registered = new Hypothesis.Registered(purposes);
    return answers.of(
        request,
        () -> {
          evidence.gate().checkAvailable();
          record(request, "policy.what-if", Map.of("target", app));
          return progress -> evidence.replay().run(registered, app, period, progress);
        },
        replayed -> whatIf(app, registered, replayed));
  }

  private WhatIf whatIf(String app, Hypothesis.Registered registered, Replayed replayed) {
    Question.Caller caller = new Question.Caller(app, Role.APP.code(), registered.purposes());
    return new WhatIf(
        app,
        ReplayResult.of(replayed),
        registered.purposes().stream().map(purpose -> supposed(caller, purpose)).toList());
  }

  private SupposedUse supposed(Question.Caller caller, String purpose) {
    Question silent = evidence.hypothetical().aboutAnyone(caller, purpose);
    return new SupposedUse(
        purpose,
        Use.of(evidence.gate().outcome(silent)),
        consented(silent, false),
        consented(silent, true));
  }

  private Use consented(Question silent, boolean explicit) {
    Hypothesis yes = new Hypothesis.Said(silent.purpose(), silent.caller().id(), "GIVEN", explicit);
    return Use.of(evidence.gate().outcome(yes.on(silent)));
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
