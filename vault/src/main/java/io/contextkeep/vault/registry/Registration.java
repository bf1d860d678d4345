package io.contextkeep.vault.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.changes.Change;
import io.contextkeep.vault.changes.Registrable;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.util.Set;

/** A kind of document that operators set, as it is on the wire. */
public interface Registration extends Registrable {

  /** Returns the template of the address at which operators set documents of this kind. */
  String path();

  /** Makes the routes of those who may see one. */
  default Routes.Guarded readers(Routes routes) {
    return routes.as(Role.OPERATOR);
  }

  /** Returns the name of the document that the request is about, checked. */
  String target(Request request);

  /** Returns the fields that a PUT may leave out: they stay as they are, and null removes them. */
  Set<String> optional();

  /** Returns the document as it is answered. */
  ObjectNode shown(String target, ObjectNode document);

  /** Adds what operators should know about who is told of the change; by default, nothing. */
  default ObjectNode withContact(ObjectNode json, Change change) {
    return json;
  }

  /** Returns what somebody sent in the words of the canonical document. */
  default ObjectNode understood(ObjectNode sent) {
    return sent;
  }
}
