package io.contextkeep.vault.policy;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.policy.Catalogue;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.vault.changes.ChangeAnswers;
import io.contextkeep.vault.changes.ChangeRefused;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.InvalidField;
import io.contextkeep.vault.web.MergePatch;
import io.contextkeep.vault.web.Page;
import io.contextkeep.vault.web.Paged;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Text;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The policy in force, and changes of its catalogue, which one operator proposes and another
 * approves. Rules cannot be changed here; they come in signed bundles.
 */
final class PolicyApi implements Routes.Api {
  private final Policies policies;

  PolicyApi(Policies policies) {
    this.policies = policies;
  }

  /**
   * @param lastFailure the reason why a later policy is not in force
   */
  private record Status(Optional<InForce> inForce, Optional<Failure> lastFailure) {}

  /**
   * @param bundle the revision of the bundle that was loaded
   * @param change the operators' change that is applied
   */
  private record InForce(
      @JsonUnwrapped PolicyIdentity policy,
      String bundle,
      String source,
      Instant since,
      Optional<Long> change) {

    static InForce of(ActivePolicy now) {
      return new InForce(
          now.policy().identity(),
          now.bundle().identity().revision(),
          now.source(),
          now.since(),
          now.change());
    }
  }

  private record Data(@JsonUnwrapped PolicyIdentity policy, JsonNode catalogue) {}

  private record AllChanges(List<PolicyChange> changes, Optional<String> next) implements Paged {}

  /**
   * A proposed change.
   *
   * @param catalogue the whole new catalogue
   * @param patch a JSON merge patch of the catalogue in force
   */
  private record Proposal(
      @Text(max = 500) String reason, Optional<ObjectNode> catalogue, Optional<ObjectNode> patch) {
    Proposal {
      if (catalogue.isPresent() == patch.isPresent()) {
        throw InvalidField.of(
            "catalogue", "must be sent, or 'patch', a JSON merge patch of it; not both");
      }
    }

    ObjectNode applied(ObjectNode now) {
      return catalogue.orElseGet(() -> MergePatch.applied(now, patch.orElseThrow()));
    }
  }

  @Override
  public void mount(Routes routes) {
    routes.route(GET, "/v1/policy").as(Role.OPERATOR, Role.AUDITOR).handle(this::policy);
    routes.route(GET, "/v1/policy/data").as(Role.OPERATOR, Role.AUDITOR).handle(this::data);
    routes
        .route(GET, "/v1/policy/changes")
        .as(Role.OPERATOR, Role.AUDITOR)
        .paged()
        .handle(this::changes);
    routes
        .route(POST, "/v1/policy/changes")
        .as(Role.OPERATOR)
        .body(Proposal.class)
        .handle(this::propose);
    routes
        .route(POST, "/v1/policy/changes/:change/approve")
        .as(Role.OPERATOR)
        .handle(request -> decided(request, policies::approve));
    routes
        .route(DELETE, "/v1/policy/changes/:change")
        .as(Role.OPERATOR)
        .handle(request -> decided(request, policies::withdraw));
  }

  private Answer policy(Request request) {
    return Answer.ok(new Status(policies.inForce().map(InForce::of), policies.lastFailure()));
  }

  private Answer data(Request request) {
    ActivePolicy now =
        policies
            .inForce()
            .orElseThrow(() -> new Problem(409, "no_policy", "There is no policy in force yet"));
    return Answer.ok(new Data(now.policy().identity(), Catalogue.of(now.policy().data())));
  }

  private Answer changes(Request request) {
    Page page = request.page(PolicyStore.MAX_CHANGES);
    List<Change> changes =
        policies.changes(page.afterNumber().orElse(Long.MAX_VALUE), page.limit());
    return Answer.ok(
        new AllChanges(
            changes.stream().map(PolicyChange::of).toList(),
            page.next(changes, change -> String.valueOf(change.id()))));
  }

  private Answer propose(Request request, Proposal proposal) {
    try {
      Change change = policies.propose(proposal::applied, proposal.reason(), request.actor());
      return Answer.created("/v1/changes/" + change.id(), PolicyChange.of(change));
    } catch (ChangeRefused refused) {
      throw ChangeAnswers.problem(refused);
    }
  }

  private interface Decision {
    Change apply(long id, Actor actor) throws ChangeRefused;
  }

  private static Answer decided(Request request, Decision decision) {
    try {
      return Answer.ok(
          PolicyChange.of(decision.apply(ChangeAnswers.number(request), request.actor())));
    } catch (ChangeRefused refused) {
      throw ChangeAnswers.problem(refused);
    }
  }
}
