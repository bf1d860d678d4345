package io.contextkeep.vault.rights.agent;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.vault.changes.Changes;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.util.Map;

/** Which agents may make requests for customers: operators say so, no directory is fetched. */
final class AgentsApi implements Routes.Api {
  private final Db db;
  private final Agents agents;
  private final AuditLog log;
  private final AgentRegistration registration;
  private final Changes changes;

  AgentsApi(Db db, Agents agents, AuditLog log, AgentRegistration registration, Changes changes) {
    this.db = db;
    this.agents = agents;
    this.log = log;
    this.registration = registration;
    this.changes = changes;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .as(Role.OPERATOR)
        .get("/v1/rights-agents", this::all)
        .delete("/v1/rights-agents/:id", this::remove);
  }

  Answer all(Request request) {
    request.onlyQuery();
    return Answer.ok(
        Map.of(
            "agents",
            db.inRead(agents::all).stream()
                .map(agent -> registration.shown(agent.id(), AgentRegistration.document(agent)))
                .toList()));
  }

  Answer remove(Request request) {
    request.onlyQuery();
    String id = registration.target(request);
    AuditEntry entry = entry(request, "rights-agent.remove");
    changes.alone(
        c -> {
          if (!agents.remove(c, id)) {
            throw new Problem(404, "no_such_agent", "No such agent is registered");
          }
          return log.stage(c, entry);
        });
    return Answer.ok(Map.of("removed", id));
  }

  private static AuditEntry entry(Request request, String action) {
    Map<String, Object> facts = request.actor().facts();
    facts.put("action", action);
    facts.put("target", request.path("id"));
    return AuditEntry.of(EntryType.ADMIN, facts);
  }
}
