package io.contextkeep.vault.rights;

import io.contextkeep.ontology.RequestState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A case in an answer: codes, times, and the decision to review. Only the customer sees which
 * purpose or attribute it is about.
 *
 * @param call the call that the customer is to make
 * @param certificate the number of the certificate of the customer's erasure
 */
record ShownCase(
    String id,
    Right right,
    String term,
    String jurisdiction,
    String rules,
    RequestState state,
    Instant made,
    Optional<Instant> confirmBy,
    Instant due,
    boolean extended,
    Clock clock,
    Optional<Instant> answered,
    Optional<String> outcome,
    Optional<Long> decision,
    List<RightsCase.Step> steps,
    Optional<String> purpose,
    Optional<String> attribute,
    Optional<String> call,
    Optional<String> certificate) {
  private static final String EXPORT = "GET /v1/me/export";

  /** Returns the case as operators and auditors see it. */
  static ShownCase of(RightsCase one, Instant now) {
    return shown(one, now, RightsCase.Matter.NONE, Optional.empty(), Optional.empty());
  }

  /** Returns the case as the customer sees it. */
  static ShownCase ofCustomer(RightsCase one, Instant now, Optional<String> certificate) {
    Optional<String> call = one.waitsToBeTaken() ? Optional.of(EXPORT) : Optional.empty();
    return shown(one, now, one.matter(), call, certificate);
  }

  private static ShownCase shown(
      RightsCase one,
      Instant now,
      RightsCase.Matter matter,
      Optional<String> call,
      Optional<String> certificate) {
    return new ShownCase(
        one.id(),
        one.right(),
        one.term(),
        one.jurisdiction(),
        one.rules(),
        one.state(),
        one.made(),
        one.confirmBy(),
        one.due(),
        one.extended(),
        one.clock(now),
        one.answered(),
        one.outcome(),
        one.matter().decision(),
        one.steps(),
        matter.purpose(),
        matter.attribute(),
        call,
        certificate);
  }
}
