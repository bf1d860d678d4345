package io.contextkeep.vault.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.policy.Catalogue;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.vault.changes.ChangeAnswers;
import io.contextkeep.vault.changes.ChangeRefused;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.MergePatch;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.vertx.core.http.HttpMethod;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What decides, and how operators change its catalogue: one proposes, another approves. Rules are
 * not changed here; they come in signed bundles.
 */
public final class PolicyApi implements Routes.Api {
  private final Policies policies;

  PolicyApi(Policies policies) {
    this.policies = policies;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .as(Role.OPERATOR, Role.AUDITOR)
        .get("/v1/policy", this::policy)
        .get("/v1/policy/data", this::data)
        .get("/v1/policy/changes", this::changes);
    routes
        .as(Role.OPERATOR)
        .post("/v1/policy/changes", this::propose)
        .on(
            HttpMethod.POST,
            "/v1/policy/changes/:change/approve",
            Media.NO_BODY,
            request -> decided(request, policies::approve))
        .delete("/v1/policy/changes/:change", request -> decided(request, policies::withdraw));
  }

  Answer policy(Request request) {
    request.onlyQuery();
    ObjectNode body = Json.MAPPER.createObjectNode();
    policies.inForce().ifPresent(now -> body.set("inForce", json(now)));
    policies.lastFailure().ifPresent(last -> body.set("lastFailure", json(last)));
    return Answer.ok(body);
  }

  Answer data(Request request) {
    request.onlyQuery();
    ActivePolicy now =
        policies
            .inForce()
            .orElseThrow(() -> new Problem(409, "no_policy", "There is no policy in force yet"));
    ObjectNode body = identity(now.policy().identity());
    body.set("catalogue", Catalogue.of(now.policy().data()));
    return Answer.ok(body);
  }

  Answer changes(Request request) {
    request.onlyQuery();
    return Answer.ok(Map.of("changes", policies.changes().stream().map(PolicyApi::json).toList()));
  }

  Answer propose(Request request) {
    request.onlyQuery();
    JsonNode body = Json.object(request.body());
    Json.only(body, Set.of("reason", "catalogue", "patch"));
    String reason = Json.text(body, "reason", 500);
    Optional<ObjectNode> whole = part(body, "catalogue");
    Optional<ObjectNode> patch = part(body, "patch");
    if (whole.isPresent() == patch.isPresent()) {
      throw Problem.badRequest(
          "invalid_field", "Send either 'catalogue', a whole one, or 'patch', a JSON merge patch");
    }
    return made(
        () ->
            policies.propose(
                now -> whole.orElseGet(() -> MergePatch.applied(now, patch.orElseThrow())),
                reason,
                request.actor()));
  }

  private static Optional<ObjectNode> part(JsonNode body, String field) {
    JsonNode part = body.path(field);
    if (!part.isMissingNode() && !part.isObject()) {
      throw Problem.badRequest("invalid_field", "The field '" + field + "' is an object");
    }
    return part instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
  }

  private interface Deciding {
    Change of(long id, Actor actor) throws ChangeRefused;
  }

  private static Answer decided(Request request, Deciding deciding) {
    request.onlyQuery();
    long id = ChangeAnswers.number(request);
    return made(() -> deciding.of(id, request.actor()));
  }

  private interface Making {
    Change now() throws ChangeRefused;
  }

  private static Answer made(Making making) {
    try {
      return Answer.ok(json(making.now()));
    } catch (ChangeRefused refused) {
      throw ChangeAnswers.problem(refused);
    }
  }

  private static ObjectNode json(ActivePolicy now) {
    ObjectNode json =
        identity(now.policy().identity())
            .put("bundle", now.bundle().identity().revision())
            .put("source", now.source())
            .put("since", now.since().toString());
    now.change().ifPresent(id -> json.put("change", id));
    return json;
  }

  private static ObjectNode json(Failure failure) {
    return Json.MAPPER
        .createObjectNode()
        .put("code", failure.code())
        .put("at", failure.at().toString())
        .put("ongoing", failure.ongoing());
  }

  private static ObjectNode identity(PolicyIdentity policy) {
    return Json.MAPPER
        .createObjectNode()
        .put("revision", policy.revision())
        .put("codeDigest", policy.codeDigest())
        .put("dataDigest", policy.dataDigest());
  }

  /** Returns a change of the catalogue as operators see it in a list. */
  public static ObjectNode json(io.contextkeep.vault.policy.Change change) {
    ObjectNode json =
        Json.MAPPER
            .createObjectNode()
            .put("id", change.id())
            .put("kind", "policy")
            .put("target", change.revision())
            .put("state", Parameters.code(change.state()))
            .put("reason", change.reason())
            .put("revision", change.revision())
            .put("dataDigest", change.dataDigest())
            .put("of", change.of().revision())
            .put("proposedBy", change.proposer())
            .put("proposed", change.proposed().toString());
    change.decider().ifPresent(who -> json.put("decidedBy", who));
    change.decided().ifPresent(at -> json.put("decided", at.toString()));
    return json;
  }
}
