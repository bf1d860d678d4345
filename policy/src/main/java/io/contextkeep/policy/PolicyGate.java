package io.contextkeep.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.SubjectId;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The one place where a {@link Permit} is made. It asks the policy and believes only a whole, well
 * formed yes about a customer who exists: everything else, also whatever goes wrong, is a refusal.
 */
public final class PolicyGate {
  /** Long enough for the log to become durable, too short to be kept for another day. */
  private static final Duration PERMIT_LIFE = Duration.ofSeconds(30);

  private final PolicyEngine engine;
  private final SecureRandom random;

  public PolicyGate(PolicyEngine engine, SecureRandom random) {
    this.engine = engine;
    this.random = random;
  }

  public Decision decide(Question question) {
    try {
      return decision(question, engine.evaluate(question.toJson()));
    } catch (PolicyFailure failure) {
      return refusal("", List.of(failure.code()));
    } catch (IllegalArgumentException malformed) {
      // An unknown mask or obligation, or a document of another shape.
      return refusal("", List.of("POLICY_ERROR"));
    }
  }

  public PolicyIdentity policy() {
    return engine.identity();
  }

  private Decision decision(Question question, JsonNode document) {
    String basis = document.path("basis").asText("");
    List<String> reasons = strings(document.path("reasons"));
    boolean allowed = document.path("allow").isBoolean() && document.get("allow").booleanValue();
    if (!allowed || !reasons.isEmpty() || question.subject().id().isEmpty()) {
      return refusal(basis, reasons.isEmpty() ? List.of("NOT_PERMITTED") : reasons);
    }
    SubjectId subject = question.subject().id().get();
    return new Permit(
        id(),
        engine.identity(),
        subject,
        question.caller(),
        question.purpose(),
        terms(question, basis, document),
        PERMIT_LIFE);
  }

  private static Permit.Terms terms(Question question, String basis, JsonNode document) {
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
    List<Long> consents = new ArrayList<>();
    document.path("consents").forEach(consent -> consents.add(consent.longValue()));
    return new Permit.Terms(
        basis,
        releases,
        withheld,
        List.copyOf(consents),
        seconds(document, "ttl_s"),
        seconds(document, "max_age_s"),
        obligations(document));
  }

  private static Duration seconds(JsonNode document, String field) {
    JsonNode seconds = document.path(field);
    if (!seconds.canConvertToExactIntegral()
        || !seconds.canConvertToLong()
        || seconds.longValue() < 0) {
      throw new IllegalArgumentException("No " + field);
    }
    return Duration.ofSeconds(seconds.longValue());
  }

  private static Set<Obligation> obligations(JsonNode document) {
    Set<Obligation> obligations = EnumSet.noneOf(Obligation.class);
    strings(document.path("obligations"))
        .forEach(code -> obligations.add(Obligation.valueOf(code)));
    return Set.copyOf(obligations);
  }

  private Refusal refusal(String basis, List<String> reasons) {
    return new Refusal(id(), engine.identity(), basis, reasons);
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
