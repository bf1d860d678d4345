package io.contextkeep.vault.changes;

/** The refusal of a change. The document in force stays. */
public final class ChangeRefused extends Exception {
  private static final long serialVersionUID = 1;

  /** The reason of a refusal. */
  public enum Why {
    NO_POLICY("There is no policy in force to change"),
    CHANGES_NOTHING("The catalogue in force is the same"),
    NO_CATALOGUE("The catalogue is not valid"),
    REJECTED("The policy does not pass the tests that every policy of this vault must pass"),
    UNKNOWN("There is no such change; GET /v1/changes lists them"),
    CLOSED(
        "The change was already applied, withdrawn or rejected, or it expired; propose it again"),
    MOVED_ON("The policy in force has changed since the proposal; propose it again"),
    OUTDATED("The document has changed since the proposal; read it and propose the change again"),
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
