package io.contextkeep.policy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.Decision;
import io.contextkeep.policy.Mask;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyFailure;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.Question;
import io.contextkeep.policy.Refusal;
import io.contextkeep.policy.Release;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract of every engine. */
@Timeout(120)
abstract class EngineContract {
  private static final String PURPOSE = "dpv:ServicePersonalisation";
  private static final List<String> ODD_TEXTS =
      List.of(
          "", " ", "\u0000", "é", "e\u0301", "\u202Eabc", "😀", "\uD800", "\"}", "\\u0041", "\n");

  private PolicyEngine engine;
  private PolicyGate gate;

  /** Returns an engine with the vault's own policy. */
  abstract PolicyEngine engine(Duration deadline) throws Exception;

  /** Returns an engine whose policy has no decision for any question. */
  abstract PolicyEngine undefined() throws Exception;

  abstract String revision();

  @BeforeEach
  void open() throws Exception {
    engine = engine(Duration.ofSeconds(30));
    gate = new PolicyGate(engine, new SecureRandom());
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void aValidConsent_isPermitted_andTheAnswerNamesThePolicy() {
    Permit permit = (Permit) gate.decide(question(PURPOSE, "GIVEN"));
    assertThat(permit.policy().revision()).isEqualTo(revision());
    assertThat(permit.basis()).isEqualTo("eu-gdpr:A6-1-a");
    assertThat(permit.consents()).containsExactly(1L);
    assertThat(permit.releases())
        .containsEntry("country", new Release.Clear())
        .containsEntry("email", new Release.Masked(Mask.LAST_FOUR));
    assertThat(permit.digest()).hasSize(64);
    assertThat(permit.id()).matches("[0-9a-f]{32}");
  }

  @Test
  void aRefusedConsent_isARefusal_withReasonsAndThePolicy() {
    Refusal refusal = (Refusal) gate.decide(question(PURPOSE, "WITHDRAWN"));
    assertThat(refusal.reasons()).containsExactly("CONSENT_WITHDRAWN", "NO_CONSENT");
    assertThat(refusal.policy().revision()).isEqualTo(revision());
  }

  @Test
  void anEmptyQuestion_isRefused() throws Exception {
    JsonNode document = engine.evaluate("{}").json();
    assertThat(document.path("allow").isBoolean()).isTrue();
    assertThat(document.path("allow").booleanValue()).isFalse();
    assertThat(document.path("reasons")).isNotEmpty();
  }

  @Test
  void noDecision_isUndefined() throws Exception {
    try (PolicyEngine none = undefined()) {
      assertThat(catchThrowable(() -> none.evaluate("{}")))
          .isInstanceOfSatisfying(
              PolicyFailure.class,
              e -> assertThat(e.kind()).isEqualTo(PolicyFailure.Kind.POLICY_UNDEFINED));
    }
  }

  @Test
  void arbitraryText_isTreatedAsUnknown() {
    for (String odd : ODD_TEXTS) {
      assertThat(gate.decide(question("dpv:Odd" + odd, "GIVEN")))
          .as(odd)
          .isInstanceOfSatisfying(
              Refusal.class,
              refusal ->
                  assertThat(refusal.reasons())
                      .contains("PURPOSE_UNKNOWN", "PURPOSE_NOT_REGISTERED"));
      assertThat(gate.decide(question(PURPOSE, "GIVEN" + odd)) instanceof Permit)
          .as(odd)
          .isEqualTo(odd.isEmpty());
    }
  }

  @Test
  void anAttributeWithAnOddName_isNeverReleased() {
    for (String odd : ODD_TEXTS) {
      Question question = question(PURPOSE, "GIVEN", odd, "pd:Income");
      switch (gate.decide(question)) {
        case Permit permit -> assertThat(permit.withheld()).containsKey(odd);
        case Refusal refusal -> assertThat(refusal.reasons()).containsExactly("POLICY_ERROR");
      }
    }
  }

  @Test
  void aQuestionThatWaitsTooLong_isRefused_andTheNextIsAnswered() throws Exception {
    try (PolicyEngine hasty = engine(Duration.ofNanos(1))) {
      Decision late =
          new PolicyGate(hasty, new SecureRandom()).decide(question("x".repeat(20 << 20), "GIVEN"));
      assertThat(late)
          .isInstanceOfSatisfying(
              Refusal.class,
              refusal ->
                  assertThat(refusal.reasons()).containsAnyOf("POLICY_TIMEOUT", "POLICY_BUSY"));
    }
    assertThat(Thread.interrupted()).isFalse();
    assertThat(gate.decide(question(PURPOSE, "GIVEN"))).isInstanceOf(Permit.class);
  }

  @Test
  void aClosedEngine_answersOrRefuses_butNeverHangs() {
    engine.close();
    for (int i = 0; i < 20; i++) {
      switch (gate.decide(question(PURPOSE, "GIVEN"))) {
        case Permit permit -> assertThat(permit.policy().revision()).isEqualTo(revision());
        case Refusal refusal -> assertThat(refusal.reasons()).containsExactly("POLICY_UNAVAILABLE");
      }
    }
  }

  @Test
  void manyThreads_getTheirOwnAnswers() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> asks = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        boolean consented = i % 2 == 0;
        Question question = question(PURPOSE, consented ? "GIVEN" : "EXPIRED");
        asks.add(() -> gate.decide(question) instanceof Permit == consented);
      }
      for (Future<Boolean> right : threads.invokeAll(asks)) {
        assertThat(right.get()).isTrue();
      }
    }
  }

  private static Question question(String purpose, String status) {
    return question(purpose, status, "country", "pd:Country");
  }

  static Question question(String purpose, String status, String attribute, String category) {
    TreeMap<String, Question.Attribute> attributes = new TreeMap<>();
    attributes.put("email", new Question.Attribute("pd:EmailAddress", false, 1));
    attributes.put(attribute, new Question.Attribute(category, false, 1));
    return new Question(
        new Question.Caller("shop", "app", List.of(PURPOSE)),
        purpose,
        new Question.Subject(Optional.of(new SubjectId(7)), false, false),
        List.of(new Question.Consent(1, purpose, "shop", status, false)),
        List.of(),
        attributes);
  }
}
