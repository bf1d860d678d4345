package io.contextkeep.vault.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.changes.ChangeAnswers;
import io.contextkeep.vault.changes.ChangeRefused;
import io.contextkeep.vault.changes.Changes;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.MergePatch;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Tag;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * What operators set: apps, attributes, agents and budgets. A PUT or PATCH that only takes away is
 * answered 200 and in force; every other one is answered 202 and waits for another operator at the
 * change's own address. None of it reads context.
 */
final class RegistrationApi implements Routes.Api {
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

  @Override
  public void mount(Routes routes) {
    Routes.Guarded operators = routes.as(Role.OPERATOR);
    Routes.Guarded overseers = routes.as(Role.OPERATOR, Role.AUDITOR);
    kinds.forEach(kind -> document(kind.readers(routes), operators, kind));
    operators.get("/v1/apps", this::apps);
    routes.asAnybodyKnown().get("/v1/attributes", this::attributes);
    overseers
        .get("/v1/apps/:name/versions", request -> versions(request, apps, Registrations.Kind.APP))
        .get(
            "/v1/attributes/:name/versions",
            request -> versions(request, attributes, Registrations.Kind.ATTRIBUTE));
  }

  private void document(Routes.Guarded readers, Routes.Guarded writers, Registration kind) {
    readers.get(kind.path(), request -> shown(request, kind));
    writers
        .put(kind.path(), request -> changed(request, kind, (held, sent) -> put(kind, held, sent)))
        .patch(kind.path(), request -> changed(request, kind, RegistrationApi::patched));
  }

  private Answer shown(Request request, Registration kind) {
    request.onlyQuery();
    String target = kind.target(request);
    ObjectNode document =
        changes
            .current(kind.kind(), target)
            .orElseThrow(
                () -> new Problem(404, "not_registered", "Nothing is set under this name"));
    return tagged(kind.shown(target, document));
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
      BiFunction<Optional<ObjectNode>, ObjectNode, ObjectNode> edit) {
    request.onlyQuery("reason");
    String target = kind.target(request);
    ObjectNode sent = kind.understood((ObjectNode) Json.object(request.body()));
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
          Answer.json(
                  202, kind.withContact(ChangeAnswers.json(proposed.change()), proposed.change()))
              .with(Map.of("Location", "/v1/changes/" + proposed.change().id()));
    };
  }

  /** What is sent takes the place of what is held; optional fields that are not sent stay. */
  private static ObjectNode put(Registration kind, Optional<ObjectNode> held, ObjectNode sent) {
    ObjectNode wanted = sent.deepCopy();
    for (String field : kind.optional()) {
      if (sent.path(field).isNull()) {
        wanted.remove(field);
      } else if (!sent.has(field)) {
        held.filter(document -> document.has(field))
            .ifPresent(document -> wanted.set(field, document.get(field)));
      }
    }
    return wanted;
  }

  private static ObjectNode patched(Optional<ObjectNode> held, ObjectNode sent) {
    return MergePatch.applied(
        held.orElseThrow(
            () -> new Problem(404, "not_registered", "Nothing is set under this name; PUT it")),
        sent);
  }

  /**
   * Two operators who change one document at once do not undo each other's change unseen. A
   * proposal is compared with what is in force when it is approved; what is in force at once must
   * name what it changes.
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
          "It is not as you saw it; GET it again and repeat the change");
    }
    if (alone && seen.isEmpty()) {
      throw new Problem(
          428,
          "precondition_required",
          "This change takes effect at once: send the ETag of what you saw as If-Match");
    }
  }

  private static Optional<String> reason(Request request) {
    Optional<String> reason = request.query("reason");
    if (reason.filter(text -> Json.length(text) > 500 || text.isBlank()).isPresent()) {
      throw Problem.badRequest(
          "invalid_parameter", "The parameter 'reason' is a text of at most 500 characters");
    }
    return reason;
  }

  Answer apps(Request request) {
    request.onlyQuery();
    return listed("apps", apps, registry.apps().stream().map(app -> app.id()).toList());
  }

  Answer attributes(Request request) {
    request.onlyQuery();
    return listed(
        "attributes",
        attributes,
        registry.attributes().stream().map(attribute -> attribute.name()).toList());
  }

  /** A list leaves out what is long; each one's own address has it. */
  private Answer listed(String member, Registration kind, List<String> names) {
    List<ObjectNode> all =
        db.inRead(
            c -> {
              List<ObjectNode> found = new ArrayList<>();
              for (String name : names) {
                kind.current(c, name)
                    .ifPresent(document -> found.add(kind.shown(name, document).without(LONG)));
              }
              return found;
            });
    return Answer.ok(Map.of(member, all));
  }

  /** What was registered under that name, each time: who could ask for what, and since when. */
  private Answer versions(Request request, Registration kind, Registrations.Kind versioned) {
    request.onlyQuery();
    String name = kind.target(request);
    List<Registrations.Version> versions = db.inRead(c -> Registrations.of(c, versioned, name));
    if (versions.isEmpty()) {
      throw new Problem(404, "not_registered", "Nothing was ever registered under this name");
    }
    return Answer.ok(Map.of("versions", versions.stream().map(RegistrationApi::json).toList()));
  }

  private static Map<String, Object> json(Registrations.Version version) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("version", version.version());
    json.put("at", version.at().toString());
    json.put("by", version.by());
    json.put("request", version.request());
    json.put("registered", Json.object(version.json().getBytes(StandardCharsets.UTF_8)));
    return json;
  }
}
