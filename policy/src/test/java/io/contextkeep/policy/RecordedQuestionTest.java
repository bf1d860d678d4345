package io.contextkeep.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.ontology.SubjectId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class RecordedQuestionTest {
  private static final Optional<SubjectId> ANN = Optional.of(new SubjectId(7));
  private static final Question ASKED =
      new Question(
          new Question.Caller(
              "shop",
              "app",
              List.of("dpv:CustomerCare", "dpv:Marketing"),
              new Assurance(Optional.of("aal2"), List.of("mfa", "pwd"))),
          "dpv:CustomerCare",
          new Question.Subject(ANN, true, false),
          List.of(new Question.Consent(9, "dpv:Marketing", "shop", "GIVEN", true)),
          List.of("dpv:Advertising"),
          new TreeMap<>(Map.of("country", new Question.Attribute("pd:Country", false, 3))),
          20);

  @Test
  void aRecordedQuestion_equalsTheOriginal() {
    assertThat(RecordedQuestion.of(ASKED).question(ANN)).isEqualTo(ASKED);
  }

  @Test
  void aRecordedQuestionWithUnknownMembers_isRefused() {
    RecordedQuestion kept = RecordedQuestion.of(ASKED);
    String more = kept.input().replaceFirst("\\{", "{\"new\":1,");
    assertThatThrownBy(() -> new RecordedQuestion(more, kept.events()).question(ANN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RecordedQuestion(kept.input(), List.of()).question(ANN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Hypotheses change one fact and leave all others unchanged. */
  @Test
  void aHypothesis_changesOneFactOnly() {
    for (Hypothesis fact :
        List.of(
            new Hypothesis.Said("dpv:Marketing", "shop", "GIVEN", true),
            new Hypothesis.Objected("dpv:Advertising", true),
            new Hypothesis.Restricted(true),
            new Hypothesis.Registered(ASKED.caller().purposes()),
            new Hypothesis.Stated("dpv:CustomerCare"))) {
      assertThat(fact.on(ASKED).toJson()).as("%s", fact).isEqualTo(ASKED.toJson());
    }
    assertThat(new Hypothesis.Fresh("country").on(ASKED).toJson())
        .isEqualTo(ASKED.toJson().replace("\"age_days\":3", "\"age_days\":0"));
  }
}
