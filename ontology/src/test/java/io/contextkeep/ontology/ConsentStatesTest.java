package io.contextkeep.ontology;

import static io.contextkeep.ontology.ConsentStatus.EXPIRED;
import static io.contextkeep.ontology.ConsentStatus.GIVEN;
import static io.contextkeep.ontology.ConsentStatus.REFUSED;
import static io.contextkeep.ontology.ConsentStatus.RENEWED;
import static io.contextkeep.ontology.ConsentStatus.UNKNOWN;
import static io.contextkeep.ontology.ConsentStatus.WITHDRAWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ConsentStatesTest {
  private static final SubjectId ANN = new SubjectId(7);
  private static final Purpose PURPOSE = Purpose.parse("dpv:DirectMarketing").orElseThrow();

  @Test
  void withoutEvents_theStateIsUnknown() {
    assertThat(ConsentStates.stateAt(List.of(), at(9))).isEqualTo(UNKNOWN);
  }

  @Test
  void theLatestEvent_counts() {
    assertThat(ConsentStates.stateAt(List.of(event(1, GIVEN, 1), event(2, WITHDRAWN, 2)), at(9)))
        .isEqualTo(WITHDRAWN);
    assertThat(ConsentStates.stateAt(List.of(event(1, REFUSED, 1), event(2, GIVEN, 2)), at(9)))
        .isEqualTo(GIVEN);
  }

  @Test
  void anOlderGrantThatArrivesLate_doesNotUndoAWithdrawal() {
    assertThat(ConsentStates.stateAt(List.of(event(1, WITHDRAWN, 5), event(2, GIVEN, 4)), at(9)))
        .isEqualTo(WITHDRAWN);
  }

  @Test
  void atTheSameInstant_aRefusalOverridesAConsent_inEitherOrder() {
    assertThat(ConsentStates.stateAt(List.of(event(1, WITHDRAWN, 5), event(2, GIVEN, 5)), at(9)))
        .isEqualTo(WITHDRAWN);
    assertThat(ConsentStates.stateAt(List.of(event(1, GIVEN, 5), event(2, REFUSED, 5)), at(9)))
        .isEqualTo(REFUSED);
  }

  @Test
  void aGrant_expiresAtItsInstant_andARenewalIsValidAgain() {
    ConsentEvent grant = event(1, GIVEN, 1, 5L);
    assertThat(ConsentStates.stateAt(List.of(grant), at(4))).isEqualTo(GIVEN);
    assertThat(ConsentStates.stateAt(List.of(grant), at(5))).isEqualTo(EXPIRED);
    assertThat(ConsentStates.stateAt(List.of(grant, event(2, RENEWED, 6)), at(7)))
        .isEqualTo(RENEWED);
  }

  @Test
  void anEventOfTheFuture_doesNotCountYet() {
    assertThat(ConsentStates.stateAt(List.of(event(1, GIVEN, 5)), at(4))).isEqualTo(UNKNOWN);
  }

  @Test
  void onlyTheCustomerOrAGuardianConsents_andAGuardianForALimitedTime() {
    assertThatThrownBy(() -> by(Indicator.CONTROLLER, GIVEN, at(5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not for a CONTROLLER to say");
    assertThatThrownBy(() -> by(Indicator.AUTHORITY, RENEWED, at(5)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> by(Indicator.SUBJECT, ConsentStatus.REVOKED, at(5)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> by(Indicator.GUARDIAN, GIVEN, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("comes of age");
    assertThat(by(Indicator.GUARDIAN, GIVEN, at(5)).by()).isEqualTo(Indicator.GUARDIAN);
  }

  @Test
  void aConsent_beginsWithTheFirstOfASeriesWithoutAGap() {
    ConsentEvent first = event(1, GIVEN, 1, 5L);
    ConsentEvent inTime = event(2, RENEWED, 4);
    ConsentEvent late = event(3, GIVEN, 5);
    assertThat(since(inTime, first)).isEqualTo(1);
    assertThat(since(first, late)).isEqualTo(3);
    assertThat(since(first, event(4, WITHDRAWN, 2))).isZero();
    assertThat(since(first, event(4, WITHDRAWN, 2), inTime)).as("a renewal of nothing").isZero();
    assertThat(since(first, event(4, WITHDRAWN, 2), event(5, GIVEN, 3))).isEqualTo(5);
    assertThat(since(first, event(6, UNKNOWN, 2))).isZero();
    assertThat(ConsentStates.standing(List.of())).isEmpty();
  }

  @Test
  void aConsentThatAllowsLess_beginsAnew() {
    ConsentEvent explicit = explicit(1, 1);
    ConsentEvent less = event(2, GIVEN, 2);
    assertThat(since(explicit, less)).isEqualTo(2);
    assertThat(since(event(1, GIVEN, 1), explicit(2, 2))).isEqualTo(1);
  }

  private static long since(ConsentEvent... events) {
    return ConsentStates.standing(List.of(events)).orElseThrow().since();
  }

  private static ConsentEvent explicit(long id, long second) {
    return new ConsentEvent(
        id, ANN, PURPOSE, "shop", GIVEN, true, "v1", "en", "portal", at(second), null);
  }

  private static ConsentEvent by(Indicator by, ConsentStatus status, @Nullable Instant expires) {
    return new ConsentEvent(
        1, ANN, PURPOSE, "shop", status, by, false, "v1", "en", "portal", at(1), expires);
  }

  @Test
  void freeText_isRefusedInEvents() {
    assertThatThrownBy(
            () ->
                new ConsentEvent(
                    1,
                    ANN,
                    PURPOSE,
                    "shop",
                    GIVEN,
                    false,
                    "v1",
                    "en",
                    "the customer agreed",
                    at(1),
                    null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("she said");
  }

  private static ConsentEvent event(long id, ConsentStatus status, long second) {
    return event(id, status, second, null);
  }

  private static ConsentEvent event(
      long id, ConsentStatus status, long second, @Nullable Long expires) {
    return new ConsentEvent(
        id,
        ANN,
        PURPOSE,
        "shop",
        status,
        false,
        "v1",
        "en",
        "portal",
        at(second),
        expires == null ? null : at(expires));
  }

  private static Instant at(long second) {
    return Instant.ofEpochSecond(second);
  }
}
