package io.contextkeep.vault.rights;

import io.contextkeep.ontology.Purpose;
import io.contextkeep.vault.customers.AuditedChange;
import io.contextkeep.vault.registry.Attribute;
import java.util.Optional;

/**
 * What a request says, checked; what names the customer's own is checked when she is known.
 *
 * @param correction what a rectification does
 */
public record RightsRequestDraft(
    RulePack pack,
    Right right,
    Optional<Purpose> purpose,
    Optional<Attribute> attribute,
    Optional<Long> decision,
    Optional<AuditedChange> correction) {

  /** One for a right that needs no words beside its name. */
  public static RightsRequestDraft of(RulePack pack, Right right) {
    return new RightsRequestDraft(
        pack, right, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  RightsCase.Matter matter() {
    return new RightsCase.Matter(
        purpose.map(Purpose::curie), attribute.map(Attribute::name), decision);
  }
}
