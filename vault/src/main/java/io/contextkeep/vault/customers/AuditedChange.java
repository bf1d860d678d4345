package io.contextkeep.vault.customers;

import io.contextkeep.audit.EntryType;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/**
 * A change that a customer makes by a right of theirs, with the facts of its log entry. A direct
 * call and a rights request make the same change.
 */
public record AuditedChange(EntryType type, Facts facts, CustomerSession.Change change) {

  /** The facts of an entry, read in the transaction of the change, before it. */
  @FunctionalInterface
  public interface Facts {
    Map<String, Object> in(Connection c) throws SQLException;
  }

  /** Makes a change whose facts do not depend on what is held. */
  public AuditedChange(EntryType type, Map<String, Object> facts, CustomerSession.Change change) {
    this(type, _ -> facts, change);
  }
}
