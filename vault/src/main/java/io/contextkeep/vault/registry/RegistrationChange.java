package io.contextkeep.vault.registry;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.contextkeep.vault.changes.ShownChange;

/** A change of a document that operators set, with the contact to tell of it. */
public record RegistrationChange(
    @JsonUnwrapped ShownChange change, @JsonUnwrapped Registration.Contact contact) {

  /** Returns the change without the operators' names, as the app itself sees it. */
  public RegistrationChange withoutOperators() {
    return new RegistrationChange(change.withoutOperators(), contact);
  }
}
