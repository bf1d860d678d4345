package io.contextkeep.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.SubjectId;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The one place where a {@link Permit} is made. It asks the policy and believes only a whole, well
 * formed yes about a customer who exists: everything else, also whatever goes wrong, is a refusal.
 */
public final class PolicyGate {
  /** Long enough for the log to become durable, too short to be kept for another day. */
  private static final Duration PERMIT_LIFE = Duration.ofSeconds(30);

  /** Of a no that says nothing more. */
  private static final List<String> NO_REASON = List.of("NOT_PERMITTED");

  private final PolicyEngine engine;
  private final SecureRandom random;
  private final Consumer<Decision> watcher;

  public PolicyGate(PolicyEngine engine, SecureRandom random) {
    this(engine, random, _ -> {});
  }

  /**
   * @param watcher told of each decision, to count it
   */
  public PolicyGate(PolicyEngine engine, SecureRandom random, Consumer<Decision> watcher) {
    this.engine = engine;
    this.random = random;
    this.watcher = watcher;
  }

  public Decision decide(Question question) {
    Decision decision = decided(question);
    watcher.accept(decision);
    return decision;
  }

  private Decision decided(Question question) {
    return decided(
        engine, question::toJson, given -> decision(question, given), refusal -> refusal);
  }

  /**
   * Decides about a statistic, before any data is looked at. Whoever takes part is then decided by
   * the same policy, whatever is in force by then.
   */
  public AggregateDecision decide(AggregateQuestion question) {
    PolicyEngine policy = engine.pinned();
    return decided(
        policy, question::toJson, given -> decision(question, given, policy), refusal -> refusal);
  }

  /** Whatever goes wrong between a question and its decision is a refusal. */
  private <D> D decided(
      PolicyEngine policy,
      Supplier<String> input,
      Function<PolicyDocument, D> decision,
      Function<Refusal, D> refused) {
    PolicyIdentity asked = policy.identity();
    try {
      PolicyDocument given = policy.evaluate(input.get());
      asked = given.policy();
      return decision.apply(given);
    } catch (PolicyFailure failure) {
      return refused.apply(refusal(asked, "", "", List.of(failure.kind().name())));
    } catch (IllegalArgumentException malformed) {
      // An unknown mask or obligation, or a document of another shape.
      return refused.apply(refusal(asked, "", "", List.of(PolicyFailure.Kind.POLICY_ERROR.name())));
    }
  }

  private AggregateDecision decision(
      AggregateQuestion question, PolicyDocument given, PolicyEngine policy) {
    List<String> against = against(given.json());
    return against.isEmpty()
        ? new AggregatePermit(id(), given.policy(), given.digest(), question, policy)
        : refusal(given.policy(), given.digest(), "", against);
  }

  /** Why the document is a no; empty where it is a yes, which it must say in so many words. */
  private static List<String> against(JsonNode document) {
    List<String> reasons = strings(document.path("reasons"));
    boolean allowed = document.path("allow").isBoolean() && document.get("allow").booleanValue();
    return allowed || !reasons.isEmpty() ? reasons : NO_REASON;
  }

  /**
   * Whether a customer in that situation takes part in a permitted statistic: the same decision as
   * if the population's app had asked for the attributes itself. No watcher is told of it, since a
   * count of such decisions would be about the customers.
   *
   * @throws IllegalStateException if the policy gives none: a statistic without those whom nothing
   *     decided would be a wrong one
   */
  public Eligibility eligibility(AggregatePermit permit, Question question) {
    try {
      Decision decision = decision(question, permit.engine().evaluate(question.toJson()));
      boolean applies =
          question.purpose().equals(permit.purpose())
              && question.caller().equals(permit.population());
      return decision instanceof Permit yes && applies
          ? new Eligibility(permit, clear(yes), true, yes.maxAge())
          : new Eligibility(permit, Set.of(), false, Duration.ZERO);
    } catch (PolicyFailure failure) {
      throw new IllegalStateException("The policy does not decide", failure);
    }
  }

  private static Set<String> clear(Permit permit) {
    Set<String> clear = new HashSet<>();
    permit
        .releases()
        .forEach(
            (name, how) -> {
              if (how instanceof Release.Clear) {
                clear.add(name);
              }
            });
    return clear;
  }

  public PolicyIdentity policy() {
    return engine.identity();
  }

  private Decision decision(Question question, PolicyDocument given) {
    JsonNode document = given.json();
    String basis = document.path("basis").asText("");
    List<String> against = against(document);
    if (!against.isEmpty() || question.subject().id().isEmpty()) {
      return refusal(
          given.policy(), given.digest(), basis, against.isEmpty() ? NO_REASON : against);
    }
    SubjectId subject = question.subject().id().get();
    return new Permit(
        id(),
        given.policy(),
        subject,
        question.caller(),
        question.purpose(),
        terms(question, given.digest(), basis, document),
        PERMIT_LIFE);
  }

  private static Permit.Terms terms(
      Question question, String digest, String basis, JsonNode document) {
    SortedMap<String, Release> releases = new TreeMap<>();
    SortedMap<String, String> withheld = new TreeMap<>();
    for (String name : question.attributes().keySet()) {
      JsonNode outcome = document.path("attributes").path(name);
      switch (outcome.path("release").asText("")) {
        case "clear" -> releases.put(name, new Release.Clear());
        case "mask" ->
            releases.put(name, new Release.Masked(Mask.valueOf(outcome.path("mask").asText())));
        case "withheld" -> withheld.put(name, outcome.path("reason").asText("NOT_PERMITTED"));
        default -> throw new IllegalArgumentException("An attribute without an outcome");
      }
    }
    return new Permit.Terms(
        digest,
        basis,
        releases,
        withheld,
        consents(question, document),
        Duration.ofSeconds(number(document, "ttl_s")),
        Duration.ofDays(number(document, "max_age_days")),
        obligations(document));
  }

  /** The policy names consents by their places in the question. */
  private static List<Long> consents(Question question, JsonNode document) {
    List<Long> consents = new ArrayList<>();
    for (JsonNode place : document.path("consents")) {
      if (!place.isInt()
          || place.intValue() < 0
          || place.intValue() >= question.consents().size()) {
        throw new IllegalArgumentException("A consent that was not asked about");
      }
      consents.add(question.consents().get(place.intValue()).id());
    }
    return List.copyOf(consents);
  }

  private static long number(JsonNode document, String field) {
    JsonNode number = document.path(field);
    if (!number.isInt() || number.intValue() < 0) {
      throw new IllegalArgumentException("No " + field);
    }
    return number.intValue();
  }

  private static Set<Obligation> obligations(JsonNode document) {
    Set<Obligation> obligations = EnumSet.noneOf(Obligation.class);
    strings(document.path("obligations"))
        .forEach(code -> obligations.add(Obligation.valueOf(code)));
    return Set.copyOf(obligations);
  }

  private Refusal refusal(
      PolicyIdentity policy, String digest, String basis, List<String> reasons) {
    return new Refusal(id(), policy, digest, basis, reasons);
  }

  private String id() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(item -> strings.add(item.asText()));
    return strings;
  }
}
