package io.contextkeep.vault.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.changes.Change;
import io.contextkeep.vault.changes.Registrable;
import io.contextkeep.vault.changes.ShownChange;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.util.Optional;
import java.util.Set;

/** A kind of document that operators set: its address and its form in requests and answers. */
public interface Registration extends Registrable {

  /**
   * The contact of a document's owner.
   *
   * @param contactIsTold whether the vault itself tells the contact of the change
   */
  record Contact(Optional<String> contact, Optional<Boolean> contactIsTold) {
    static final Contact NONE = new Contact(Optional.empty(), Optional.empty());
  }

  /** Returns the template of the address at which operators set documents of this kind. */
  String path();

  /** Lets those who may see a document call the route that shows it; by default, operators. */
  default Routes.Declared readers(Routes.Begun route) {
    return route.as(Role.OPERATOR);
  }

  /** Returns the name of the document that the request is about, checked. */
  String target(Request request);

  /** Returns the fields that a PUT may leave out: they stay as they are, and null removes them. */
  Set<String> optional();

  /** Returns the document as it is answered. */
  ObjectNode shown(String target, ObjectNode document);

  /** Returns the contact to tell of a change; by default, there is none. */
  default Contact contact(Change change) {
    return Contact.NONE;
  }

  /** Returns a change as it is answered. */
  default RegistrationChange shown(Change change) {
    return new RegistrationChange(ShownChange.of(change), contact(change));
  }

  /** Returns a document that was sent in the form of the canonical document. */
  default ObjectNode understood(ObjectNode sent) {
    return sent;
  }
}
