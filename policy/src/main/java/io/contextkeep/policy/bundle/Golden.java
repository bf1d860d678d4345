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
 * The golden decisions, which every policy must make whatever its purposes are. It must refuse
 * unknown customers, wrong roles, customers who objected (except where the law demands the
 * processing) and missing consents, and must permit customers their own data. The policy's own
 * golden decisions, in its data under {@code contextkeep.golden.cases}, are checked too.
 */
final class Golden {
  static final String APP = "golden-app";
  static final String SELF = "dpv:RightsFulfilment";
  private static final String LEGAL_OBLIGATION = "eu-gdpr:A6-1-c";
  private static final String LEGAL_COMPLIANCE = "dpv:LegalCompliance";
  private static final String MARKETING = "dpv:Marketing";
  private static final SubjectId CUSTOMER = new SubjectId(1);
  private static final List<String> NOT_APPS =
      List.of("source", "analyst", "auditor", "operator", "customer", "");

  private final PolicyEngine engine;
  private final JsonNode data;

  Golden(PolicyEngine engine, JsonNode data) {
    this.engine = engine;
    this.data = data;
  }

  /**
   * Checks every decision at least once.
   *
   * @param evaluations the least number of evaluations, so that the policy is warm afterwards
   */
  void check(long evaluations) throws BundleRejected {
    Map<String, Question> refused = new LinkedHashMap<>();
    data.at("/contextkeep/catalogue/purposes")
        .properties()
        .forEach(purpose -> refusals(purpose.getKey(), purpose.getValue(), refused));
    refused.put("an unknown purpose", asked("unknown"));
    everyPurposeIsDecided();
    long asked = 0;
    do {
      for (Map.Entry<String, Question> no : refused.entrySet()) {
        expect(!allows(no.getValue().toJson()), no.getKey() + " is allowed");
      }
      expect(!allows("{}"), "an empty question is allowed");
      customersSeeTheirs();
      asked += refused.size() + 3 + itsOwn();
    } while (asked < evaluations);
  }

  /**
   * Checks that the gate can carry out a decision for each purpose, of an app and of an analyst.
   */
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
              new Question.Subject(Optional.of(CUSTOMER), false, false),
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
          "the decision for " + purpose + " cannot be carried out: " + failure);
    }
  }

  /** Returns an attribute of each category that the purpose mentions. */
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

  /** Collects the questions that must be refused whatever the purpose allows. */
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
        "an unknown customer, for " + purpose,
        with(yes, new Question.Subject(Optional.empty(), false, false)));
    List<String> closure = closure(purpose);
    boolean legalObligation =
        terms.path("basis").asText().equals(LEGAL_OBLIGATION) && !closure.contains(MARKETING);
    if (!legalObligation) {
      objections(yes, closure, refused);
    }
    if (!legalObligation || !closure.contains(LEGAL_COMPLIANCE)) {
      refused.put(
          "a customer with restricted processing, for " + purpose,
          with(yes, new Question.Subject(Optional.of(CUSTOMER), true, false)));
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

  /** Adds objections, which do not stop what a legal obligation demands (Article 21 GDPR). */
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
            yes.purpose() + " despite a refusal of " + broader + " for " + to,
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
              new Question.Subject(Optional.of(CUSTOMER), restricted, true),
              List.of(),
              List.of(),
              attributes());
      JsonNode decision = decided(own.toJson());
      expect(
          decision.path("allow").asBoolean()
              && decision.at("/attributes/golden/release").asText().equals("clear"),
          "customers do not see their own data");
    }
  }

  private int itsOwn() throws BundleRejected {
    JsonNode cases = data.at("/contextkeep/golden/cases");
    for (JsonNode known : cases) {
      expect(
          decided(known.path("input").toString()).equals(known.path("decision")),
          "the golden decision '" + known.path("name").asText() + "' differs");
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
      throw new BundleRejected(Step.GOLDEN, "A golden question has no decision: " + e.kind(), e);
    } catch (IllegalArgumentException e) {
      throw new BundleRejected(Step.GOLDEN, "A golden question has a malformed decision", e);
    }
  }

  private static void expect(boolean holds, String otherwise) throws BundleRejected {
    if (!holds) {
      throw new BundleRejected(Step.GOLDEN, otherwise);
    }
  }

  /** Returns a question that most policies permit. */
  private static Question asked(String purpose) {
    return new Question(
        new Question.Caller(APP, "app", List.of(purpose)),
        purpose,
        new Question.Subject(Optional.of(CUSTOMER), false, false),
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
