package io.contextkeep.vault.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.rights.agent.Agent;
import io.contextkeep.vault.rights.agent.Agents;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which agents may make requests for customers: operators say so, no directory is fetched. */
final class AgentsApi implements Routes.Api {
  private final Db db;
  private final Agents agents;
  private final AuditLog log;
  private final InstantSource clock;

  AgentsApi(Db db, Agents agents, AuditLog log, InstantSource clock) {
    this.db = db;
    this.agents = agents;
    this.log = log;
    this.clock = clock;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .get("/v1/rights-agents", this::all)
        .put("/v1/rights-agents/:id", this::put)
        .delete("/v1/rights-agents/:id", this::remove);
  }

  Answer all(Request request) {
    request.as(Role.OPERATOR).onlyQuery();
    return Answer.ok(
        Map.of("agents", db.inRead(agents::all).stream().map(AgentsApi::json).toList()));
  }

  Answer put(Request request) {
    request.as(Role.OPERATOR).onlyQuery();
    JsonNode body = Json.object(request.body());
    Json.only(body, Set.of("name", "verifyKey"));
    Agent agent = agent(request, body);
    AuditEntry entry = entry(request, "rights-agent.put");
    db.inWrite(
        c -> {
          agents.put(c, agent, clock.instant());
          return log.stage(c, entry);
        });
    return Answer.ok(json(agent));
  }

  private static Agent agent(Request request, JsonNode body) {
    try {
      return new Agent(id(request), Json.text(body, "name", 100), Json.text(body, "verifyKey", 64));
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest("invalid_key", String.valueOf(e.getMessage()));
    }
  }

  private static String id(Request request) {
    String id = request.path("id");
    if (!Agent.isId(id)) {
      throw Problem.badRequest(
          "invalid_name",
          "An agent's id is a capital letter and up to 62 more, digits or underscores");
    }
    return id;
  }

  Answer remove(Request request) {
    request.as(Role.OPERATOR).onlyQuery();
    String id = id(request);
    AuditEntry entry = entry(request, "rights-agent.remove");
    db.inWrite(
        c -> {
          if (!agents.remove(c, id)) {
            throw new Problem(404, "no_such_agent", "No such agent is registered");
          }
          return log.stage(c, entry);
        });
    return Answer.ok(Map.of("removed", id));
  }

  private static AuditEntry entry(Request request, String action) {
    Map<String, Object> facts = new TreeMap<>(request.who());
    facts.put("action", action);
    facts.put("target", request.path("id"));
    return AuditEntry.of(EntryType.ADMIN, facts);
  }

  private static Map<String, Object> json(Agent agent) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", agent.id());
    json.put("name", agent.name());
    json.put("verifyKey", agent.key());
    return json;
  }
}
