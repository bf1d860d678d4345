package io.contextkeep.policy.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.AggregateQuestion;
import io.contextkeep.policy.Assurance;
import io.contextkeep.policy.NotDecided;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyFailure;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.Question;
import io.contextkeep.policy.Refusal;
import io.contextkeep.policy.bundle.BundleRejected.Step;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Questions whose answers are known for every policy, whatever its purposes are: nobody, a wrong
 * role, a no (except to what the law demands) and a missing yes are refused; the customer sees what
 * is theirs. A policy's own golden decisions, in its data under {@code contextkeep.golden.cases},
 * are asked too. A policy that answers one of them otherwise is not a policy for this vault.
 */
final class Golden {
  static final String APP = "golden-app";
  static final String SELF = "dpv:RightsFulfilment";
  private static final String LEGAL_OBLIGATION = "eu-gdpr:A6-1-c";
  private static final String LEGAL_COMPLIANCE = "dpv:LegalCompliance";
  private static final String MARKETING = "dpv:Marketing";
  private static final SubjectId SOMEBODY = new SubjectId(1);
  private static final List<String> NOT_APPS =
      List.of("source", "analyst", "auditor", "operator", "customer", "");

  private final PolicyEngine engine;
  private final JsonNode data;

  Golden(PolicyEngine engine, JsonNode data) {
    this.engine = engine;
    this.data = data;
  }

  /**
   * Asks each question once, or more often.
   *
   * @param evaluations how many to make at least, so that the policy is warm afterwards
   */
  void check(long evaluations) throws BundleRejected {
    Map<String, Question> refused = new LinkedHashMap<>();
    data.at("/contextkeep/catalogue/purposes")
        .properties()
        .forEach(purpose -> refusals(purpose.getKey(), purpose.getValue(), refused));
    refused.put("a purpose that nobody knows", asked("unknown"));
    everyPurposeIsDecided();
    long asked = 0;
    do {
      for (Map.Entry<String, Question> no : refused.entrySet()) {
        expect(!allows(no.getValue().toJson()), no.getKey() + " is allowed");
      }
      expect(!allows("{}"), "a question without anything is allowed");
      customersSeeTheirs();
      asked += refused.size() + 3 + itsOwn();
    } while (asked < evaluations);
  }

  /** The gate must understand what is said of each purpose: to an app, and to an analyst. */
  private void everyPurposeIsDecided() throws BundleRejected {
    PolicyGate gate = new PolicyGate(engine, new SecureRandom());
    Assurance strongest = strongest();
    for (Map.Entry<String, JsonNode> purpose :
        data.at("/contextkeep/catalogue/purposes").properties()) {
      String stated = purpose.getKey();
      Question question =
          new Question(
              new Question.Caller(APP, "app", List.of(stated), strongest),
              stated,
              new Question.Subject(Optional.of(SOMEBODY), false, false),
              List.of(new Question.Consent(1, stated, APP, "GIVEN", true)),
              List.of(),
              categories(purpose.getValue()));
      expectDecided(reasons(gate, question), stated);
      if (gate.decide(statistic(stated, strongest)) instanceof Refusal refusal) {
        expectDecided(refusal.reasons(), stated);
      }
    }
  }

  private static List<String> reasons(PolicyGate gate, Question question) {
    try {
      return gate.outcome(question).reasons();
    } catch (NotDecided e) {
      return List.of(e.kind().name());
    }
  }

  private static AggregateQuestion statistic(String purpose, Assurance strongest) {
    return new AggregateQuestion(
        new Question.Caller("golden-analyst", "analyst", List.of(), strongest),
        purpose,
        new Question.Caller(APP, "app", List.of(purpose)),
        "count",
        new TreeMap<>(),
        1,
        0);
  }

  private static void expectDecided(List<String> reasons, String purpose) throws BundleRejected {
    for (PolicyFailure.Kind failure : PolicyFailure.Kind.values()) {
      expect(
          !reasons.contains(failure.name()),
          "what is said of " + purpose + " cannot be carried out: " + failure);
    }
  }

  /** An attribute of each category that the purpose has anything to say of. */
  private static SortedMap<String, Question.Attribute> categories(JsonNode terms) {
    SortedMap<String, Question.Attribute> attributes = attributes();
    Set<String> categories = new LinkedHashSet<>();
    terms.path("categories").forEach(category -> categories.add(category.asText()));
    terms.path("masks").fieldNames().forEachRemaining(categories::add);
    categories.forEach(
        category ->
            attributes.put("of_" + attributes.size(), new Question.Attribute(category, false, 0)));
    return attributes;
  }

  private Assurance strongest() {
    JsonNode words = data.at("/contextkeep/catalogue/assurance");
    List<String> methods = new ArrayList<>();
    words.path("amr").fieldNames().forEachRemaining(methods::add);
    Optional<String> strongest =
        words.path("acr").properties().stream()
            .max(Comparator.comparingLong(acr -> acr.getValue().longValue()))
            .map(Map.Entry::getKey);
    return new Assurance(strongest, methods);
  }

  /** What is refused whatever the purpose allows. */
  private static void refusals(String purpose, JsonNode terms, Map<String, Question> refused) {
    Question yes = asked(purpose);
    for (String role : NOT_APPS) {
      refused.put(
          "the role '" + role + "' for " + purpose,
          with(yes, new Question.Caller(APP, role, List.of(purpose))));
    }
    refused.put(
        "an app without the purpose " + purpose,
        with(yes, new Question.Caller(APP, "app", List.of("dpv:Other"))));
    refused.put(
        "nobody, for " + purpose, with(yes, new Question.Subject(Optional.empty(), false, false)));
    List<String> closure = closure(purpose);
    boolean legalObligation =
        terms.path("basis").asText().equals(LEGAL_OBLIGATION) && !closure.contains(MARKETING);
    if (!legalObligation) {
      objections(yes, closure, refused);
    }
    if (!legalObligation || !closure.contains(LEGAL_COMPLIANCE)) {
      refused.put(
          "the restricted, for " + purpose,
          with(yes, new Question.Subject(Optional.of(SOMEBODY), true, false)));
      withdrawals(yes, closure, refused);
    }
    if (terms.path("basis").asText().startsWith("eu-gdpr:A6-1-a")) {
      refused.put(purpose + " without consent", with(yes, List.of(), List.of()));
      for (String status : List.of("EXPIRED", "REQUESTED", "UNKNOWN", "REFUSED")) {
        refused.put(
            purpose + " with a consent that is " + status,
            with(yes, List.of(new Question.Consent(1, purpose, APP, status, false)), List.of()));
      }
      refused.put(
          purpose + " with another app's consent",
          with(yes, List.of(new Question.Consent(1, purpose, "other", "GIVEN", true)), List.of()));
    }
  }

  /** An objection does not stop what a legal obligation demands (Article 21 GDPR). */
  private static void objections(
      Question yes, List<String> closure, Map<String, Question> refused) {
    for (String broader : closure) {
      refused.put(
          yes.purpose() + " against an objection to " + broader,
          with(yes, yes.consents(), List.of(broader)));
    }
  }

  private static void withdrawals(
      Question yes, List<String> closure, Map<String, Question> refused) {
    for (String broader : closure) {
      for (String to : List.of(APP, "*")) {
        List<Question.Consent> withNo = new ArrayList<>(yes.consents());
        withNo.add(new Question.Consent(2, broader, to, "WITHDRAWN", false));
        refused.put(
            yes.purpose() + " against a no to " + broader + " for " + to,
            with(yes, withNo, List.of()));
      }
    }
  }

  private static List<String> closure(String purpose) {
    List<String> all = new ArrayList<>(List.of(purpose));
    Purpose.parse(purpose).ifPresent(p -> p.ancestors().forEach(a -> all.add(a.curie())));
    return all;
  }

  private void customersSeeTheirs() throws BundleRejected {
    for (boolean restricted : List.of(true, false)) {
      Question own =
          new Question(
              new Question.Caller("golden-customer", "customer", List.of()),
              SELF,
              new Question.Subject(Optional.of(SOMEBODY), restricted, true),
              List.of(),
              List.of(),
              attributes());
      JsonNode decision = decided(own.toJson());
      expect(
          decision.path("allow").asBoolean()
              && decision.at("/attributes/golden/release").asText().equals("clear"),
          "customers do not see what is theirs");
    }
  }

  private int itsOwn() throws BundleRejected {
    JsonNode cases = data.at("/contextkeep/golden/cases");
    for (JsonNode known : cases) {
      expect(
          decided(known.path("input").toString()).equals(known.path("decision")),
          "the golden decision '" + known.path("name").asText() + "' is another");
    }
    return cases.size();
  }

  private boolean allows(String input) throws BundleRejected {
    return decided(input).path("allow").asBoolean(true);
  }

  private JsonNode decided(String input) throws BundleRejected {
    try {
      return engine.evaluate(input).json();
    } catch (PolicyFailure e) {
      throw new BundleRejected(Step.GOLDEN, "A golden question has no answer: " + e.kind(), e);
    } catch (IllegalArgumentException e) {
      throw new BundleRejected(Step.GOLDEN, "A golden question has an unusable answer", e);
    }
  }

  private static void expect(boolean holds, String otherwise) throws BundleRejected {
    if (!holds) {
      throw new BundleRejected(Step.GOLDEN, otherwise);
    }
  }

  /** A question that most policies answer with yes. */
  private static Question asked(String purpose) {
    return new Question(
        new Question.Caller(APP, "app", List.of(purpose)),
        purpose,
        new Question.Subject(Optional.of(SOMEBODY), false, false),
        List.of(new Question.Consent(1, purpose, APP, "GIVEN", true)),
        List.of(),
        attributes());
  }

  private static SortedMap<String, Question.Attribute> attributes() {
    return new TreeMap<>(Map.of("golden", new Question.Attribute("pd:Country", false, 1)));
  }

  private static Question with(Question yes, Question.Caller caller) {
    return new Question(
        caller, yes.purpose(), yes.subject(), yes.consents(), yes.objections(), yes.attributes());
  }

  private static Question with(Question yes, Question.Subject subject) {
    return new Question(
        yes.caller(), yes.purpose(), subject, yes.consents(), yes.objections(), yes.attributes());
  }

  private static Question with(
      Question yes, List<Question.Consent> consents, List<String> objections) {
    return new Question(
        yes.caller(), yes.purpose(), yes.subject(), consents, objections, yes.attributes());
  }
}
