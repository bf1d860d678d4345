package io.contextkeep.policy;

/** Limits that the vault itself enforces on a decision, as the policy obliges it to. */
public enum Enforced {
  ATTRIBUTE_MASKED(
      "A statistic counts unmasked values; the purpose masks the attribute, so no customer would be"
          + " counted."),
  EVENT_CAP("The purpose caps the events of one answer; the newest ones are given."),
  MASK_DOES_NOT_FIT(
      "The purpose masks the attribute, and the mask does not apply to such a value."),
  READ_CAP("The purpose caps the reads of an app in an hour, and the cap was reached.");

  private final String meaning;

  Enforced(String meaning) {
    this.meaning = meaning;
  }

  /** Returns one sentence for people. */
  public String meaning() {
    return meaning;
  }
}
