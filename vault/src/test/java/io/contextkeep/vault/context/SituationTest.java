package io.contextkeep.vault.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.policy.Question;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The situations of a statistic: equal facts are one, and any difference makes another. */
final class SituationTest {
  private static final Question.Consent YES =
      new Question.Consent(0, "dpv:Marketing", "shop", "GIVEN", false);

  private final Situation.All all = new Situation.All();

  private static Question.Consent copy(Question.Consent consent) {
    return new Question.Consent(
        0, consent.purpose(), consent.recipient(), consent.status(), consent.explicit());
  }

  @Test
  void equalFacts_areOneSituation() {
    Situation situation = all.of(false).with(YES).objecting("dpv:Advertising");
    all.of(false).with(new Question.Consent(0, "dpv:Marketing", "*", "GIVEN", false));
    assertThat(all.of(false).with(copy(YES)).objecting("dpv:Advertising")).isSameAs(situation);
    assertThat(situation.consents()).containsExactly(YES);
    assertThat(situation.objections()).containsExactly("dpv:Advertising");
  }

  @Test
  void aDifferenceInAnyFact_isAnotherSituation() {
    Set<Situation> different = new HashSet<>();
    for (boolean restricted : new boolean[] {false, true}) {
      Situation start = all.of(restricted);
      different.add(start);
      different.add(start.objecting("dpv:Marketing"));
      different.add(start.objecting("dpv:Advertising"));
      different.add(start.objecting("dpv:Marketing").objecting("dpv:Advertising"));
      different.add(start.with(YES));
      different.add(start.with(YES).with(YES));
      different.add(start.with(YES).objecting("dpv:Marketing"));
      different.add(start.with(new Question.Consent(0, "dpv:Other", "shop", "GIVEN", false)));
      different.add(start.with(new Question.Consent(0, "dpv:Marketing", "*", "GIVEN", false)));
      different.add(start.with(new Question.Consent(0, "dpv:Marketing", "shop", "EXPIRED", false)));
      different.add(start.with(new Question.Consent(0, "dpv:Marketing", "shop", "GIVEN", true)));
    }
    assertThat(different).hasSize(22);
    assertThat(all.of(true).with(YES).restricted()).isTrue();
  }

  /** When the policy is told of something more, situations must differ by it too. */
  @Test
  void thePolicyIsTold_nothingThatIsNotInASituation() {
    assertThat(components(Question.class))
        .containsExactly(
            "caller", "purpose", "subject", "consents", "objections", "attributes", "customers");
    assertThat(components(Question.Subject.class)).containsExactly("id", "restricted", "self");
    assertThat(components(Question.Consent.class))
        .containsExactly("id", "purpose", "recipient", "status", "explicit");
  }

  private static List<String> components(Class<?> of) {
    return Arrays.stream(of.getRecordComponents()).map(part -> part.getName()).toList();
  }

  @Test
  void beyondTheBound_everyCustomerHasTheirOwnSituation_withTheirOwnFacts() {
    for (int i = 0; i < 10_000; i++) {
      all.of(false).objecting("purpose " + i);
    }
    Situation one = all.of(false).objecting("another purpose");
    assertThat(all.of(false).objecting("another purpose")).isNotSameAs(one);
    assertThat(one.objections()).containsExactly("another purpose");
    assertThat(all.of(false).objecting("purpose 7")).isSameAs(all.of(false).objecting("purpose 7"));
  }
}
