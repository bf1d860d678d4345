package io.contextkeep.vault.rights;

import io.contextkeep.ontology.RequestState;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.ontology.records.RightsRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A customer's request and all that became of it. Whoever is not her sees of it only codes and
 * times.
 *
 * @param id random: whoever knows it was told it
 * @param term what the law's own right is called
 * @param rules which version of which rules it follows
 * @param subject whose it is; empty once she is erased
 * @param matter what exactly she wants; nothing once she is erased
 * @param confirmBy the first moment that is too late to say that it has come
 * @param due the first moment that is too late to answer
 * @param answered when she was told what is done, or could from then on take it
 * @param outcome what a review came to
 */
public record RightsCase(
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

  /** What a request is about, in coded words. */
  public record Matter(
      Optional<String> purpose, Optional<String> attribute, Optional<Long> decision) {
    public static final Matter NONE =
        new Matter(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The entry of the audit log that shows what was done. */
  public record Evidence(long index, String leafHash) {}

  /**
   * @param entry the log's entry of this step itself
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

  /** Whether it waits for the customer to take what was made ready for her. */
  public boolean waitsToBeTaken() {
    return state() == RequestState.REQUIRES_ACTION && steps.getLast().reason().isEmpty();
  }

  /** Whether an erasure was begun that has not ended: it ends the case by itself. */
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

  RightsCase ofNobody() {
    return changed(Optional.empty(), Matter.NONE, due, extended, answered, outcome, steps);
  }

  /** What was asked for, when and under which rules, never changes. */
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

  /** The entry of the log that accounts for the erasure it asked for, once that is done. */
  public Optional<Long> erasedIn() {
    return right == Right.ERASURE && state() == RequestState.FULFILLED
        ? steps.getLast().evidence().map(Evidence::index)
        : Optional.empty();
  }

  /** The record of it, which the shapes know. */
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
