package io.contextkeep.vault.registry;

import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Actor;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The versions of registrations. A version is never changed or deleted. */
public final class Registrations {

  /** The kind of a registration. */
  public enum Kind {
    APP,
    ATTRIBUTE
  }

  /**
   * A version.
   *
   * @param json the registration as it was answered then
   * @param by the operator's pseudonym
   * @param request the id of the request, of which the log has an entry
   */
  public record Version(long version, String json, Instant at, String by, String request) {}

  private Registrations() {}

  /**
   * Adds the next version, in the transaction that puts it into force.
   *
   * @param actor the operator who puts it into force
   */
  public static void add(Connection c, Kind kind, String name, String json, Instant at, Actor actor)
      throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO registration (kind, name, version, json, at, said_by, request)
        SELECT ?, ?, coalesce(max(version), 0) + 1, ?, ?, ?, ?
        FROM registration WHERE kind = ? AND name = ?\
        """,
        kind.name(),
        name,
        json,
        at.toEpochMilli(),
        actor.id(),
        actor.request().orElseThrow(),
        kind.name(),
        name);
  }

  /** Returns the versions of a kind that were in force at an instant, by name. */
  public static Map<String, Version> at(Connection c, Kind kind, Instant at) throws SQLException {
    Map<String, Version> inForce = new TreeMap<>();
    Sql.each(
        c,
        """
        SELECT r.version, r.json, r.at, r.said_by, r.request, r.name FROM registration r
        JOIN (SELECT name, max(version) AS version FROM registration
            WHERE kind = ? AND at <= ? GROUP BY name) newest
          ON newest.name = r.name AND newest.version = r.version
        WHERE r.kind = ?\
        """,
        row -> inForce.put(row.getString(6), version(row)),
        kind.name(),
        at.toEpochMilli(),
        kind.name());
    return inForce;
  }

  /**
   * Returns the names of a kind that have versions; a registration without is older than this
   * table.
   */
  public static Set<String> names(Connection c, Kind kind) throws SQLException {
    return Set.copyOf(
        Sql.query(
            c,
            "SELECT DISTINCT name FROM registration WHERE kind = ?",
            row -> row.getString(1),
            kind.name()));
  }

  /** Returns the versions of a registration before a number, newest first. */
  public static List<Version> of(Connection c, Kind kind, String name, long before, int limit)
      throws SQLException {
    return Sql.query(
        c,
        """
        SELECT version, json, at, said_by, request FROM registration
        WHERE kind = ? AND name = ? AND version < ? ORDER BY version DESC LIMIT ?\
        """,
        Registrations::version,
        kind.name(),
        name,
        before,
        limit);
  }

  private static Version version(ResultSet row) throws SQLException {
    return new Version(
        row.getLong(1),
        row.getString(2),
        Instant.ofEpochMilli(row.getLong(3)),
        row.getString(4),
        row.getString(5));
  }
}
