package io.contextkeep.vault.changes;

import io.contextkeep.vault.changes.ChangeRefused.Why;
import java.util.function.BiPredicate;

/** The rule that operators do not approve their own proposals, for changes of every kind. */
public final class TwoPeople {
  private final BiPredicate<String, String> samePerson;

  /**
   * @param samePerson whether two pseudonyms are accounts of one person
   */
  public TwoPeople(BiPredicate<String, String> samePerson) {
    this.samePerson = samePerson;
  }

  /**
   * Refuses an approval by the person who proposed.
   *
   * @param proposer a pseudonym
   * @param approver a pseudonym
   */
  public void check(String proposer, String approver) throws ChangeRefused {
    if (proposer.equals(approver) || samePerson.test(proposer, approver)) {
      throw new ChangeRefused(Why.OWN);
    }
  }
}
