package io.contextkeep.vault.rights;

/** A change of a case that is not made; the case stays as it was. */
public final class CaseRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Why not. */
  public enum Why {
    BEING_ERASED("What was held is being erased, and the case with it"),
    TOO_MANY("So many of your requests are open already that another one would help nobody"),
    NOT_NOW("The case's state does not lead there; it leads to"),
    REASON_NEEDED("This needs a reason, one of"),
    REASON_UNKNOWN("This is no reason for that; these are"),
    NOT_EXTENSIBLE("The rules let this case not be put off"),
    EXTENDED_BEFORE("It was put off once, and cannot be again"),
    TOO_LATE("The time to answer has run out: it can no longer be put off"),
    BY_ERASING("An erasure is fulfilled by erasing, and by nothing else: accept it"),
    EVIDENCE_NEEDED(
        "Say what shows that it was done: 'evidence', the index of an entry made since"),
    OUTCOME_NEEDED("Say what the review came to, one of");

    private final String meaning;

    Why(String meaning) {
      this.meaning = meaning;
    }
  }

  private final Why why;

  CaseRefused(Why why) {
    super(why.meaning, null, false, false);
    this.why = why;
  }

  CaseRefused(Why why, Iterable<String> these) {
    super(why.meaning + " " + String.join(", ", these), null, false, false);
    this.why = why;
  }

  public Why why() {
    return why;
  }
}
