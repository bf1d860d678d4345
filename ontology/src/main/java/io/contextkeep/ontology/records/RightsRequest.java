package io.contextkeep.ontology.records;

import io.contextkeep.ontology.RequestState;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.ontology.Urns;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The record of a customer's exercise of a right ({@code dpv:RightExerciseRecord}): the request,
 * its rules, and every step until its end.
 *
 * @param subject the customer; empty after their erasure, as the record is kept
 * @param right a term of DPV's GDPR extension, or one of the vault's if another law gives it
 * @param rules the rules of its deadlines, with their version
 * @param due the deadline of the answer
 * @param steps the steps in order; at least one
 */
public record RightsRequest(
    String id,
    Optional<SubjectId> subject,
    String right,
    String jurisdiction,
    String rules,
    Instant made,
    Instant due,
    List<Step> steps) {

  /**
   * A change of its state.
   *
   * @param justification the justification, if it is refused, delayed or waits for a party
   * @param evidence the entry of the audit log that proves the step
   */
  public record Step(
      RequestState state, Instant at, Optional<String> justification, Optional<Long> evidence) {}

  public RightsRequest {
    steps = List.copyOf(steps);
  }

  /** Returns the record, checked against its shape. */
  public Document document() {
    String name = "urn:contextkeep:request:" + id;
    Step last = steps.getLast();
    Document document =
        new Document(
                Context.REQUESTS,
                name,
                subject.isPresent() ? "dpv:RightExerciseRecord" : "ck:ErasedRightExerciseRecord")
            .with(Word.CONFORMS_TO, "ck:request-1")
            .with(Word.CONFORMS_TO, "urn:contextkeep:rules:" + rules)
            .with(Word.IDENTIFIER, id)
            .with(Word.RIGHT, right)
            .with(Word.JURISDICTION, jurisdiction)
            .with(Word.CREATED, made.toString())
            .with(Word.DUE, due.toString())
            .with(Word.STATUS, last.state().curie());
    subject.ifPresent(id -> document.with(Word.DATA_SUBJECT, Urns.subject(id)));
    last.justification().ifPresent(why -> document.with(Word.JUSTIFICATION, why));
    for (int i = 0; i < steps.size(); i++) {
      document.with(Word.EVENT, document(name + ":step:" + i, steps.get(i)));
    }
    return document;
  }

  private static Document document(String name, Step step) {
    Document document =
        new Document(Context.REQUESTS, name, "dpv:RightExerciseActivity")
            .with(Word.STATUS, step.state().curie())
            .with(Word.AT, step.at().toString());
    step.justification().ifPresent(why -> document.with(Word.JUSTIFICATION, why));
    step.evidence()
        .ifPresent(index -> document.with(Word.EVIDENCE, "urn:contextkeep:entry:" + index));
    return document;
  }
}
