package io.contextkeep.vault.registry;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.PATCH;
import static io.vertx.core.http.HttpMethod.PUT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.changes.ChangeAnswers;
import io.contextkeep.vault.changes.ChangeRefused;
import io.contextkeep.vault.changes.Changes;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Members;
import io.contextkeep.vault.web.MergePatch;
import io.contextkeep.vault.web.Page;
import io.contextkeep.vault.web.Paged;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Tag;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * The documents that operators set: apps, attributes, agents and budgets. A PUT or PATCH that only
 * takes rights away takes effect and is answered 200; any other is answered 202 and waits for
 * another operator's approval at the change's own address. None of it reads context.
 */
final class RegistrationApi implements Routes.Api {
  private static final int MAX_LISTED = 1_000;
  private static final int MAX_VERSIONS = 1_000;
  private static final Set<String> LONG = Set.of("schema", "jwk");

  private final Db db;
  private final Registry registry;
  private final Changes changes;
  private final AppRegistration apps;
  private final AttributeRegistration attributes;
  private final List<Registration> kinds;

  RegistrationApi(
      Db db,
      Registry registry,
      Changes changes,
      AppRegistration apps,
      AttributeRegistration attributes,
      List<Registration> kinds) {
    this.db = db;
    this.registry = registry;
    this.changes = changes;
    this.apps = apps;
    this.attributes = attributes;
    this.kinds = kinds;
  }

  private record Apps(List<Members> apps, Optional<String> next) implements Paged {}

  private record Attributes(List<Members> attributes, Optional<String> next) implements Paged {}

  private record Versions(List<Version> versions, Optional<String> next) implements Paged {}

  /**
   * A version of a document.
   *
   * @param by the operator's pseudonym
   * @param request the request that put it into force, of which the log has an entry
   * @param registered the document as it was answered then
   */
  private record Version(long version, Instant at, String by, String request, JsonNode registered) {
    static Version of(Registrations.Version held) {
      return new Version(
          held.version(),
          held.at(),
          held.by(),
          held.request(),
          Json.object(held.json().getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Override
  public void mount(Routes routes) {
    kinds.forEach(kind -> document(routes, kind));
    routes.route(GET, "/v1/apps").as(Role.OPERATOR).paged().handle(this::apps);
    routes.route(GET, "/v1/attributes").anyRole().paged().handle(this::attributes);
    routes
        .route(GET, "/v1/apps/:name/versions")
        .as(Role.OPERATOR, Role.AUDITOR)
        .paged()
        .handle(request -> versions(request, apps, Registrations.Kind.APP));
    routes
        .route(GET, "/v1/attributes/:name/versions")
        .as(Role.OPERATOR, Role.AUDITOR)
        .paged()
        .handle(request -> versions(request, attributes, Registrations.Kind.ATTRIBUTE));
  }

  private void document(Routes routes, Registration kind) {
    kind.readers(routes.route(GET, kind.path())).handle(request -> shown(request, kind));
    routes
        .route(PUT, kind.path())
        .as(Role.OPERATOR)
        .query("reason")
        .body(ObjectNode.class)
        .handle(
            (request, sent) ->
                changed(
                    request,
                    kind,
                    sent,
                    (held, wanted) -> MergePatch.replaced(held, wanted, kind.optional())));
    routes
        .route(PATCH, kind.path())
        .as(Role.OPERATOR)
        .query("reason")
        .body(ObjectNode.class)
        .handle((request, sent) -> changed(request, kind, sent, RegistrationApi::patched));
  }

  private Answer shown(Request request, Registration kind) {
    String target = kind.target(request);
    ObjectNode document =
        changes.current(kind.kind(), target).orElseThrow(RegistrationApi::notRegistered);
    return tagged(kind.shown(target, document));
  }

  private static Problem notRegistered() {
    return new Problem(404, "not_registered", "Nothing is registered under this name");
  }

  private static Answer tagged(ObjectNode shown) {
    return Answer.ok(shown).with(Map.of("ETag", tag(shown).text()));
  }

  private static Tag tag(ObjectNode shown) {
    return Tag.of(shown.toString().getBytes(StandardCharsets.UTF_8));
  }

  private Answer changed(
      Request request,
      Registration kind,
      ObjectNode body,
      BiFunction<Optional<ObjectNode>, ObjectNode, ObjectNode> edit) {
    String target = kind.target(request);
    ObjectNode sent = kind.understood(body);
    try {
      return answer(
          kind,
          target,
          changes.submit(
              kind.kind(),
              target,
              held -> edit.apply(held, sent),
              (held, alone) ->
                  checkSeen(request, held.map(document -> kind.shown(target, document)), alone),
              reason(request),
              request.actor()));
    } catch (ChangeRefused refused) {
      throw ChangeAnswers.problem(refused);
    }
  }

  private static Answer answer(Registration kind, String target, Changes.Outcome outcome) {
    return switch (outcome) {
      case Changes.Outcome.InForce now -> tagged(kind.shown(target, now.document()));
      case Changes.Outcome.Proposed proposed ->
          Answer.json(202, kind.shown(proposed.change()))
              .with(Map.of("Location", "/v1/changes/" + proposed.change().id()));
    };
  }

  private static ObjectNode patched(Optional<ObjectNode> held, ObjectNode sent) {
    return MergePatch.applied(
        held.orElseThrow(
            () ->
                new Problem(
                    404, "not_registered", "Nothing is registered under this name; PUT it first")),
        sent);
  }

  /**
   * Checks that the operator saw the document as it is held, so that two operators do not undo each
   * other's changes. A proposal is also compared with the document when it is approved; a change
   * that takes effect at once must name the document that it changes.
   */
  private static void checkSeen(Request request, Optional<ObjectNode> held, boolean alone) {
    Optional<String> seen = request.header("If-Match");
    boolean isNew =
        request.header("If-None-Match").filter(tag -> tag.strip().equals("*")).isPresent();
    if (isNew && held.isPresent()
        || seen.isPresent() && held.filter(now -> tag(now).isMatched(seen.get())).isEmpty()) {
      throw new Problem(
          412,
          "precondition_failed",
          "The document has changed since you read it; GET it again and repeat the change");
    }
    if (alone && seen.isEmpty()) {
      throw new Problem(
          428,
          "precondition_required",
          "This change takes effect at once: send the ETag of the document you read as If-Match");
    }
  }

  private static Optional<String> reason(Request request) {
    Optional<String> reason = request.query("reason");
    if (reason.filter(text -> Json.length(text) > 500 || text.isBlank()).isPresent()) {
      throw Problem.badRequest(
          "invalid_parameter", "The parameter 'reason' must be a text of 1 to 500 characters");
    }
    return reason;
  }

  private Answer apps(Request request) {
    Page page = request.page(MAX_LISTED);
    List<String> ids =
        page.of(registry.apps().stream().map(App::id).toList(), UnaryOperator.identity());
    return Answer.ok(new Apps(listed(apps, ids), page.next(ids, UnaryOperator.identity())));
  }

  private Answer attributes(Request request) {
    Page page = request.page(MAX_LISTED);
    List<String> names =
        page.of(
            registry.attributes().stream().map(Attribute::name).toList(), UnaryOperator.identity());
    return Answer.ok(
        new Attributes(listed(attributes, names), page.next(names, UnaryOperator.identity())));
  }

  /** Returns documents without their long members, which only their own addresses show. */
  private List<Members> listed(Registration kind, List<String> names) {
    return db.inRead(
        c -> {
          List<Members> found = new ArrayList<>();
          for (String name : names) {
            kind.current(c, name)
                .ifPresent(document -> found.add(new Members(kind.shown(name, document), LONG)));
          }
          return found;
        });
  }

  private Answer versions(Request request, Registration kind, Registrations.Kind versioned) {
    String name = kind.target(request);
    Page page = request.page(MAX_VERSIONS);
    long before = page.afterNumber().orElse(Long.MAX_VALUE);
    List<Registrations.Version> versions =
        db.inRead(c -> Registrations.of(c, versioned, name, before, page.limit()));
    if (versions.isEmpty() && page.cursor().isEmpty()) {
      throw notRegistered();
    }
    return Answer.ok(
        new Versions(
            versions.stream().map(Version::of).toList(),
            page.next(versions, held -> String.valueOf(held.version()))));
  }
}
