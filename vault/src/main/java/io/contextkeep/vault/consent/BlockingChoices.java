package io.contextkeep.vault.consent;

import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStates;
import io.contextkeep.ontology.Purpose;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What of all that a customer said earlier still stops reads that she now says yes to, each as the
 * call that takes it back. A yes that changes nothing must not look like one that does.
 */
final class BlockingChoices {
  private BlockingChoices() {}

  static List<String> of(
      ConsentEvent yes,
      Collection<ConsentEvent> latest,
      Collection<ConsentLedger.Objection> objections,
      boolean restricted) {
    Set<String> covering = new HashSet<>(Set.of(yes.purpose().curie()));
    yes.purpose().ancestors().stream().map(Purpose::curie).forEach(covering::add);
    List<String> calls = new ArrayList<>();
    latest.stream()
        .filter(said -> said.status().denies() && !ConsentStates.yieldsTo(said, yes))
        .filter(said -> covering.contains(said.purpose().curie()))
        .filter(said -> List.of(yes.recipient(), ConsentLedger.EVERYONE).contains(said.recipient()))
        .forEach(
            said ->
                calls.add(
                    "PUT /v1/me/consents/" + said.purpose().curie() + "/" + said.recipient()));
    objections.stream()
        .filter(objection -> covering.contains(objection.purpose()))
        .forEach(objection -> calls.add("DELETE /v1/me/objections/" + objection.purpose()));
    if (restricted) {
      calls.add("DELETE /v1/me/restriction");
    }
    return calls;
  }
}
