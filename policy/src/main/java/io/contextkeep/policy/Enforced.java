package io.contextkeep.policy;

/** Why the vault gives less than a decision names: it carries out what the policy obliges it to. */
public enum Enforced {
  ATTRIBUTE_MASKED(
      "A statistic counts values as they are; the purpose has a mask for the attribute, so nobody"
          + " would be counted."),
  EVENT_CAP("The purpose has a cap on the events of one answer; the newest ones are given."),
  MASK_DOES_NOT_FIT("The purpose has a mask for the attribute, and it is not for such a value."),
  READ_CAP("The purpose has a cap on how often an app reads in an hour, and that was reached.");

  private final String meaning;

  Enforced(String meaning) {
    this.meaning = meaning;
  }

  /** For people, one sentence. */
  public String meaning() {
    return meaning;
  }
}
