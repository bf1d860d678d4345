package io.contextkeep.vault.policy;

/** A change of the policy that is not made. What decided until now goes on deciding. */
public final class ChangeRefused extends Exception {
  private static final long serialVersionUID = 1;

  /** Why not. */
  public enum Why {
    NO_POLICY("There is no policy yet that could be changed"),
    CHANGES_NOTHING("The catalogue is that already"),
    NO_CATALOGUE("This would be no catalogue"),
    REJECTED("The policy would not be one for this vault"),
    UNKNOWN("There is no such change; look at GET /v1/policy/changes"),
    CLOSED("It was approved or withdrawn before"),
    MOVED_ON("Another policy is in force than the one it was made of; propose it again"),
    OWN("Whoever proposes a change does not approve it; another operator does");

    private final String meaning;

    Why(String meaning) {
      this.meaning = meaning;
    }
  }

  private final Why why;

  ChangeRefused(Why why) {
    super(why.meaning);
    this.why = why;
  }

  ChangeRefused(Why why, String more) {
    super(why.meaning + ": " + more);
    this.why = why;
  }

  public Why why() {
    return why;
  }
}
