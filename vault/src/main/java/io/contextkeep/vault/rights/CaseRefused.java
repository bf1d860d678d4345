package io.contextkeep.vault.rights;

import io.contextkeep.vault.web.Problem;

/** The refusal of a change of a case; the case stays as it was. */
final class CaseRefused extends Problem {
  private static final long serialVersionUID = 1;

  /** The reason of the refusal. */
  public enum Why {
    BEING_ERASED(409, "being_erased", "Your data is being erased, and the case with it"),
    TOO_MANY(
        409,
        "too_many_requests",
        "Too many of your requests are open; wait until some are answered"),
    NOT_NOW(409, "step_not_possible", "This step cannot follow the case's state; the next can be"),
    REASON_NEEDED(400, "reason_does_not_fit", "The field 'reason' is needed, one of"),
    REASON_UNKNOWN(
        400, "reason_does_not_fit", "The field 'reason' does not fit this step; it can be"),
    NOT_EXTENSIBLE(409, "not_extensible", "The rules do not allow extending this case"),
    EXTENDED_BEFORE(
        409, "not_extensible", "The case was extended once and cannot be extended again"),
    TOO_LATE(
        409,
        "too_late_to_extend",
        "The time to answer has run out, so the case can no longer be extended"),
    BY_ERASING(
        409, "step_not_possible", "An erasure is fulfilled by erasing alone; accept it to erase"),
    EVIDENCE_NEEDED(
        400,
        "evidence_needed",
        "The field 'evidence' is needed: the index of an entry that was made since the request"),
    OUTCOME_NEEDED(400, "outcome_needed", "The field 'outcome' is needed, one of");

    private final int status;
    private final String code;
    private final String meaning;

    Why(int status, String code, String meaning) {
      this.status = status;
      this.code = code;
      this.meaning = meaning;
    }
  }

  private final Why why;

  CaseRefused(Why why) {
    super(why.status, why.code, why.meaning);
    this.why = why;
  }

  CaseRefused(Why why, Iterable<String> these) {
    super(why.status, why.code, why.meaning + " " + String.join(", ", these));
    this.why = why;
  }

  public Why why() {
    return why;
  }
}
