package io.contextkeep.vault.rights;

import io.contextkeep.ontology.RequestState;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.ontology.records.RightsRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A customer's request and its steps. All others see only codes and times.
 *
 * @param id a random id, which only the customer and the operators know
 * @param term the name of the right in the law
 * @param rules the version of the rules that it follows
 * @param subject the customer; empty once they are erased
 * @param matter what the request is about; empty once the customer is erased
 * @param confirmBy the first moment that is too late to confirm the receipt
 * @param due the first moment that is too late to answer
 * @param answered when the customer got the answer, or could first fetch it
 * @param outcome the outcome of a review
 */
record RightsCase(
    String id,
    Right right,
    String term,
    String rules,
    String jurisdiction,
    Optional<SubjectId> subject,
    Matter matter,
    Instant made,
    Optional<Instant> confirmBy,
    Instant due,
    boolean extended,
    Optional<Instant> answered,
    Optional<String> outcome,
    List<Step> steps) {

  /** The subject matter of a request: a purpose, an attribute or a decision. */
  public record Matter(
      Optional<String> purpose, Optional<String> attribute, Optional<Long> decision) {
    public static final Matter NONE =
        new Matter(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The entry of the audit log that proves a step. */
  public record Evidence(long index, String leafHash) {}

  /**
   * A step of a case.
   *
   * @param entry the index of the log's entry of this step itself
   */
  public record Step(
      RequestState state,
      Instant at,
      Optional<String> reason,
      long entry,
      Optional<Evidence> evidence) {}

  public RightsCase {
    steps = List.copyOf(steps);
  }

  public RequestState state() {
    return steps.getLast().state();
  }

  public Clock clock(Instant now) {
    return Clock.of(due, answered, now);
  }

  /** Returns whether the case waits for the customer to fetch what is ready. */
  public boolean waitsToBeTaken() {
    return state() == RequestState.REQUIRES_ACTION && steps.getLast().reason().isEmpty();
  }

  /** Returns whether an erasure has begun and not ended; its end ends the case. */
  public boolean isBeingErased() {
    return right == Right.ERASURE && state() == RequestState.ACCEPTED;
  }

  RightsCase with(Step step) {
    List<Step> more = new ArrayList<>(steps);
    more.add(step);
    return changed(subject, matter, due, extended, answered, outcome, more);
  }

  RightsCase answered(Instant at) {
    return changed(
        subject, matter, due, extended, Optional.of(answered.orElse(at)), outcome, steps);
  }

  RightsCase extended(Instant until) {
    return changed(subject, matter, until, true, answered, outcome, steps);
  }

  RightsCase ending(Optional<String> cameTo) {
    return changed(subject, matter, due, extended, answered, cameTo, steps);
  }

  RightsCase withoutSubject() {
    return changed(Optional.empty(), Matter.NONE, due, extended, answered, outcome, steps);
  }

  /** Returns a changed copy. The request, its time and its rules never change. */
  private RightsCase changed(
      Optional<SubjectId> whose,
      Matter about,
      Instant until,
      boolean later,
      Optional<Instant> at,
      Optional<String> cameTo,
      List<Step> taken) {
    return new RightsCase(
        id,
        right,
        term,
        rules,
        jurisdiction,
        whose,
        about,
        made,
        confirmBy,
        until,
        later,
        at,
        cameTo,
        taken);
  }

  /** Returns the index of the entry of the erasure that the case asked for, once that is done. */
  public Optional<Long> erasedIn() {
    return right == Right.ERASURE && state() == RequestState.FULFILLED
        ? steps.getLast().evidence().map(Evidence::index)
        : Optional.empty();
  }

  /** Returns the case as a record of the vocabulary, which the shapes check. */
  public RightsRequest record() {
    return new RightsRequest(
        id,
        subject,
        term,
        jurisdiction,
        rules,
        made,
        due,
        steps.stream()
            .map(
                step ->
                    new RightsRequest.Step(
                        step.state(),
                        step.at(),
                        step.reason(),
                        step.evidence().map(Evidence::index)))
            .toList());
  }
}
