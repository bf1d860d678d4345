package io.contextkeep.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.Sha256;
import io.contextkeep.ontology.SubjectId;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The compiled policy, as the vault runs it. */
final class PolicyGateTest {
  private static final SubjectId ANN = new SubjectId(7);
  private static final String PERSONALISE = "dpv:ServicePersonalisation";

  private static ScheduledExecutorService watchdog;
  private static WasmEngine engine;
  private static PolicyGate gate;

  @BeforeAll
  static void start() {
    watchdog = Executors.newSingleThreadScheduledExecutor();
    engine = new WasmEngine(Bundle.builtIn(), 2, Duration.ofSeconds(10), watchdog);
    gate = new PolicyGate(engine, new SecureRandom());
  }

  @AfterAll
  static void stop() {
    engine.close();
    watchdog.shutdownNow();
  }

  @Test
  void aValidConsent_givesAPermitWithAllTerms() {
    Permit permit = permit(new Ask());
    assertThat(permit.subject()).isEqualTo(ANN);
    assertThat(permit.callerId()).isEqualTo("shop");
    assertThat(permit.purpose()).isEqualTo(PERSONALISE);
    assertThat(permit.basis()).isEqualTo("eu-gdpr:A6-1-a");
    assertThat(permit.consents()).containsExactly(1L);
    assertThat(permit.ttl()).isEqualTo(Duration.ofHours(1));
    assertThat(permit.obligations()).containsExactly(Obligation.NO_ONWARD_TRANSFER);
    assertThat(permit.releases())
        .containsEntry("country", new Release.Clear())
        .containsEntry("email", new Release.Masked(Mask.LAST_FOUR));
    assertThat(permit.withheld())
        .containsEntry("income", "CATEGORY_NOT_ALLOWED")
        .containsEntry("health", "SPECIAL_NEEDS_EXPLICIT_CONSENT")
        .containsEntry("old", "TOO_OLD");
    assertThat(permit.policy().codeDigest()).hasSize(64);
  }

  @Test
  void aPermit_worksOnce() {
    Permit permit = permit(new Ask());
    assertThat(permit.redeem()).isTrue();
    assertThat(permit.redeem()).isFalse();
  }

  @Test
  void missingOrExpiredConsent_orConsentToAnotherApp_isRefused() {
    Ask none = new Ask();
    none.consents = List.of();
    assertRefused(none, "NO_CONSENT");
    Ask ended = new Ask();
    ended.consents = List.of(consent(PERSONALISE, "shop", "EXPIRED"));
    assertRefused(ended, "CONSENT_EXPIRED", "NO_CONSENT");
    Ask other = new Ask();
    other.consents = List.of(consent(PERSONALISE, "rival", "GIVEN"));
    assertRefused(other, "NO_CONSENT");
  }

  @Test
  void unknownAndRestrictedCustomers_areRefused() {
    Ask nobody = new Ask();
    nobody.subject = new Question.Subject(Optional.empty(), false, false);
    assertRefused(nobody, "SUBJECT_UNKNOWN");
    Ask restricted = new Ask();
    restricted.subject = new Question.Subject(Optional.of(ANN), true, false);
    assertRefused(restricted, "SUBJECT_RESTRICTED");
  }

  @Test
  void everyRoleButAppAndTheCustomer_isRefused() {
    for (String role : List.of("source", "analyst", "auditor", "operator", "customer", "")) {
      Ask ask = new Ask();
      ask.role = role;
      assertRefused(ask, "ROLE_NOT_ALLOWED");
    }
  }

  @Test
  void aRefusal_coversAllNarrowerPurposes() {
    for (Purpose purpose : Purpose.all()) {
      for (Purpose broader : purpose.ancestors()) {
        Ask ask = new Ask();
        ask.purpose = purpose.curie();
        ask.consents =
            List.of(
                consent(purpose.curie(), "shop", "GIVEN"),
                consent(broader.curie(), "*", "WITHDRAWN"));
        assertThat(refusal(ask).reasons()).contains("CONSENT_WITHDRAWN");
        ask.consents = List.of(consent(purpose.curie(), "shop", "GIVEN"));
        ask.objections = List.of(broader.curie());
        assertThat(refusal(ask).reasons()).contains("OBJECTION");
      }
    }
  }

  @Test
  void aConsent_coversItsOwnPurposeOnly() {
    for (Purpose purpose : Purpose.all()) {
      Ask ask = new Ask();
      ask.consents = List.of(consent(purpose.curie(), "shop", "GIVEN"));
      boolean permitted = gate.decide(ask.question()) instanceof Permit;
      assertThat(permitted).as(purpose.curie()).isEqualTo(purpose.curie().equals(PERSONALISE));
    }
  }

  @Test
  void manyThreads_getTheirOwnAnswers() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> asks = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        boolean consented = i % 2 == 0;
        Ask ask = new Ask();
        ask.consents = consented ? ask.consents : List.of();
        asks.add(() -> gate.decide(ask.question()) instanceof Permit == consented);
      }
      for (Future<Boolean> right : threads.invokeAll(asks)) {
        assertThat(right.get()).isTrue();
      }
    }
  }

  @Test
  void anUnusableDocument_isARefusal() throws Exception {
    String good =
        "{'allow':true,'reasons':[],'basis':'b','consents':[],'ttl_s':1,'max_age_days':1,'obligations':[],"
            + "'attributes':{'country':{'release':'clear'}}}";
    assertThat(answering(good)).isInstanceOf(Permit.class);
    for (String bad :
        List.of(
            good.replace("'clear'", "'mask','mask':'NEW_MASK'"),
            good.replace("'clear'", "'open'"),
            good.replace("'country'", "'city'"),
            good.replace("'obligations':[]", "'obligations':['DANCE']"),
            good.replace("'allow':true", "'allow':'true'"),
            good.replace("'reasons':[]", "'reasons':['X']"),
            good.replace("'ttl_s':1", "'ttl_s':-1"),
            good.replace("'ttl_s':1,", ""),
            good.replace("'ttl_s':1", "'ttl_s':1.5"),
            good.replace("'consents':[]", "'consents':[1]"),
            good.replace("'consents':[]", "'consents':[-1]"),
            good.replace("'basis':'b'", "'basis':null"),
            good.replace("'basis':'b'", "'basis':'é'"),
            good.replace("'basis':'b'", "'basis':'a b'"),
            good.replace("'reasons':[]", "'reasons':['a b']"),
            good.replace("'max_age_days':1,", ""),
            good.replace("'obligations':[]", "'obligations':'NO_ONWARD_TRANSFER'"),
            good.replace("'obligations':[],", ""),
            good.replace("'consents':[],", ""),
            good.replace("'clear'", "'clear','but':'not on Mondays'"),
            good.replace("'clear'", "'mask','mask':'BUCKET'"),
            good.replace("'clear'", "'mask','mask':'BUCKET','edges':[]"),
            good.replace("'clear'", "'mask','mask':'BUCKET','edges':[1,2]"),
            good.replace("'clear'", "'mask','mask':'BUCKET','edges':[20,10]"),
            good.replace("'clear'", "'mask','mask':'BUCKET','edges':['1','20']"),
            good.replace("'clear'", "'mask','mask':'BUCKET','edges':10"),
            good.replace("'clear'", "'mask','mask':'BUCKET','edges':[10],'noise':1"),
            good.replace("'clear'", "'mask','mask':'REDACT','edges':[10]"),
            good.replace("'basis'", "'caps':{'events':-1},'basis'"),
            good.replace("'basis'", "'caps':{'events':'5'},'basis'"),
            good.replace("'basis'", "'caps':{'customers':true},'basis'"),
            good.replace("'basis'", "'caps':{'bytes':5},'basis'"),
            good.replace("'basis'", "'caps':[],'basis'"),
            good.replace("'basis'", "'caps':{'reads_per_hour':5},'basis'"),
            good.replace("'basis'", "'watermark':true,'basis'"),
            "{}")) {
      assertThat(answering(bad)).as(bad).isInstanceOf(Refusal.class);
    }
  }

  @Test
  void theDigest_dependsOnTheContent_andNotOnTheOrderOfMembers() throws Exception {
    ObjectMapper json = new ObjectMapper();
    String one =
        PolicyDocument.of(json.readTree("{\"a\":{\"x\":1,\"y\":[]},\"b\":true}"), engine.identity())
            .digest();
    String same =
        PolicyDocument.of(json.readTree("{\"b\":true,\"a\":{\"y\":[],\"x\":1}}"), engine.identity())
            .digest();
    String other =
        PolicyDocument.of(json.readTree("{\"b\":true,\"a\":{\"y\":[],\"x\":2}}"), engine.identity())
            .digest();
    assertThat(one).isEqualTo(same).isNotEqualTo(other);
    assertThat(one).isEqualTo(Sha256.hex("{\"a\":{\"x\":1,\"y\":[]},\"b\":true}".getBytes(UTF_8)));
  }

  @Test
  void rememberedDecisions_equalFreshOnes_andFailuresAreNotRemembered() throws Exception {
    AtomicInteger evaluations = new AtomicInteger();
    PolicyEngine counting =
        new PolicyEngine() {
          @Override
          public PolicyDocument evaluate(String input) throws PolicyFailure {
            if (evaluations.incrementAndGet() == 1) {
              throw new PolicyFailure(PolicyFailure.Kind.POLICY_TIMEOUT, "too slow");
            }
            return engine.evaluate(input);
          }

          @Override
          public PolicyIdentity identity() {
            return engine.identity();
          }

          @Override
          public void close() {}
        };
    try (MemoisedEngine memoised = new MemoisedEngine(counting, 100)) {
      PolicyGate remembering = new PolicyGate(memoised, new SecureRandom());
      assertThat(remembering.decide(new Ask().question())).isInstanceOf(Refusal.class);
      for (String role : List.of("app", "auditor", "app", "auditor")) {
        Ask ask = new Ask();
        ask.role = role;
        Decision fresh = gate.decide(ask.question());
        Decision remembered = remembering.decide(ask.question());
        assertThat(remembered.digest()).isEqualTo(fresh.digest());
        assertThat(remembered).hasSameClassAs(fresh);
        assertThat(remembered.id()).isNotEqualTo(fresh.id());
      }
    }
    assertThat(evaluations).hasValue(3);
  }

  @Test
  void aTimeout_isARefusal_andTheNextQuestionIsAnswered() {
    try (WasmEngine hasty = new WasmEngine(Bundle.builtIn(), 1, Duration.ofNanos(1), watchdog)) {
      Decision decision = new PolicyGate(hasty, new SecureRandom()).decide(huge().question());
      assertThat(decision)
          .isInstanceOfSatisfying(
              Refusal.class,
              refusal ->
                  assertThat(refusal.reasons()).containsAnyOf("POLICY_TIMEOUT", "POLICY_BUSY"));
    }
    assertThat(Thread.interrupted()).isFalse();
    assertThat(gate.decide(new Ask().question())).isInstanceOf(Permit.class);
  }

  @Test
  void aQuestionTooLargeForThePolicysMemory_isARefusal_andTheNextIsAnswered() {
    assertThat(refusal(huge()).reasons()).containsExactly("POLICY_ERROR");
    assertThat(gate.decide(new Ask().question())).isInstanceOf(Permit.class);
  }

  /** The real rules over data with an instruction that this version cannot carry out. */
  @Test
  void anUnknownTermOfThePurpose_isARefusalWithPolicyError() throws Exception {
    for (String term :
        List.of(
            "'obligations': ['NO_ONWARD_TRANSFER', 'DELETE_ON_MONDAYS']",
            "'masks': {'pd:Country': 'FIRST_LETTER'}",
            "'masks': {'pd:Country': {'mask': 'REDACT', 'unless': 'friday'}}",
            "'masks': {'pd:Country': {'mask': 'BUCKET', 'edges': [1, 2]}}",
            "'masks': {'pd:Country': null}",
            "'masks': ['pd:Country']",
            "'caps': {'events': 10, 'bytes': 10}",
            "'caps': {'customers': '10'}",
            "'ttl_s': 'soon'")) {
      assertThat(reasons(under(term))).as(term).containsExactly("POLICY_ERROR");
    }
    assertThat(reasons(under("'obligations': 'NO_ONWARD_TRANSFER'")))
        .containsExactly("POLICY_UNDEFINED");
    assertThat(reasons(under("'obligations': []"))).isEmpty();
  }

  @Test
  void aBucket_isReleasedWithItsEdges() throws Exception {
    Permit permit =
        (Permit) under("'masks': {'pd:Country': {'mask': 'BUCKET', 'edges': [-5, 18, 30]}}");
    assertThat(permit.releases())
        .containsEntry("country", new Release.Masked(Mask.BUCKET, List.of(-5L, 18L, 30L)));
  }

  @Test
  void assuranceAndTheNumberOfCustomers_arePartOfTheInput_andOfTheCacheKey() {
    Ask ask = new Ask();
    String plain = ask.question().toJson();
    ask.assurance = new Assurance(Optional.of("aal2"), List.of("mfa"));
    String sure = ask.question().toJson();
    ask.customers = 2;
    String two = ask.question().toJson();
    assertThat(List.of(plain, sure, two)).doesNotHaveDuplicates();
    assertThat(two).contains("\"acr\":\"aal2\"", "\"amr\":[\"mfa\"]", "\"customers\":2");
  }

  /**
   * Questions in which each fact varies independently, so that a fact missing from the key would
   * show.
   */
  @Test
  void rememberedDecisions_equalFreshOnes_forRandomQuestions() throws Exception {
    Random random = new Random(7);
    Set<String> digests = new HashSet<>();
    try (WasmEngine strict = engine("'assurance': 2, 'caps': {'customers': 2, 'events': 5}");
        MemoisedEngine memoised = new MemoisedEngine(strict, 1_000)) {
      PolicyGate fresh = new PolicyGate(strict, new SecureRandom());
      PolicyGate remembering = new PolicyGate(memoised, new SecureRandom());
      for (int i = 0; i < 5_000; i++) {
        Question question = random(random).question();
        Decision decided = fresh.decide(question);
        Decision remembered = remembering.decide(question);
        assertThat(remembered.digest()).as(question.toJson()).isEqualTo(decided.digest());
        assertThat(remembered).hasSameClassAs(decided);
        assertThat(reasons(remembered)).isEqualTo(reasons(decided));
        digests.add(decided.digest());
      }
    }
    assertThat(digests).hasSizeGreaterThan(20);
  }

  private static Ask random(Random random) {
    Ask ask = new Ask();
    ask.role = one(random, "app", "app", "auditor");
    ask.purpose = one(random, PERSONALISE, PERSONALISE, "dpv:CustomerCare", "dpv:Other");
    ask.subject =
        new Question.Subject(
            random.nextInt(4) == 0 ? Optional.empty() : Optional.of(ANN),
            random.nextInt(4) == 0,
            false);
    ask.consents =
        List.of(
            consent(
                PERSONALISE, one(random, "shop", "shop", "*"), one(random, "GIVEN", "EXPIRED")));
    ask.objections = random.nextInt(4) == 0 ? List.of("dpv:Personalisation") : List.of();
    ask.assurance =
        new Assurance(
            Optional.of(one(random, "aal1", "aal2", "aal3", "gold")),
            List.of(one(random, "pwd", "mfa")));
    ask.customers = 1 + random.nextInt(3);
    ask.attributes.keySet().removeIf(_ -> random.nextInt(3) == 0);
    return ask;
  }

  private static String one(Random random, String... of) {
    return of[random.nextInt(of.length)];
  }

  @Test
  void aCallerWithWeakAuthentication_isRefused_withTheSufficientAcrValues() throws Exception {
    Ask weak = new Ask();
    weak.assurance = new Assurance(Optional.of("aal1"), List.of("pwd"));
    try (WasmEngine demanding = engine("'assurance': 2")) {
      PolicyGate strict = new PolicyGate(new MemoisedEngine(demanding, 10), new SecureRandom());
      Refusal refusal = (Refusal) strict.decide(weak.question());
      assertThat(refusal.reasons()).containsExactly("STEP_UP_REQUIRED");
      assertThat(refusal.stepUp()).containsExactly("aal2", "aal3", "phr", "phrh");
      weak.assurance = new Assurance(Optional.of("aal2"), List.of());
      assertThat(strict.decide(weak.question())).isInstanceOf(Permit.class);
      weak.assurance = Assurance.NONE;
      assertThat(strict.decide(weak.question())).isInstanceOf(Refusal.class);
    }
  }

  @Test
  void aboveTheCapOnReads_permitsAndRefusalsLookAlike() throws Exception {
    AtomicInteger taken = new AtomicInteger();
    Reads counting =
        new Reads() {
          @Override
          public boolean take(String app, String purpose, int perHour) {
            return taken.incrementAndGet() <= perHour;
          }

          @Override
          public boolean left(String app, String purpose, int perHour) {
            return taken.get() < perHour;
          }
        };
    Ask nobody = new Ask();
    nobody.subject = new Question.Subject(Optional.empty(), false, false);
    try (WasmEngine capped = engine("'caps': {'reads_per_hour': 1}")) {
      PolicyGate gate = new PolicyGate(capped, new SecureRandom(), _ -> {}, counting);
      assertThat(reasons(gate.decide(nobody.question()))).doesNotContain("READ_CAP");
      assertThat(gate.decide(new Ask().question())).isInstanceOf(Permit.class);
      assertThat(reasons(gate.decide(new Ask().question()))).containsExactly("READ_CAP");
      assertThat(reasons(gate.decide(nobody.question()))).contains("READ_CAP", "SUBJECT_UNKNOWN");
    }
  }

  /** Returns the decision of the real rules for a purpose with that term. */
  private static Decision under(String term) throws Exception {
    try (WasmEngine changed = engine(term)) {
      return new PolicyGate(changed, new SecureRandom()).decide(new Ask().question());
    }
  }

  private static WasmEngine engine(String term) throws Exception {
    ObjectMapper json = new ObjectMapper();
    ObjectNode data = (ObjectNode) json.readTree(Bundle.builtIn().data());
    ObjectNode terms = (ObjectNode) data.at("/contextkeep/catalogue/purposes/" + PERSONALISE);
    terms.setAll((ObjectNode) json.readTree(("{" + term + "}").replace('\'', '"')));
    Bundle bundle = Bundle.builtIn().withData(data.toString());
    return new WasmEngine(bundle, 1, Duration.ofSeconds(10), watchdog);
  }

  private static List<String> reasons(Decision decision) {
    return decision instanceof Refusal refusal ? refusal.reasons() : List.of();
  }

  private static Ask huge() {
    Ask ask = new Ask();
    ask.purpose = "x".repeat(20 << 20);
    return ask;
  }

  @Test
  void aMalformedDocument_refusesAStatisticToo() {
    AggregateQuestion question =
        new AggregateQuestion(
            new Question.Caller("ann", "analyst", List.of()),
            "dpv:ServiceUsageAnalytics",
            new Question.Caller("shop", "app", List.of()),
            "count",
            new TreeMap<>(),
            1,
            0);
    for (String document :
        List.of("{'allow':1.5}", "{'allow':'yes'}", "{'allow':true,'reasons':[1]}")) {
      assertThat(fixed(document).decide(question)).as(document).isInstanceOf(Refusal.class);
    }
    assertThat(fixed("{'allow':true,'reasons':[]}").decide(question))
        .isInstanceOf(AggregatePermit.class);
  }

  /** Returns a gate whose policy always gives this document. */
  private static PolicyGate fixed(String document) {
    PolicyEngine giving =
        new PolicyEngine() {
          @Override
          public PolicyDocument evaluate(String input) throws PolicyFailure {
            try {
              return PolicyDocument.of(
                  new ObjectMapper().readTree(document.replace('\'', '"')), identity());
            } catch (JsonProcessingException e) {
              throw new PolicyFailure(PolicyFailure.Kind.POLICY_ERROR, "not JSON", e);
            }
          }

          @Override
          public PolicyIdentity identity() {
            return new PolicyIdentity("r", "c", "d");
          }

          @Override
          public void close() {}
        };
    return new PolicyGate(giving, new SecureRandom());
  }

  private static Decision answering(String document) {
    Ask ask = new Ask();
    ask.attributes = new TreeMap<>();
    ask.attributes.put("country", new Question.Attribute("pd:Country", false, 0));
    return fixed(document).decide(ask.question());
  }

  private static Permit permit(Ask ask) {
    return (Permit) gate.decide(ask.question());
  }

  private static Refusal refusal(Ask ask) {
    return (Refusal) gate.decide(ask.question());
  }

  private static void assertRefused(Ask ask, String... reasons) {
    assertThat(refusal(ask).reasons()).containsExactly(reasons);
  }

  private static Question.Consent consent(String purpose, String recipient, String status) {
    return new Question.Consent(1, purpose, recipient, status, false);
  }

  /** A permitted question, of which tests change one fact. */
  private static final class Ask {
    String role = "app";
    String purpose = PERSONALISE;
    Question.Subject subject = new Question.Subject(Optional.of(ANN), false, false);
    List<Question.Consent> consents = List.of(consent(PERSONALISE, "shop", "GIVEN"));
    List<String> objections = List.of();
    Assurance assurance = Assurance.NONE;
    int customers = 1;
    TreeMap<String, Question.Attribute> attributes = new TreeMap<>();

    Ask() {
      attributes.put("country", new Question.Attribute("pd:Country", false, 1));
      attributes.put("email", new Question.Attribute("pd:EmailAddress", false, 1));
      attributes.put("income", new Question.Attribute("pd:Income", false, 1));
      attributes.put("health", new Question.Attribute("pd:Health", true, 1));
      attributes.put("old", new Question.Attribute("pd:Country", false, 1_000));
    }

    Question question() {
      List<String> purposes = List.of(PERSONALISE, "dpv:CustomerCare");
      return new Question(
          new Question.Caller("shop", role, purposes, assurance),
          purpose,
          subject,
          consents,
          objections,
          attributes,
          customers);
    }
  }
}
