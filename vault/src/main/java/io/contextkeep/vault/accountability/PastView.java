package io.contextkeep.vault.accountability;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.policy.Outcome;
import io.contextkeep.vault.policy.PastPolicies;
import io.contextkeep.vault.policy.PolicyVersion;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/** The access that an app had at a past time, on the wire. */
record PastView(
    Instant at,
    String purpose,
    Decision decision,
    String basis,
    List<String> reasons,
    App app,
    Optional<Policy> policy,
    List<Attribute> attributes,
    List<Consent> consents,
    boolean restricted,
    List<String> objections,
    boolean historyWhole) {

  /** An outcome; empty if the policy of that time is unavailable. */
  private enum Decision {
    PERMIT,
    REFUSE,
    UNDECIDED;

    static Decision of(Optional<Outcome> outcome) {
      return outcome.map(known -> known.allows() ? PERMIT : REFUSE).orElse(UNDECIDED);
    }
  }

  /**
   * @param version the version of its registration; empty where it is unknown
   */
  private record App(
      String id,
      StateAsOf.Registered registered,
      Optional<Long> version,
      SortedSet<String> purposes) {

    static App of(StateAsOf.PastApp app) {
      return new App(
          app.id(),
          app.registered(),
          Optional.of(app.version()).filter(version -> version > 0),
          app.purposes());
    }
  }

  /**
   * @param atHand whether the vault still has it
   */
  private record Policy(@JsonUnwrapped PolicyVersion policy, Instant since, boolean atHand) {
    static Policy of(PastPolicies.Then then) {
      return new Policy(PolicyVersion.of(then.policy()), then.since(), then.bundle().isPresent());
    }
  }

  /** The knowledge whether a value was held. Values are replaced, so absence is never certain. */
  private enum Held {
    YES,
    UNKNOWN
  }

  /**
   * @param code the mask, or the reasons why it is withheld
   */
  private record Attribute(
      String name,
      DataCategory category,
      Held held,
      Optional<Outcome.How> treatment,
      Optional<String> code) {

    static Attribute of(StateAsOf.PastAttribute attribute, AsOf.Seen seen) {
      Optional<Outcome.Treatment> treatment =
          seen.outcome().map(outcome -> treatment(attribute, outcome));
      return new Attribute(
          attribute.name(),
          attribute.category(),
          seen.situation().held().contains(attribute.name()) ? Held.YES : Held.UNKNOWN,
          treatment.map(Outcome.Treatment::how),
          treatment.map(Outcome.Treatment::code));
    }

    /** A refusal withholds every attribute for its own reasons. */
    private static Outcome.Treatment treatment(StateAsOf.PastAttribute attribute, Outcome outcome) {
      return Optional.ofNullable(outcome.treatments().get(attribute.name()))
          .orElseGet(
              () ->
                  new Outcome.Treatment(Outcome.How.WITHHELD, String.join(" ", outcome.reasons())));
    }
  }

  /**
   * @param reliedOn whether the decision depends on it
   * @param statusByLaterEvents its status by all that is known now, where that differs
   */
  private record Consent(
      long event,
      Purpose purpose,
      String recipient,
      String status,
      boolean explicit,
      String notice,
      String language,
      String by,
      Instant at,
      boolean reliedOn,
      Optional<Instant> expires,
      Optional<String> statusByLaterEvents) {

    static Consent of(StateAsOf.ConsentAsOf stood, List<Long> relied) {
      ConsentEvent event = stood.event();
      return new Consent(
          event.id(),
          event.purpose(),
          event.recipient(),
          stood.status().curie(),
          event.explicit(),
          event.noticeVersion(),
          event.language(),
          event.by().curie(),
          event.at(),
          relied.contains(event.id()),
          Optional.ofNullable(event.expiresAt()),
          Optional.of(stood.sinceThen())
              .filter(since -> since != stood.status())
              .map(ConsentStatus::curie));
    }
  }

  static PastView of(AsOf.Seen seen, Instant at) {
    StateAsOf.Situation situation = seen.situation();
    List<Long> relied = seen.outcome().map(Outcome::consents).orElse(List.of());
    return new PastView(
        at,
        situation.question().purpose(),
        Decision.of(seen.outcome()),
        seen.outcome().map(Outcome::basis).orElse(""),
        reasons(seen),
        App.of(situation.app()),
        seen.policy().map(Policy::of),
        situation.attributes().values().stream()
            .map(attribute -> Attribute.of(attribute, seen))
            .toList(),
        situation.consents().stream().map(stood -> Consent.of(stood, relied)).toList(),
        situation.noes().restricted(),
        situation.noes().objections(),
        situation.noes().whole());
  }

  private static List<String> reasons(AsOf.Seen seen) {
    return seen.outcome()
        .map(Outcome::reasons)
        .orElseGet(
            () -> List.of(seen.policy().isPresent() ? "POLICY_NOT_AT_HAND" : "POLICY_UNKNOWN"));
  }
}
