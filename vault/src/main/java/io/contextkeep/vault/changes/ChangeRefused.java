package io.contextkeep.vault.changes;

/** The answer to a change that is not made. What was in force stays in force. */
public final class ChangeRefused extends Exception {
  private static final long serialVersionUID = 1;

  /** The reasons for which a change is not made. */
  public enum Why {
    NO_POLICY("There is no policy yet that could be changed"),
    CHANGES_NOTHING("The catalogue is that already"),
    NO_CATALOGUE("The catalogue is not valid"),
    REJECTED("The policy does not pass the tests that every policy of this vault must pass"),
    UNKNOWN("There is no such change; GET /v1/changes lists them"),
    CLOSED(
        "The change was already applied, withdrawn or rejected, or it expired; propose it again"),
    MOVED_ON("Another policy is in force than the one it was made of; propose it again"),
    OUTDATED("What it changes has changed since it was proposed; look at it and propose it again"),
    TOO_MANY("Too many of your proposals wait for approval; withdraw some first"),
    OWN("The operator who proposes a change cannot approve it; another operator must");

    private final String meaning;

    Why(String meaning) {
      this.meaning = meaning;
    }
  }

  private final Why why;

  public ChangeRefused(Why why) {
    super(why.meaning);
    this.why = why;
  }

  public ChangeRefused(Why why, String more) {
    super(why.meaning + ": " + more);
    this.why = why;
  }

  public Why why() {
    return why;
  }
}
