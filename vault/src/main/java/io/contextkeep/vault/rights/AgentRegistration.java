package io.contextkeep.vault.rights;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.changes.Change;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.registry.Registration;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/** The registrations of authorised agents. */
final class AgentRegistration implements Registration {
  private final Agents agents;
  private final InstantSource clock;

  public AgentRegistration(Agents agents, InstantSource clock) {
    this.agents = agents;
    this.clock = clock;
  }

  @Override
  public String path() {
    return "/v1/rights-agents/:id";
  }

  @Override
  public Change.Kind kind() {
    return Change.Kind.AGENT;
  }

  @Override
  public String target(Request request) {
    String id = request.path("id");
    if (!Agent.isId(id)) {
      throw Problem.badRequest(
          "invalid_name",
          "An agent's id is a capital letter and up to 62 more, digits or underscores");
    }
    return id;
  }

  @Override
  public Set<String> optional() {
    return Set.of();
  }

  @Override
  public Optional<ObjectNode> current(Connection c, String id) throws SQLException {
    return agents.find(c, id).map(AgentRegistration::document);
  }

  @Override
  public ObjectNode checked(String id, ObjectNode document) {
    return document(agent(id, document));
  }

  private static Agent agent(String id, ObjectNode document) {
    Json.only(document, Set.of("name", "verifyKey"));
    try {
      return new Agent(
          id,
          Json.text(document, "name", 100),
          Agent.hexadecimal(Json.text(document, "verifyKey", 64)));
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest("invalid_key", String.valueOf(e.getMessage()));
    }
  }

  /** Returns false: a changed name or key makes it a different agent. */
  @Override
  public boolean narrows(ObjectNode before, ObjectNode after) {
    return false;
  }

  @Override
  public void put(Connection c, String id, ObjectNode document, Actor actor) throws SQLException {
    agents.put(c, agent(id, document), clock.instant());
  }

  @Override
  public ObjectNode shown(String id, ObjectNode document) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("id", id);
    json.setAll(document);
    return json;
  }

  static ObjectNode document(Agent agent) {
    return Json.MAPPER.createObjectNode().put("name", agent.name()).put("verifyKey", agent.key());
  }
}
