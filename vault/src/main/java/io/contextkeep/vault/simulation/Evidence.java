package io.contextkeep.vault.simulation;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.Question;
import io.contextkeep.vault.web.Problem;
import java.util.Optional;

/**
 * The services that examine decisions without making any.
 *
 * @param gate the gate of the policy in force
 */
public record Evidence(
    PolicyGate gate,
    RecordedDecisions decisions,
    Replay replay,
    Candidates candidates,
    HypotheticalQuestions hypothetical) {

  /**
   * Returns the question of the decision about the customer at an index of the log.
   *
   * @throws Problem if no such decision is recorded
   */
  public Question question(SubjectId subject, long index) {
    return decision(subject, Optional.of(index)).question();
  }

  /** Returns the decision about the customer at an index of the log. */
  Found.Recorded decision(SubjectId subject, Optional<Long> index) {
    return index
        .flatMap(decisions::at)
        .filter(Found.Recorded.class::isInstance)
        .map(Found.Recorded.class::cast)
        .filter(recorded -> recorded.subject() == subject.value())
        .orElseThrow(
            () ->
                new Problem(
                    404, "no_decision", "No decision about you is recorded under this index"));
  }
}
