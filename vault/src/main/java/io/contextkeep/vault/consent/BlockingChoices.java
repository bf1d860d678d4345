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
 * The customer's earlier choices that still block a new consent, each as the call that takes it
 * back. A consent without effect must not look like one that has some.
 */
final class BlockingChoices {
  private BlockingChoices() {}

  static List<String> of(
      ConsentEvent consent,
      Collection<ConsentEvent> latest,
      Collection<ConsentLedger.Objection> objections,
      boolean restricted) {
    Set<String> covering = new HashSet<>(Set.of(consent.purpose().curie()));
    consent.purpose().ancestors().stream().map(Purpose::curie).forEach(covering::add);
    List<String> calls = new ArrayList<>();
    latest.stream()
        .filter(choice -> choice.status().denies() && !ConsentStates.yieldsTo(choice, consent))
        .filter(choice -> covering.contains(choice.purpose().curie()))
        .filter(
            choice ->
                List.of(consent.recipient(), ConsentLedger.EVERYONE).contains(choice.recipient()))
        .forEach(
            choice ->
                calls.add(
                    "PUT /v1/me/consents/" + choice.purpose().curie() + "/" + choice.recipient()));
    objections.stream()
        .filter(objection -> covering.contains(objection.purpose()))
        .forEach(objection -> calls.add("DELETE /v1/me/objections/" + objection.purpose()));
    if (restricted) {
      calls.add("DELETE /v1/me/restriction");
    }
    return calls;
  }
}
