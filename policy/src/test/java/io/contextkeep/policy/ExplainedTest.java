package io.contextkeep.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.ontology.SubjectId;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Explanations of decisions, found by asking the compiled policy with one fact changed at a time.
 */
final class ExplainedTest {
  private static final SubjectId ANN = new SubjectId(7);
  private static final String PERSONALISE = "dpv:ServicePersonalisation";

  private static ScheduledExecutorService watchdog;
  private static PolicyGate gate;

  @BeforeAll
  static void start() {
    watchdog = Executors.newSingleThreadScheduledExecutor();
    gate =
        new PolicyGate(
            new WasmEngine(Bundle.builtIn(), 1, Duration.ofSeconds(10), watchdog),
            new SecureRandom());
  }

  @AfterAll
  static void stop() {
    watchdog.shutdownNow();
  }

  private static Question question(List<Question.Consent> consents, List<String> objections) {
    return new Question(
        new Question.Caller("shop", "app", List.of("dpv:CustomerCare", PERSONALISE)),
        PERSONALISE,
        new Question.Subject(Optional.of(ANN), false, false),
        consents,
        objections,
        new TreeMap<>(
            Map.of(
                "country", new Question.Attribute("pd:Country", false, 1),
                "email", new Question.Attribute("pd:EmailAddress", false, 1),
                "health", new Question.Attribute("pd:Health", true, 1),
                "income", new Question.Attribute("pd:Income", false, 1),
                "old", new Question.Attribute("pd:Interest", false, 9_000))));
  }

  private static Question.Consent said(String purpose, String recipient, String status) {
    return new Question.Consent(3, purpose, recipient, status, false);
  }

  @Test
  void aPermittedOutcome_statesTheTreatmentOfEachAttribute_andDecryptsNothing() {
    Outcome outcome =
        gate.outcome(question(List.of(said(PERSONALISE, "shop", "GIVEN")), List.of()));
    assertThat(outcome.allows()).isTrue();
    assertThat(outcome.consents()).containsExactly(3L);
    assertThat(outcome.treatments())
        .containsEntry("country", new Outcome.Treatment(Outcome.How.CLEAR, ""))
        .containsEntry("email", new Outcome.Treatment(Outcome.How.MASKED, "LAST_FOUR"))
        .containsEntry(
            "health", new Outcome.Treatment(Outcome.How.WITHHELD, "SPECIAL_NEEDS_EXPLICIT_CONSENT"))
        .containsEntry(
            "income", new Outcome.Treatment(Outcome.How.WITHHELD, "CATEGORY_NOT_ALLOWED"))
        .containsEntry("old", new Outcome.Treatment(Outcome.How.WITHHELD, "TOO_OLD"));
  }

  @Test
  void aMissingConsent_isNamedAsTheChangeThatHelps() {
    Explained explained = Explained.of(gate, question(List.of(), List.of()));
    assertThat(explained.outcome().reasons()).containsExactly("NO_CONSENT");
    assertThat(explained.grounds()).containsEntry("NO_CONSENT", List.of());
    assertThat(explained.changes().keySet())
        .containsExactly(
            new Hypothesis.Said(PERSONALISE, "shop", "GIVEN", false),
            new Hypothesis.Said(PERSONALISE, "shop", "GIVEN", true),
            new Hypothesis.Stated("dpv:CustomerCare"));
  }

  @Test
  void aRefusalOfABroaderPurpose_isTheGroundOfTheReason_andItsWithdrawalHelps() {
    Question question =
        question(
            List.of(
                said(PERSONALISE, "shop", "GIVEN"), said("dpv:Personalisation", "*", "REFUSED")),
            List.of());
    Explained explained = Explained.of(gate, question);
    assertThat(explained.outcome().reasons()).containsExactly("CONSENT_WITHDRAWN");
    assertThat(explained.grounds().get("CONSENT_WITHDRAWN"))
        .containsExactly(new Hypothesis.Said("dpv:Personalisation", "*", "REFUSED", false));
    assertThat(explained.changes().keySet())
        .contains(new Hypothesis.Said("dpv:Personalisation", "*", "UNKNOWN", false))
        .doesNotContain(new Hypothesis.Said(PERSONALISE, "shop", "GIVEN", true));
  }

  @Test
  void twoBlockingFacts_areBothNamed_andNoSingleChangeHelps() {
    Question question =
        question(
            List.of(said(PERSONALISE, "shop", "GIVEN")),
            List.of("dpv:Personalisation", "dpv:ServiceManagement"));
    Explained explained = Explained.of(gate, question);
    assertThat(explained.grounds().get("OBJECTION"))
        .containsExactly(
            new Hypothesis.Objected("dpv:Personalisation", true),
            new Hypothesis.Objected("dpv:ServiceManagement", true));
    assertThat(explained.changes().keySet())
        .containsExactly(new Hypothesis.Stated("dpv:CustomerCare"));
  }

  @Test
  void aWithheldAttribute_namesTheChangeThatReleasesIt() {
    Explained explained =
        Explained.of(gate, question(List.of(said(PERSONALISE, "shop", "GIVEN")), List.of()));
    assertThat(explained.changes().keySet())
        .contains(
            new Hypothesis.Said(PERSONALISE, "shop", "GIVEN", true), new Hypothesis.Fresh("old"))
        .doesNotContain(new Hypothesis.Fresh("country"));
  }

  @Test
  void aRecordedQuestion_hasExactlyTheOriginalInput() {
    Question question =
        question(List.of(said(PERSONALISE, "shop", "GIVEN")), List.of("dpv:Marketing"));
    RecordedQuestion recorded = RecordedQuestion.of(question);
    assertThat(recorded.question(Optional.of(ANN))).isEqualTo(question);
    Question surely =
        new Question(
            new Question.Caller(
                "shop",
                "app",
                List.of(PERSONALISE),
                new Assurance(Optional.of("phr"), List.of("pwd", "otp"))),
            PERSONALISE,
            question.subject(),
            question.consents(),
            question.objections(),
            question.attributes(),
            17);
    assertThat(RecordedQuestion.of(surely).question(Optional.of(ANN))).isEqualTo(surely);
    for (Hypothesis fact :
        List.of(
            new Hypothesis.Registered(List.of(PERSONALISE)),
            new Hypothesis.Stated(PERSONALISE),
            new Hypothesis.Restricted(false))) {
      assertThat(fact.on(surely)).isEqualTo(surely);
    }
    assertThat(recorded.toString()).doesNotContain("shop");
  }

  @Test
  void anIncompleteRecord_isRefused() {
    RecordedQuestion whole =
        RecordedQuestion.of(question(List.of(said(PERSONALISE, "shop", "GIVEN")), List.of()));
    for (String broken :
        List.of("", "{}", "nope", whole.input() + " ", whole.input().replace("self", "selv"))) {
      assertThatThrownBy(
              () -> new RecordedQuestion(broken, whole.events()).question(Optional.of(ANN)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(
            () -> new RecordedQuestion(whole.input(), List.of()).question(Optional.of(ANN)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> whole.question(Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anOutcomeAllowsMore_ifItShowsMore_orDemandsLessOfTheReceiver() {
    Outcome some = gate.outcome(question(List.of(said(PERSONALISE, "shop", "GIVEN")), List.of()));
    Outcome none = gate.outcome(question(List.of(), List.of()));
    Outcome special =
        gate.outcome(
            question(
                List.of(new Question.Consent(1, PERSONALISE, "shop", "GIVEN", true)), List.of()));
    assertThat(some.allowsMoreThan(none)).isTrue();
    assertThat(none.allowsMoreThan(some)).isFalse();
    assertThat(some.allowsMoreThan(some)).isFalse();
    assertThat(special.allowsMoreThan(some)).isTrue();
    assertThat(some.allowsMoreThan(special)).isFalse();
    Outcome kept =
        new Outcome(
            some.policy(),
            some.digest(),
            some.basis(),
            some.reasons(),
            some.treatments(),
            some.consents(),
            new Outcome.Terms(
                some.terms().ttlSeconds() + 1,
                some.terms().maxAgeDays(),
                some.terms().obligations(),
                some.terms().caps()));
    assertThat(kept.allowsMoreThan(some)).isTrue();
    assertThat(some.allowsMoreThan(kept)).isFalse();
  }
}
