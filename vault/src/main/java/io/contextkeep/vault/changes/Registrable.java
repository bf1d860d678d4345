package io.contextkeep.vault.changes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.identity.Actor;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/**
 * A kind of document that operators set. Equal registrations have equal canonical documents, down
 * to their text.
 */
public interface Registrable {

  Change.Kind kind();

  /** Returns the canonical document in force. */
  Optional<ObjectNode> current(Connection c, String target) throws SQLException;

  /**
   * Returns the canonical form of a document that may come into force.
   *
   * @throws RuntimeException naming the field that is wrong, as its caller is answered
   */
  ObjectNode checked(String target, ObjectNode document);

  /**
   * Returns whether the change only takes away: nobody can read, write, learn or sign in as
   * anything that they could not before, nothing is deleted and nobody goes untold. One operator
   * may make such a change alone. What is not known to narrow does not.
   */
  boolean narrows(ObjectNode before, ObjectNode after);

  /**
   * Puts a checked document into force, in the caller's transaction.
   *
   * @param actor the one who makes the change
   */
  void put(Connection c, String target, ObjectNode document, Actor actor) throws SQLException;

  /** Returns what the log says of a document besides its name. */
  default Map<String, Object> facts(String target, ObjectNode document) {
    return Map.of();
  }

  /** Called once the change is durable. */
  default void applied() {}
}
