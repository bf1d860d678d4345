package io.contextkeep.vault.read;

import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.store.Attribute;
import io.contextkeep.vault.store.Identifier;
import java.util.List;
import java.util.Optional;

/**
 * A request for one customer's context: by whom, of whom, what for and which attributes.
 *
 * @param purpose a DPV purpose as stated; one that does not exist is refused like any other no
 * @param reason free text for the customer to read; kept sealed
 */
public record Ask(
    String requestId,
    Caller caller,
    Identifier customer,
    String purpose,
    List<Attribute> attributes,
    Optional<String> reason) {

  /** Whether the caller is the very customer. */
  boolean self() {
    return caller.account().flatMap(Identifier::parse).equals(Optional.of(customer));
  }

  @Override
  public String toString() {
    return "Ask[" + requestId + ", " + caller + ", redacted]";
  }
}
