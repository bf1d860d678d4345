package io.contextkeep.vault.rights;

import io.contextkeep.ontology.Purpose;
import io.contextkeep.vault.customers.AuditedChange;
import io.contextkeep.vault.registry.Attribute;
import java.util.Optional;

/**
 * A checked request. References to the customer's own data are checked when the customer is known.
 *
 * @param correction the change that a rectification makes
 */
record RightsRequestDraft(
    RulePack pack,
    Right right,
    Optional<Purpose> purpose,
    Optional<Attribute> attribute,
    Optional<Long> decision,
    Optional<AuditedChange> correction) {

  /** Returns the request for a right that has no fields. */
  public static RightsRequestDraft of(RulePack pack, Right right) {
    return new RightsRequestDraft(
        pack, right, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  RightsCase.Matter matter() {
    return new RightsCase.Matter(
        purpose.map(Purpose::curie), attribute.map(Attribute::name), decision);
  }
}
