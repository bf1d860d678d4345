package io.contextkeep.vault.rights;

import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.outbox.Outbox;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The tables of agents: registrations, messages received, and requests with their callbacks. */
final class Agents {
  private static final String AGENT = "SELECT id, name, key FROM rights_agent";
  private static final int TOKEN_BYTES = 32;

  /** The kind of status messages in the outbox. */
  static final String KIND = "agent-status";

  private final SecureRandom random;
  private final InstantSource settled;

  /**
   * @param settled the clock by which expired messages are deleted
   */
  public Agents(SecureRandom random, InstantSource settled) {
    this.random = random;
    this.settled = settled;
  }

  /** Registers an agent. With another key its token is no longer valid. */
  public void put(Connection c, Agent agent, Instant at) throws SQLException {
    byte[] key = HexFormat.of().parseHex(agent.key());
    Sql.update(
        c,
        """
        INSERT INTO rights_agent (id, name, key, at) VALUES (?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, at = excluded.at,
          token = CASE WHEN rights_agent.key = excluded.key THEN rights_agent.token END,
          key = excluded.key\
        """,
        agent.id(),
        agent.name(),
        key,
        at.toEpochMilli());
  }

  /** Removes an agent and returns whether there was one. Its requests go on. */
  public boolean remove(Connection c, String id) throws SQLException {
    return Sql.update(c, "DELETE FROM rights_agent WHERE id = ?", id) > 0;
  }

  public List<Agent> all(Connection c) throws SQLException {
    return Sql.query(c, AGENT + " ORDER BY id", Agents::agent);
  }

  public Optional<Agent> find(Connection c, String id) throws SQLException {
    return Sql.one(c, AGENT + " WHERE id = ?", Agents::agent, id);
  }

  /**
   * Returns the agent of a token. Tokens are kept as hashes, so a copy of the database has none.
   */
  public Optional<Agent> ofToken(Connection c, String token) throws SQLException {
    return Sql.one(c, AGENT + " WHERE token = ?", Agents::agent, hash(token));
  }

  /** Makes a new token for the agent, which replaces any earlier one. */
  public String newToken(Connection c, Agent agent) throws SQLException {
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    Sql.update(c, "UPDATE rights_agent SET token = ? WHERE id = ?", hash(token), agent.id());
    return token;
  }

  private static byte[] hash(String token) {
    return Hashes.sha256().digest(token.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Records a message and returns whether it is new, in the transaction that executes it.
   *
   * @param until when the message expires
   */
  public boolean isNew(Connection c, SignedMessage message, Instant until) throws SQLException {
    Sql.update(c, "DELETE FROM rights_message WHERE until < ?", settled.millis());
    return Sql.update(
            c,
            "INSERT INTO rights_message VALUES (?, ?) ON CONFLICT DO NOTHING",
            message.digest(),
            until.toEpochMilli())
        > 0;
  }

  /**
   * Records the agent's request, and the address for its status.
   *
   * @param called the agent's name for the request
   */
  public void made(
      Connection c,
      Agent agent,
      String request,
      Optional<String> called,
      Optional<String> callback,
      int steps)
      throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO rights_agent_request
          (request, agent, callback, told, agent_request)
        VALUES (?, ?, ?, ?, ?)\
        """,
        request,
        agent.id(),
        callback.orElse(null),
        steps,
        called.orElse(null));
  }

  /** Returns the agent's name for a request. */
  public Optional<String> called(Connection c, String request) throws SQLException {
    return Sql.one(
            c,
            "SELECT agent_request FROM rights_agent_request WHERE request = ?",
            row -> Optional.ofNullable(row.getString(1)),
            request)
        .flatMap(called -> called);
  }

  /** Returns whether the agent made the request. */
  public boolean manages(Connection c, Agent agent, String request) throws SQLException {
    return Sql.one(
            c,
            "SELECT 1 FROM rights_agent_request WHERE request = ? AND agent = ?",
            _ -> true,
            request,
            agent.id())
        .orElse(false);
  }

  /** Puts a status message into the outbox in the step's transaction, if an agent wants it. */
  public void moved(Connection c, String request, Instant at) throws SQLException {
    Optional<String> agent =
        Sql.one(
            c,
            "SELECT agent FROM rights_agent_request WHERE request = ? AND callback IS NOT NULL",
            row -> row.getString(1),
            request);
    if (agent.isPresent()) {
      Outbox.put(c, KIND, agent.get(), request, "", at);
    }
  }

  /** Returns the address for the status of a request. */
  Optional<String> callback(Connection c, String request) throws SQLException {
    return Sql.one(
        c,
        "SELECT callback FROM rights_agent_request WHERE request = ? AND callback IS NOT NULL",
        row -> row.getString(1),
        request);
  }

  /**
   * Records that the agent was notified; deletes the address if nothing more can follow.
   *
   * @param ended whether the case has ended
   */
  void told(Connection c, String request, int steps, boolean ended) throws SQLException {
    Sql.update(c, "UPDATE rights_agent_request SET told = ? WHERE request = ?", steps, request);
    if (ended) {
      forgetCallback(c, request);
    }
  }

  /** Deletes the address for the status of a request. */
  void forgetCallback(Connection c, String request) throws SQLException {
    Sql.update(c, "UPDATE rights_agent_request SET callback = NULL WHERE request = ?", request);
  }

  private static Agent agent(ResultSet row) throws SQLException {
    return new Agent(row.getString(1), row.getString(2), HexFormat.of().formatHex(row.getBytes(3)));
  }
}
