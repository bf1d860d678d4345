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
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The one place where a {@link Permit} is made. It asks the policy and believes only a whole, well
 * formed yes about a customer who exists: everything else, also whatever goes wrong, is a refusal.
 */
public final class PolicyGate {
  /** Long enough for the log to become durable, too short to be kept for another day. */
  private static final Duration PERMIT_LIFE = Duration.ofSeconds(30);

  /** Of a no that says nothing more. */
  private static final List<String> NO_REASON = List.of("NOT_PERMITTED");

  private static final Pattern CODED = Pattern.compile("[A-Za-z0-9:._/*+-]{0,128}");

  /** What a yes may say: all of it is carried out. */
  private static final Set<String> DECISION =
      Set.of(
          "allow",
          "reasons",
          "attributes",
          "basis",
          "consents",
          "ttl_s",
          "max_age_days",
          "obligations",
          "caps",
          "step_up");

  private final PolicyEngine engine;
  private final SecureRandom random;
  private final Consumer<Decision> watcher;
  private final Reads reads;

  public PolicyGate(PolicyEngine engine, SecureRandom random) {
    this(engine, random, _ -> {});
  }

  /**
   * @param watcher told of each decision, to count it
   */
  public PolicyGate(PolicyEngine engine, SecureRandom random, Consumer<Decision> watcher) {
    this(engine, random, watcher, Reads.UNCOUNTED);
  }

  /**
   * @param reads counts, for purposes that cap how often an app reads
   */
  public PolicyGate(
      PolicyEngine engine, SecureRandom random, Consumer<Decision> watcher, Reads reads) {
    this.reads = reads;
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
    return decided(engine, question::toJson, given -> counted(question, given), refusal -> refusal);
  }

  /**
   * The decision within the purpose's cap on reads. Over it, a yes and a no are told alike: how an
   * app stands says nothing about a customer.
   */
  private Decision counted(Question question, PolicyDocument given) {
    Decision decision = decision(question, given);
    Optional<Integer> perHour = Caps.of(given.json()).readsPerHour();
    if (perHour.isEmpty()) {
      return decision;
    }
    String app = question.caller().id();
    boolean within =
        decision instanceof Permit
            ? reads.take(app, question.purpose(), perHour.get())
            : reads.left(app, question.purpose(), perHour.get());
    return within ? decision : capped(decision, given);
  }

  private Refusal capped(Decision decision, PolicyDocument given) {
    List<String> reasons =
        new ArrayList<>(decision instanceof Refusal refusal ? refusal.reasons() : List.of());
    reasons.add(Enforced.READ_CAP.name());
    return refusal(given, decision.basis(), reasons);
  }

  /**
   * What the decision would be. It opens nothing, so the question may be one that nobody asks; no
   * watcher is told of it, and it is no read that a cap counts.
   *
   * @throws NotDecided if the policy is not heard: that it did not answer is no refusal to show
   */
  public Outcome outcome(Question question) {
    Decision decision =
        decided(engine, question::toJson, given -> decision(question, given), refusal -> refusal);
    if (decision instanceof Refusal refusal && refusal.isUndecided()) {
      throw new NotDecided(PolicyFailure.Kind.valueOf(refusal.reasons().getFirst()));
    }
    return Outcome.of(decision);
  }

  /**
   * Checks that the policy can be asked, before something is begun that asks it often.
   *
   * @throws NotDecided if it is not heard
   */
  public void checkHeard() {
    try {
      engine.evaluate("{}");
    } catch (PolicyFailure failure) {
      if (failure.kind().isUnheard()) {
        throw new NotDecided(failure.kind());
      }
    }
  }

  /**
   * Decides about a statistic, before any data is looked at. Who takes part is then decided by the
   * same policy, whatever is in force by then. A statistic for which nobody could be counted,
   * because the policy masks or withholds an attribute of it from everybody, is refused here: it
   * would cost and say nothing.
   */
  public AggregateDecision decide(AggregateQuestion question) {
    PolicyEngine policy = engine.pinned();
    return decided(
        policy, question::toJson, given -> decision(question, given, policy), refusal -> refusal);
  }

  private interface Decide<D> {
    D by(PolicyDocument given) throws PolicyFailure;
  }

  /** Whatever goes wrong between a question and its decision is a refusal. */
  private <D> D decided(
      PolicyEngine policy,
      Supplier<String> input,
      Decide<D> decision,
      Function<Refusal, D> refused) {
    PolicyIdentity asked = policy.identity();
    try {
      PolicyDocument given = policy.evaluate(input.get());
      asked = given.policy();
      return decision.by(given);
    } catch (PolicyFailure failure) {
      return refused.apply(refusal(asked, failure.kind()));
    } catch (IllegalArgumentException malformed) {
      // An unknown mask or obligation, or a document of another shape.
      return refused.apply(refusal(asked, PolicyFailure.Kind.POLICY_ERROR));
    }
  }

  private AggregateDecision decision(
      AggregateQuestion question, PolicyDocument given, PolicyEngine policy) throws PolicyFailure {
    List<String> against = against(given.json());
    if (!against.isEmpty()) {
      return refusal(given, "", against);
    }
    if (question.attributes().isEmpty()) {
      return permit(question, given, policy, "");
    }
    Question willing = question.ofFullyConsenting();
    PolicyDocument terms = policy.evaluate(willing.toJson());
    Outcome outcome = Outcome.of(decision(willing, terms));
    return outcome.treatments().values().stream().allMatch(how -> how.how() == Outcome.How.CLEAR)
        ? permit(question, given, policy, terms.digest())
        : hidden(given, outcome.treatments());
  }

  private AggregatePermit permit(
      AggregateQuestion question, PolicyDocument given, PolicyEngine policy, String terms) {
    return new AggregatePermit(id(given), given.policy(), given.digest(), terms, question, policy);
  }

  private Refusal hidden(PolicyDocument given, SortedMap<String, Outcome.Treatment> treatments) {
    TreeSet<String> reasons = new TreeSet<>();
    TreeMap<String, String> masks = new TreeMap<>();
    treatments.forEach(
        (attribute, how) -> {
          switch (how.how()) {
            case CLEAR -> {}
            case WITHHELD -> reasons.add(how.code());
            case MASKED -> {
              reasons.add(Enforced.ATTRIBUTE_MASKED.name());
              masks.put(attribute, how.code());
            }
          }
        });
    return new Refusal(
        id(given), given.policy(), given.digest(), "", List.copyOf(reasons), List.of(), masks);
  }

  /** Why the document is a no; empty where it is a yes, which it must say in so many words. */
  private static List<String> against(JsonNode document) {
    List<String> reasons = words(document.path("reasons"));
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
    String basis = word(document.path("basis"));
    List<String> against = against(document);
    if (!against.isEmpty() || question.subject().id().isEmpty()) {
      return refusal(given, basis, against.isEmpty() ? NO_REASON : against);
    }
    SubjectId subject = question.subject().id().get();
    return new Permit(
        id(given),
        given.policy(),
        subject,
        question.caller(),
        question.purpose(),
        terms(question, given.digest(), basis, document),
        PERMIT_LIFE);
  }

  private static Permit.Terms terms(
      Question question, String digest, String basis, JsonNode document) {
    only(document, DECISION);
    SortedMap<String, Release> releases = new TreeMap<>();
    SortedMap<String, String> withheld = new TreeMap<>();
    for (String name : question.attributes().keySet()) {
      JsonNode outcome = document.path("attributes").path(name);
      if (outcome.path("release").asText("").equals("withheld")) {
        withheld.put(name, outcome.path("reason").asText("NOT_PERMITTED"));
      } else {
        releases.put(name, release(outcome));
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
        obligations(document),
        Caps.of(document));
  }

  private static Release release(JsonNode outcome) {
    return switch (outcome.path("release").asText("")) {
      case "clear" -> {
        only(outcome, Set.of("release"));
        yield new Release.Clear();
      }
      case "mask" -> {
        only(outcome, Set.of("release", "mask", "edges"));
        Mask mask = Mask.valueOf(outcome.path("mask").asText());
        yield new Release.Masked(mask, edges(outcome));
      }
      default -> throw new IllegalArgumentException("An attribute without an outcome");
    };
  }

  private static List<Long> edges(JsonNode outcome) {
    if (!outcome.has("edges")) {
      return List.of();
    }
    List<Long> edges = new ArrayList<>();
    for (JsonNode edge : array(outcome, "edges")) {
      if (!edge.canConvertToLong() || !edge.isIntegralNumber()) {
        throw new IllegalArgumentException("An edge that is no whole number");
      }
      edges.add(edge.longValue());
    }
    return edges;
  }

  /** What the vault does not know it cannot carry out. */
  private static void only(JsonNode object, Set<String> known) {
    object
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw new IllegalArgumentException("A member that is not known");
              }
            });
  }

  private static JsonNode array(JsonNode object, String field) {
    JsonNode array = object.path(field);
    if (!array.isArray()) {
      throw new IllegalArgumentException("No list of " + field);
    }
    return array;
  }

  /** The policy names consents by their places in the question. */
  private static List<Long> consents(Question question, JsonNode document) {
    List<Long> consents = new ArrayList<>();
    for (JsonNode place : array(document, "consents")) {
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
    words(array(document, "obligations"))
        .forEach(code -> obligations.add(Obligation.valueOf(code)));
    return Set.copyOf(obligations);
  }

  private Refusal refusal(PolicyDocument given, String basis, List<String> reasons) {
    List<String> stepUp =
        reasons.contains(Refusal.STEP_UP) ? words(given.json().path("step_up")) : List.of();
    return new Refusal(id(given), given.policy(), given.digest(), basis, reasons, stepUp);
  }

  private Refusal refusal(PolicyIdentity asked, PolicyFailure.Kind failure) {
    return new Refusal(id(), asked, "", "", List.of(failure.name()), List.of());
  }

  /** One decision has one id, here and in the log of the engine that made it. */
  private String id(PolicyDocument given) {
    return given.decisionId().orElseGet(this::id);
  }

  private String id() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private static List<String> words(JsonNode array) {
    List<String> words = new ArrayList<>();
    array.forEach(item -> words.add(word(item)));
    return words;
  }

  /** One that the log can keep: a refusal that cannot be recorded would be none. */
  private static String word(JsonNode text) {
    String word = text.asText("");
    if (!CODED.matcher(word).matches()) {
      throw new IllegalArgumentException("A word that is no code");
    }
    return word;
  }
}
