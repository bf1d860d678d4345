package io.contextkeep.vault.changes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.identity.Actor;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/**
 * A kind of document that operators set. Equal registrations have equal canonical documents,
 * including their text.
 */
public interface Registrable {

  Change.Kind kind();

  /** Returns the canonical document in force. */
  Optional<ObjectNode> current(Connection c, String target) throws SQLException;

  /**
   * Returns the canonical form of a document that may come into force.
   *
   * @throws io.contextkeep.vault.web.Problem that names the invalid field
   */
  ObjectNode checked(String target, ObjectNode document);

  /**
   * Returns whether the change only takes rights away: it permits no further read, write, statistic
   * or sign-in, deletes nothing and removes no notification. One operator may make such a change
   * alone. A change of unknown effect does not narrow.
   */
  boolean narrows(ObjectNode before, ObjectNode after);

  /**
   * Puts a checked document into force, in the caller's transaction.
   *
   * @param actor the operator who makes the change
   */
  void put(Connection c, String target, ObjectNode document, Actor actor) throws SQLException;

  /** Returns the document's facts for the log entry, besides its name. */
  default Map<String, Object> facts(String target, ObjectNode document) {
    return Map.of();
  }

  /** Called once the change is durable. */
  default void applied() {}
}
