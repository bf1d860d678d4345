package io.contextkeep.vault.customers;

import io.contextkeep.audit.EntryType;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/**
 * An exercise of a customer's right: the change, and what the log says of it. A call of its own and
 * a request that is followed as a case do the same one.
 */
public record AuditedChange(EntryType type, Facts facts, CustomerSession.Change change) {

  /** The facts of an entry, read in the transaction of the change and before it. */
  @FunctionalInterface
  public interface Facts {
    Map<String, Object> in(Connection c) throws SQLException;
  }

  /** An act whose facts do not depend on what is held. */
  public AuditedChange(EntryType type, Map<String, Object> facts, CustomerSession.Change change) {
    this(type, _ -> facts, change);
  }
}
