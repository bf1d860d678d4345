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

  /**
   * A customer as a statistic sees them.
   *
   * @param sealed their sealed values, to which the query adds
   */
  record Member(SubjectId subject, Situation situation, List<Sealed> sealed) {
    Member(SubjectId subject, Situation situation) {
      this(subject, situation, new ArrayList<>(1));
    }

    @Override
    public String toString() {
      return "Member[redacted]";
    }
  }

  @Override
  public String toString() {
    return "Cohort[redacted]";
  }
}
