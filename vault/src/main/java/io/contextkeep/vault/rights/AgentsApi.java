package io.contextkeep.vault.rights;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.vault.changes.Changes;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Page;
import io.contextkeep.vault.web.Paged;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The agents that may make requests for customers. Operators register them; no directory is
 * fetched.
 */
final class AgentsApi implements Routes.Api {
  private static final int MAX_AGENTS = 1_000;

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
    routes.route(GET, "/v1/rights-agents").as(Role.OPERATOR).paged().handle(this::all);
    routes.route(DELETE, "/v1/rights-agents/:id").as(Role.OPERATOR).handle(this::remove);
  }

  private record All(List<ObjectNode> agents, Optional<String> next) implements Paged {}

  private record Removed(String removed) {}

  private Answer all(Request request) {
    Page page = request.page(MAX_AGENTS);
    List<Agent> found = page.of(db.inRead(agents::all), Agent::id);
    return Answer.ok(
        new All(found.stream().map(registration::shown).toList(), page.next(found, Agent::id)));
  }

  private Answer remove(Request request) {
    String id = registration.target(request);
    AuditEntry entry = entry(request, "rights-agent.remove");
    changes.alone(
        c -> {
          if (!agents.remove(c, id)) {
            throw new Problem(
                404,
                "no_such_agent",
                "No agent of this id is registered; GET /v1/rights-agents lists them all");
          }
          return log.stage(c, entry);
        });
    return Answer.ok(new Removed(id));
  }

  private static AuditEntry entry(Request request, String action) {
    Map<String, Object> facts = request.actor().facts();
    facts.put("action", action);
    facts.put("target", request.path("id"));
    return AuditEntry.of(EntryType.ADMIN, facts);
  }
}
