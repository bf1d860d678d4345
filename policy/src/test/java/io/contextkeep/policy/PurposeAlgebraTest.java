package io.contextkeep.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The purposes that consents and refusals cover: the compiled policy, asked with random consents,
 * against the rule in words. A refusal covers narrower purposes, a consent only its own.
 */
final class PurposeAlgebraTest {
  private static final int ROUNDS = 3_000;
  private static final List<String> ASKED =
      List.of(
          "dpv:ServicePersonalisation",
          "dpv:DirectMarketing",
          "dpv:ProvidePersonalisedRecommendations",
          "dpv:TargetedAdvertising",
          "dpv:ServiceUsageAnalytics");

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
  void theGate_followsTheRule_forRandomConsents() {
    Random random = new Random(2_3);
    int allowed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Purpose asked = Purpose.parse(ASKED.get(random.nextInt(ASKED.size()))).orElseThrow();
      List<Question.Consent> consents = consents(random, asked);
      boolean expected = hasExactYes(asked, consents) && !isCoveredByANo(asked, consents);
      assertThat(allows(asked, consents)).as("%s %s", asked, consents).isEqualTo(expected);
      allowed += expected ? 1 : 0;
    }
    assertThat(allowed).isBetween(ROUNDS / 20, ROUNDS * 19 / 20);
  }

  @Test
  void aRefusalOfAnyBroaderPurpose_coversThePurpose() {
    for (String curie : ASKED) {
      Purpose asked = Purpose.parse(curie).orElseThrow();
      for (Purpose broader : asked.ancestors()) {
        for (String recipient : List.of("shop", "*")) {
          assertThat(
                  allows(
                      asked,
                      List.of(
                          consent(1, asked, "shop", ConsentStatus.GIVEN),
                          consent(2, broader, recipient, ConsentStatus.WITHDRAWN))))
              .as("%s under %s", asked, broader)
              .isFalse();
        }
      }
    }
  }

  @Test
  void aConsentToAnotherPurpose_doesNotCoverThePurpose() {
    for (String curie : ASKED) {
      Purpose asked = Purpose.parse(curie).orElseThrow();
      List<Question.Consent> all = new ArrayList<>();
      for (Purpose other : Purpose.all()) {
        if (!other.equals(asked)) {
          all.add(consent(all.size() + 1, other, "shop", ConsentStatus.GIVEN));
        }
      }
      assertThat(allows(asked, all)).as(curie).isFalse();
      all.add(consent(all.size() + 1, asked, "shop", ConsentStatus.GIVEN));
      assertThat(allows(asked, all)).as(curie).isTrue();
    }
  }

  /** Another refusal never allows more, after any earlier events. */
  @Test
  void anotherRefusal_neverAllowsMore() {
    Random random = new Random(9);
    for (int round = 0; round < ROUNDS / 3; round++) {
      Purpose asked = Purpose.parse(ASKED.get(random.nextInt(ASKED.size()))).orElseThrow();
      List<Question.Consent> before = consents(random, asked);
      Purpose no = any(random, asked);
      String recipient = random.nextBoolean() ? "shop" : "*";
      List<Question.Consent> after = new ArrayList<>(before);
      after.removeIf(c -> c.purpose().equals(no.curie()) && c.recipient().equals(recipient));
      after.add(consent(99, no, recipient, ConsentStatus.REFUSED));
      assertThat(allows(asked, after) && !allows(asked, before)).as("%s", after).isFalse();
    }
  }

  private static boolean hasExactYes(Purpose asked, List<Question.Consent> consents) {
    return consents.stream()
        .anyMatch(
            c ->
                c.purpose().equals(asked.curie())
                    && c.recipient().equals("shop")
                    && ConsentStatus.valueOf(c.status()).allows());
  }

  private static boolean isCoveredByANo(Purpose asked, List<Question.Consent> consents) {
    return consents.stream()
        .filter(c -> ConsentStatus.valueOf(c.status()).denies())
        .filter(c -> List.of("shop", "*").contains(c.recipient()))
        .map(c -> Purpose.parse(c.purpose()).orElseThrow())
        .anyMatch(no -> no.equals(asked) || asked.ancestors().contains(no));
  }

  private static List<Question.Consent> consents(Random random, Purpose asked) {
    List<Question.Consent> consents = new ArrayList<>();
    int count = random.nextInt(6);
    for (int i = 1; i <= count; i++) {
      ConsentStatus status =
          random.nextBoolean()
              ? ConsentStatus.GIVEN
              : ConsentStatus.values()[random.nextInt(ConsentStatus.values().length)];
      String recipient = List.of("shop", "shop", "rival", "*").get(random.nextInt(4));
      Purpose purpose = any(random, asked);
      // There is one state for each purpose and recipient.
      consents.removeIf(
          c -> c.purpose().equals(purpose.curie()) && c.recipient().equals(recipient));
      consents.add(consent(i, purpose, recipient, status));
    }
    return consents;
  }

  /** Returns a purpose, mostly one related to the question's. */
  private static Purpose any(Random random, Purpose asked) {
    List<Purpose> near = new ArrayList<>(List.of(asked));
    asked.ancestors().stream().sorted().forEach(near::add);
    Purpose.all().stream().filter(p -> p.ancestors().contains(asked)).forEach(near::add);
    List<Purpose> from = random.nextInt(4) == 0 ? Purpose.all() : near;
    return from.get(random.nextInt(from.size()));
  }

  private static Question.Consent consent(
      long id, Purpose purpose, String recipient, ConsentStatus status) {
    return new Question.Consent(id, purpose.curie(), recipient, status.name(), false);
  }

  private static boolean allows(Purpose asked, List<Question.Consent> consents) {
    TreeMap<String, Question.Attribute> attributes = new TreeMap<>();
    attributes.put("country", new Question.Attribute("pd:Country", false, 1));
    Decision decision =
        gate.decide(
            new Question(
                new Question.Caller("shop", "app", List.of(asked.curie())),
                asked.curie(),
                new Question.Subject(Optional.of(new SubjectId(7)), false, false),
                consents,
                List.of(),
                attributes));
    return decision instanceof Permit;
  }
}
