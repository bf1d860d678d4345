package io.contextkeep.vault.context;

import io.contextkeep.ontology.SubjectId;
import java.util.ArrayList;
import java.util.List;

/**
 * A chunk of consecutive customers with their sealed values, for a statistic.
 *
 * @param last the row key up to which all customers were read
 * @param more whether there may be customers after it
 */
record Cohort(List<Member> members, long last, boolean more) {

  /** A customer as a statistic sees them. */
  static final class Member {
    private final SubjectId subject;
    private final List<Sealed> sealed = new ArrayList<>(1);
    private Situation situation;

    Member(SubjectId subject, Situation situation) {
      this.subject = subject;
      this.situation = situation;
    }

    SubjectId subject() {
      return subject;
    }

    Situation situation() {
      return situation;
    }

    /** Moves the customer to the situation that another of their facts leads to. */
    void enter(Situation narrower) {
      situation = narrower;
    }

    List<Sealed> sealed() {
      return sealed;
    }
  }

  @Override
  public String toString() {
    return "Cohort[redacted]";
  }
}
