package io.contextkeep.vault.rights;

import io.contextkeep.vault.web.Problem;

/** The refusal of a change of a case; the case stays as it was. */
final class CaseRefused extends Problem {
  private static final long serialVersionUID = 1;

  /** Why not. */
  public enum Why {
    BEING_ERASED(409, "being_erased", "What was held is being erased, and the case with it"),
    TOO_MANY(
        409,
        "too_many_requests",
        "So many of your requests are open already that another one would help nobody"),
    NOT_NOW(409, "step_not_possible", "The case's state does not lead there; it leads to"),
    REASON_NEEDED(400, "reason_does_not_fit", "This needs a reason, one of"),
    REASON_UNKNOWN(400, "reason_does_not_fit", "This is no reason for that; these are"),
    NOT_EXTENSIBLE(409, "not_extensible", "The rules let this case not be put off"),
    EXTENDED_BEFORE(409, "not_extensible", "It was put off once, and cannot be again"),
    TOO_LATE(
        409, "too_late_to_extend", "The time to answer has run out: it can no longer be put off"),
    BY_ERASING(
        409,
        "step_not_possible",
        "An erasure is fulfilled by erasing, and by nothing else: accept it"),
    EVIDENCE_NEEDED(
        400,
        "evidence_needed",
        "Say what shows that it was done: 'evidence', the index of an entry made since"),
    OUTCOME_NEEDED(400, "outcome_needed", "Say what the review came to, one of");

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
