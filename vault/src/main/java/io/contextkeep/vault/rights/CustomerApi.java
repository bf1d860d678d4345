package io.contextkeep.vault.rights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.auditlog.AccessProofApi;
import io.contextkeep.vault.auditlog.Accesses;
import io.contextkeep.vault.changes.Changes;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.erasure.Erasure;
import io.contextkeep.vault.erasure.ErasureAnswers;
import io.contextkeep.vault.erasure.ReceiptCode;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.ingest.Values;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.simulation.ChangesApi;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What customers do with what is theirs: correct it, see who used it, restrict, object, and have it
 * erased.
 */
final class CustomerApi implements Routes.Api {
  private static final int MAX_ACCESSES = 500;

  private final CustomerSession me;
  private final Db db;
  private final Registry registry;
  private final CustomerActions acts;
  private final Erasure erasure;
  private final ErasureAnswers erasures;
  private final Changes changes;

  CustomerApi(
      CustomerSession me,
      Db db,
      Registry registry,
      CustomerActions acts,
      Erasure erasure,
      ErasureAnswers erasures,
      Changes changes) {
    this.changes = changes;
    this.me = me;
    this.db = db;
    this.registry = registry;
    this.acts = acts;
    this.erasure = erasure;
    this.erasures = erasures;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .as(Role.CUSTOMER)
        .put("/v1/me/attributes/:name", this::correct)
        .delete("/v1/me/attributes/:name", this::takeCorrectionBack)
        .get("/v1/me/apps", this::apps)
        .get("/v1/me/accesses", this::accesses)
        .delete("/v1/me/restriction", this::unrestrict)
        .delete("/v1/me/objections/:purpose", this::unobject);
    routes
        .as(Role.CUSTOMER)
        .optingOut()
        .delete("/v1/me", this::erase)
        .on(HttpMethod.PUT, "/v1/me/restriction", Media.NO_BODY, this::restrict)
        .on(HttpMethod.PUT, "/v1/me/objections/:purpose", Media.NO_BODY, this::object);
  }

  Answer correct(Request request) {
    request.onlyQuery();
    JsonNode body = Json.object(request.body());
    Json.only(body, Set.of("value"));
    Attribute attribute = acts.correctable(request.path("name"));
    new Values().check(attribute, body.path("value"));
    SubjectId subject = me.subject(request);
    me.change(request, subject, acts.correction(request, attribute, body.path("value")), false);
    return Answer.ok(Map.of("corrected", attribute.name()));
  }

  Answer takeCorrectionBack(Request request) {
    request.onlyQuery();
    Attribute attribute = acts.correctable(request.path("name"));
    SubjectId subject = me.subject(request);
    me.change(request, subject, acts.correctionTakenBack(subject, attribute), false);
    return Answer.ok(Map.of("takenBack", attribute.name()));
  }

  /** Every read and refusal that concerned this customer, newest first, a page at a time. */
  Answer accesses(Request request) {
    request.onlyQuery("before", "limit");
    long before = request.number("before").orElse(Long.MAX_VALUE);
    int limit = request.limit(MAX_ACCESSES);
    SubjectId subject = me.subject(request);
    SubjectKey key = me.key(subject);
    me.recordView(request, subject, "accesses");
    List<AuditReader.Access> found =
        db.inRead(c -> AuditReader.accesses(c, subject.value(), key, before, limit));
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode accesses = body.putArray("accesses");
    found.forEach(access -> accesses.add(Accesses.shown(access)));
    if (found.size() == limit) {
      body.put("before", found.getLast().entry().index());
    }
    if (request.query("before").isEmpty()) {
      body.putArray("appChanges").addAll(ChangesApi.told(changes, apps(subject, found)));
    }
    return Answer.ok(body)
        .with(
            Map.of(
                "Link", "<" + AccessProofApi.PROOF + ">; rel=\"alternate\"; type=\"text/plain\""));
  }

  /** The apps of the newest accesses and those that the customer said something about. */
  private Set<String> apps(SubjectId subject, List<AuditReader.Access> newest) {
    List<String> recipients = db.inRead(c -> ConsentLedger.recipients(c, subject));
    Set<String> apps = new TreeSet<>(recipients);
    newest.forEach(access -> apps.add(access.entry().word("actor")));
    return apps;
  }

  /** Which apps there are and what each may ask for: what a customer can say yes or no to. */
  Answer apps(Request request) {
    request.onlyQuery();
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode apps = body.putArray("apps");
    for (App app : registry.apps()) {
      ObjectNode node = apps.addObject().put("app", app.id()).put("name", app.name());
      ArrayNode purposes = node.putArray("purposes");
      app.purposes().stream()
          .sorted()
          .flatMap(curie -> Purpose.parse(curie).stream())
          .forEach(p -> purposes.addObject().put("purpose", p.curie()).put("label", p.label()));
    }
    return Answer.ok(body);
  }

  Answer restrict(Request request) {
    return restriction(request, true);
  }

  Answer unrestrict(Request request) {
    return restriction(request, false);
  }

  private Answer restriction(Request request, boolean restricted) {
    request.onlyQuery();
    SubjectId subject = restricted ? me.enrolled(request) : me.subject(request);
    boolean optsOut = restricted && !db.<Boolean>inRead(c -> acts.isRestricted(c, subject));
    me.change(request, subject, acts.restriction(subject, restricted), optsOut);
    return Answer.ok(Map.of("restricted", restricted));
  }

  Answer object(Request request) {
    return objection(request, true);
  }

  Answer unobject(Request request) {
    return objection(request, false);
  }

  private Answer objection(Request request, boolean objects) {
    request.onlyQuery();
    Purpose purpose = Parameters.purpose(request);
    SubjectId subject = objects ? me.enrolled(request) : me.subject(request);
    boolean optsOut = objects && !db.<Boolean>inRead(c -> acts.objectsTo(c, subject, purpose));
    me.change(request, subject, acts.objection(subject, purpose, objects), optsOut);
    return Answer.ok(Map.of("purpose", purpose.curie(), "objects", objects));
  }

  /** With the code of an erasure that was begun, the answer is that erasure's. */
  Answer erase(Request request) {
    request.onlyQuery();
    Optional<ReceiptCode> code = ErasureAnswers.code(request.header(ErasureAnswers.CODE));
    Optional<SubjectId> known = me.heeded(request);
    if (known.isEmpty()) {
      return code.flatMap(erasures::of).orElseThrow(CustomerSession::nothingHeld);
    }
    String number = erasure.mark(known.get(), code).orElseThrow(CustomerApi::codeUsed);
    var unused = acts.erased(request.id(), known.get());
    return erasures.of(number);
  }

  /** To answer with the earlier certificate would say that what is held now is gone. */
  private static Problem codeUsed() {
    return new Problem(
        409,
        "key_reused",
        "This Idempotency-Key was used for an earlier erasure; what came since then is still held:"
            + " send a new one to have it erased");
  }
}
