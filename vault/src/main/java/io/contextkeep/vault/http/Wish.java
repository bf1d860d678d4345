package io.contextkeep.vault.http;

import io.contextkeep.ontology.Purpose;
import io.contextkeep.vault.rights.Right;
import io.contextkeep.vault.rights.RightsCase;
import io.contextkeep.vault.rights.RulePack;
import io.contextkeep.vault.store.Attribute;
import java.util.Optional;

/**
 * What a request says, checked; what names the customer's own is checked when she is known.
 *
 * @param correction what a rectification does
 */
record Wish(
    RulePack pack,
    Right right,
    Optional<Purpose> purpose,
    Optional<Attribute> attribute,
    Optional<Long> decision,
    Optional<Act> correction) {

  /** One for a right that needs no words beside its name. */
  static Wish of(RulePack pack, Right right) {
    return new Wish(
        pack, right, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  RightsCase.Matter matter() {
    return new RightsCase.Matter(
        purpose.map(Purpose::curie), attribute.map(Attribute::name), decision);
  }
}
