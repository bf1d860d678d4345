package io.contextkeep.policy;

import com.fasterxml.jackson.databind.JsonNode;
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
 * The only maker of {@link Permit}s. It asks the policy and accepts only a complete, well-formed
 * permission about an existing customer. Everything else, including every failure, is a refusal.
 */
public final class PolicyGate {
  /** Long enough for the log entry to become durable, and too short to be kept for later use. */
  private static final Duration PERMIT_LIFE = Duration.ofSeconds(30);

  /** The reasons of a refusal that the policy gives no reasons for. */
  private static final List<String> NO_REASON = List.of("NOT_PERMITTED");

  private static final Pattern CODED = Pattern.compile("[A-Za-z0-9:._/*+-]{0,128}");

  /** The members of a permission, all of which the vault carries out. */
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
  private final Consumer<Decision> listener;
  private final Reads reads;

  public PolicyGate(PolicyEngine engine, SecureRandom random) {
    this(engine, random, _ -> {});
  }

  /**
   * Makes a gate.
   *
   * @param listener receives each decision
   */
  public PolicyGate(PolicyEngine engine, SecureRandom random, Consumer<Decision> listener) {
    this(engine, random, listener, Reads.UNCOUNTED);
  }

  /**
   * Makes a gate.
   *
   * @param listener receives each decision
   * @param reads counts the reads of apps, for purposes that cap them
   */
  public PolicyGate(
      PolicyEngine engine, SecureRandom random, Consumer<Decision> listener, Reads reads) {
    this.reads = reads;
    this.engine = engine;
    this.random = random;
    this.listener = listener;
  }

  public Decision decide(Question question) {
    return decide(new AskedQuestion(question));
  }

  public Decision decide(AskedQuestion asked) {
    Decision decision =
        decided(engine, asked::input, given -> counted(asked, given), refusal -> refusal);
    listener.accept(decision);
    return decision;
  }

  /**
   * Decides within the purpose's cap on reads. Above the cap, permits and refusals look alike, so
   * that the cap reveals nothing about a customer.
   */
  private Decision counted(AskedQuestion asked, PolicyDocument given) {
    Question question = asked.question();
    Decision decision = decision(asked, given);
    Optional<Integer> perHour =
        decision instanceof Permit permit
            ? permit.caps().readsPerHour()
            : Caps.of(given.json()).readsPerHour();
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
   * Returns the outcome of a question, which may be hypothetical. It gives no right to decrypt
   * anything, the listener does not receive it, and no cap counts it.
   *
   * @throws NotDecided if the policy could not be asked
   */
  public Outcome outcome(Question question) {
    AskedQuestion asked = new AskedQuestion(question);
    Decision decision =
        decided(engine, asked::input, given -> decision(asked, given), refusal -> refusal);
    if (decision instanceof Refusal refusal && refusal.isUndecided()) {
      throw new NotDecided(PolicyFailure.Kind.valueOf(refusal.reasons().getFirst()));
    }
    return Outcome.of(decision);
  }

  /**
   * Checks that the policy can be asked, before work that asks it often.
   *
   * @throws NotDecided if it cannot be asked
   */
  public void checkAvailable() {
    try {
      engine.evaluate("{}");
    } catch (PolicyFailure failure) {
      if (failure.kind().isUnavailable()) {
        throw new NotDecided(failure.kind());
      }
    }
  }

  /**
   * Decides about a statistic before any data is read. The same policy then decides about each
   * customer, even if another is in force by then. If the policy masks or withholds an attribute
   * for every customer, the statistic is refused, as it would cost and count none.
   */
  public AggregateDecision decide(AggregateQuestion question) {
    PolicyEngine policy = engine.pinned();
    return decided(
        policy, question::toJson, given -> decision(question, given, policy), refusal -> refusal);
  }

  private interface Decider<D> {
    D decide(PolicyDocument given) throws PolicyFailure;
  }

  /** Asks the policy; every failure becomes a refusal. */
  private <D> D decided(
      PolicyEngine policy,
      Supplier<String> input,
      Decider<D> decider,
      Function<Refusal, D> refused) {
    PolicyIdentity asked = policy.identity();
    try {
      PolicyDocument given = policy.evaluate(input.get());
      asked = given.policy();
      return decider.decide(given);
    } catch (PolicyFailure failure) {
      return refused.apply(refusal(asked, failure.kind()));
    } catch (IllegalArgumentException malformed) {
      // An unknown mask or obligation, or a malformed document.
      return refused.apply(refusal(asked, PolicyFailure.Kind.POLICY_ERROR));
    }
  }

  private AggregateDecision decision(
      AggregateQuestion question, PolicyDocument given, PolicyEngine policy) throws PolicyFailure {
    List<String> reasons = refusalReasons(given.json());
    if (!reasons.isEmpty()) {
      return refusal(given, "", reasons);
    }
    if (question.attributes().isEmpty()) {
      return permit(question, given, policy, "");
    }
    AskedQuestion willing = new AskedQuestion(question.ofFullyConsenting());
    PolicyDocument terms = policy.evaluate(willing.input());
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

  /** Returns the reasons of a refusal; none if the document permits explicitly. */
  private static List<String> refusalReasons(JsonNode document) {
    List<String> reasons = codes(document.path("reasons"));
    boolean allowed = document.path("allow").isBoolean() && document.get("allow").booleanValue();
    return allowed || !reasons.isEmpty() ? reasons : NO_REASON;
  }

  /**
   * Decides whether a customer in some situation takes part in a permitted statistic, as if the
   * population's app had asked for the attributes. The listener does not receive the decision, as a
   * count of these decisions would reveal something about the customers.
   *
   * @throws IllegalStateException if the policy does not decide, as the statistic would be wrong
   */
  public Eligibility eligibility(AggregatePermit permit, Question question) {
    try {
      AskedQuestion asked = new AskedQuestion(question);
      Decision decision = decision(asked, permit.engine().evaluate(asked.input()));
      boolean applies =
          question.purpose().equals(permit.purpose())
              && question.caller().equals(permit.population());
      return decision instanceof Permit granted && applies
          ? new Eligibility(permit, clear(granted), true, granted.maxAge())
          : new Eligibility(permit, Set.of(), false, Duration.ZERO);
    } catch (PolicyFailure failure) {
      throw new IllegalStateException("The policy gave no decision", failure);
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

  private Decision decision(AskedQuestion asked, PolicyDocument given) {
    Permit.Terms known = asked.terms(given);
    return known == null ? read(asked, given) : permit(asked.question(), given, known);
  }

  private Decision read(AskedQuestion asked, PolicyDocument given) {
    Question question = asked.question();
    JsonNode document = given.json();
    String basis = code(document.path("basis"));
    List<String> reasons = refusalReasons(document);
    if (!reasons.isEmpty() || question.subject().id().isEmpty()) {
      return refusal(given, basis, reasons.isEmpty() ? NO_REASON : reasons);
    }
    Permit.Terms terms = terms(question, given.digest(), basis, document);
    asked.read(given, terms);
    return permit(question, given, terms);
  }

  private Permit permit(Question question, PolicyDocument given, Permit.Terms terms) {
    return new Permit(
        id(given),
        given.policy(),
        question.subject().id().orElseThrow(),
        question.caller(),
        question.purpose(),
        terms,
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
      default -> throw new IllegalArgumentException("'release' must be clear, mask or withheld");
    };
  }

  private static List<Long> edges(JsonNode outcome) {
    if (!outcome.has("edges")) {
      return List.of();
    }
    List<Long> edges = new ArrayList<>();
    for (JsonNode edge : array(outcome, "edges")) {
      if (!edge.canConvertToLong() || !edge.isIntegralNumber()) {
        throw new IllegalArgumentException("An edge must be a whole number");
      }
      edges.add(edge.longValue());
    }
    return edges;
  }

  /** Refuses unknown members, which the vault could not carry out. */
  private static void only(JsonNode object, Set<String> known) {
    object
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw new IllegalArgumentException("A decision has an unknown member");
              }
            });
  }

  private static JsonNode array(JsonNode object, String field) {
    JsonNode array = object.path(field);
    if (!array.isArray()) {
      throw new IllegalArgumentException("'" + field + "' must be a list");
    }
    return array;
  }

  /** Returns the events of consents, which the policy names by their positions in the question. */
  private static List<Long> consents(Question question, JsonNode document) {
    List<Long> consents = new ArrayList<>();
    for (JsonNode position : array(document, "consents")) {
      if (!position.isInt()
          || position.intValue() < 0
          || position.intValue() >= question.consents().size()) {
        throw new IllegalArgumentException(
            "'consents' must hold positions of consents in the question");
      }
      consents.add(question.consents().get(position.intValue()).id());
    }
    return List.copyOf(consents);
  }

  private static long number(JsonNode document, String field) {
    JsonNode number = document.path(field);
    if (!number.isInt() || number.intValue() < 0) {
      throw new IllegalArgumentException("'" + field + "' must be a whole number");
    }
    return number.intValue();
  }

  private static Set<Obligation> obligations(JsonNode document) {
    Set<Obligation> obligations = EnumSet.noneOf(Obligation.class);
    codes(array(document, "obligations"))
        .forEach(code -> obligations.add(Obligation.valueOf(code)));
    return Set.copyOf(obligations);
  }

  private Refusal refusal(PolicyDocument given, String basis, List<String> reasons) {
    List<String> stepUp =
        reasons.contains(Refusal.STEP_UP) ? codes(given.json().path("step_up")) : List.of();
    return new Refusal(id(given), given.policy(), given.digest(), basis, reasons, stepUp);
  }

  private Refusal refusal(PolicyIdentity asked, PolicyFailure.Kind failure) {
    return new Refusal(id(), asked, "", "", List.of(failure.name()), List.of());
  }

  /** Returns the id of the decision in the engine's own log, if it has one. */
  private String id(PolicyDocument given) {
    return given.decisionId().orElseGet(this::id);
  }

  private String id() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private static List<String> codes(JsonNode array) {
    List<String> codes = new ArrayList<>();
    array.forEach(item -> codes.add(code(item)));
    return codes;
  }

  /** Returns a code that the log can record. */
  private static String code(JsonNode text) {
    String code = text.asText("");
    if (!CODED.matcher(code).matches()) {
      throw new IllegalArgumentException("Expected a code");
    }
    return code;
  }
}
