package io.contextkeep.vault.store;

import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** Every version of what operators registered. A version never changes and none is forgotten. */
public final class Registrations {

  /** What is registered. */
  public enum Kind {
    APP,
    ATTRIBUTE
  }

  /**
   * One version.
   *
   * @param json as it was answered then
   * @param by the operator's pseudonym
   * @param request which one it was; the log has its entry
   */
  public record Version(long version, String json, Instant at, String by, String request) {}

  private Registrations() {}

  /** Adds the next version, in the transaction that puts it into force. */
  public static void add(
      Connection c, Kind kind, String name, String json, Instant at, String by, String request)
      throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO registration (kind, name, version, json, at, said_by, request)
        SELECT ?1, ?2, coalesce(max(version), 0) + 1, ?3, ?4, ?5, ?6
        FROM registration WHERE kind = ?1 AND name = ?2\
        """,
        kind.name(),
        name,
        json,
        at.toEpochMilli(),
        by,
        request);
  }

  /** The versions of one, the newest first. */
  public static List<Version> of(Connection c, Kind kind, String name) throws SQLException {
    return Sql.query(
        c,
        """
        SELECT version, json, at, said_by, request FROM registration WHERE kind = ? AND name = ?
        ORDER BY version DESC LIMIT 1000\
        """,
        row ->
            new Version(
                row.getLong(1),
                row.getString(2),
                Instant.ofEpochMilli(row.getLong(3)),
                row.getString(4),
                row.getString(5)),
        kind.name(),
        name);
  }
}
