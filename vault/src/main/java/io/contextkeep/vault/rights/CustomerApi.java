package io.contextkeep.vault.rights;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.PUT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.auditlog.Accesses;
import io.contextkeep.vault.changes.Changes;
import io.contextkeep.vault.changes.ToldChange;
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
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Page;
import io.contextkeep.vault.web.Paged;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Customers' rights that take one call: to correct a value, to see who used their data, to restrict
 * and object, and to be erased.
 */
final class CustomerApi implements Routes.Api {
  private static final int MAX_ACCESSES = 500;
  private static final int MAX_APPS = 1_000;

  private final CustomerSession me;
  private final Db db;
  private final Registry registry;
  private final CustomerActions actions;
  private final Erasure erasure;
  private final ErasureAnswers erasures;
  private final Changes changes;

  CustomerApi(
      CustomerSession me,
      Db db,
      Registry registry,
      CustomerActions actions,
      Erasure erasure,
      ErasureAnswers erasures,
      Changes changes) {
    this.changes = changes;
    this.me = me;
    this.db = db;
    this.registry = registry;
    this.actions = actions;
    this.erasure = erasure;
    this.erasures = erasures;
  }

  /** A correction; {@link Values} checks the value. */
  private record Correction(JsonNode value) {
    @Override
    public String toString() {
      return "Correction[redacted]";
    }
  }

  private record Corrected(String corrected) {}

  private record TakenBack(String takenBack) {}

  private record Restriction(boolean restricted) {}

  private record Objection(Purpose purpose, boolean objects) {}

  /**
   * A page of accesses.
   *
   * @param appChanges the newest changes to registrations of apps; on the first page only
   */
  private record AccessPage(
      List<ObjectNode> accesses, Optional<String> next, Optional<List<ToldChange>> appChanges)
      implements Paged {}

  private record Apps(List<KnownApp> apps, Optional<String> next) implements Paged {}

  private record KnownApp(String app, String name, List<NamedPurpose> purposes) {
    static KnownApp of(App app) {
      return new KnownApp(
          app.id(),
          app.name(),
          app.purposes().stream()
              .sorted()
              .flatMap(curie -> Purpose.parse(curie).stream())
              .map(purpose -> new NamedPurpose(purpose, purpose.label()))
              .toList());
    }
  }

  private record NamedPurpose(Purpose purpose, String label) {}

  @Override
  public void mount(Routes routes) {
    routes
        .route(PUT, "/v1/me/attributes/:name")
        .as(Role.CUSTOMER)
        .body(Correction.class)
        .handle(this::correct);
    routes
        .route(DELETE, "/v1/me/attributes/:name")
        .as(Role.CUSTOMER)
        .handle(this::takeCorrectionBack);
    routes.route(GET, "/v1/me/apps").as(Role.CUSTOMER).paged().handle(this::apps);
    routes.route(GET, "/v1/me/accesses").as(Role.CUSTOMER).paged().handle(this::accesses);
    routes.route(DELETE, "/v1/me").as(Role.CUSTOMER).optingOut().handle(this::erase);
    String restriction = "/v1/me/restriction";
    routes
        .route(PUT, restriction)
        .as(Role.CUSTOMER)
        .optingOut()
        .handle(request -> restriction(request, true));
    routes
        .route(DELETE, restriction)
        .as(Role.CUSTOMER)
        .handle(request -> restriction(request, false));
    String objection = "/v1/me/objections/:purpose";
    routes
        .route(PUT, objection)
        .as(Role.CUSTOMER)
        .optingOut()
        .handle(request -> objection(request, true));
    routes.route(DELETE, objection).as(Role.CUSTOMER).handle(request -> objection(request, false));
  }

  private Answer correct(Request request, Correction correction) {
    Attribute attribute = actions.correctable(request.path("name"));
    new Values().check(attribute, correction.value());
    SubjectId subject = me.subject(request);
    me.change(request, subject, actions.correction(request, attribute, correction.value()), false);
    return Answer.ok(new Corrected(attribute.name()));
  }

  private Answer takeCorrectionBack(Request request) {
    Attribute attribute = actions.correctable(request.path("name"));
    SubjectId subject = me.subject(request);
    me.change(request, subject, actions.correctionTakenBack(subject, attribute), false);
    return Answer.ok(new TakenBack(attribute.name()));
  }

  /** Lists every read and refusal that concerned the customer, the newest first. */
  private Answer accesses(Request request) {
    Page page = request.page(MAX_ACCESSES);
    Optional<Long> before = page.afterNumber();
    SubjectId subject = me.subject(request);
    SubjectKey key = me.key(subject);
    me.recordView(request, subject, "accesses");
    List<AuditReader.Access> found =
        db.inRead(
            c ->
                AuditReader.accesses(
                    c, subject.value(), key, before.orElse(Long.MAX_VALUE), page.limit()));
    Optional<String> next = page.next(found, one -> String.valueOf(one.entry().index()));
    Optional<List<ToldChange>> appChanges =
        before.isEmpty()
            ? Optional.of(ToldChange.of(changes, apps(subject, found)))
            : Optional.empty();
    String proof = "<" + Accesses.PROOF + ">; rel=\"alternate\"; type=\"text/plain\"";
    return Answer.ok(new AccessPage(found.stream().map(Accesses::shown).toList(), next, appChanges))
        .with(Map.of("Link", next.map(url -> Paged.link(url) + ", " + proof).orElse(proof)));
  }

  /**
   * Returns the apps of the newest accesses and those that the customer gave or refused consent.
   */
  private Set<String> apps(SubjectId subject, List<AuditReader.Access> newest) {
    List<String> recipients = db.inRead(c -> ConsentLedger.recipients(c, subject));
    Set<String> apps = new TreeSet<>(recipients);
    newest.forEach(access -> apps.add(access.entry().word("actor")));
    return apps;
  }

  /** Lists the apps and what each may ask for: what a customer can consent to and refuse. */
  private Answer apps(Request request) {
    Page page = request.page(MAX_APPS);
    List<App> apps = page.of(registry.apps(), App::id);
    return Answer.ok(new Apps(apps.stream().map(KnownApp::of).toList(), page.next(apps, App::id)));
  }

  private Answer restriction(Request request, boolean restricted) {
    SubjectId subject = restricted ? me.enrolled(request) : me.subject(request);
    boolean optsOut = restricted && !db.<Boolean>inRead(c -> actions.isRestricted(c, subject));
    me.change(request, subject, actions.restriction(subject, restricted), optsOut);
    return Answer.ok(new Restriction(restricted));
  }

  private Answer objection(Request request, boolean objects) {
    Purpose purpose = Parameters.purpose(request);
    SubjectId subject = objects ? me.enrolled(request) : me.subject(request);
    boolean optsOut = objects && !db.<Boolean>inRead(c -> actions.objectsTo(c, subject, purpose));
    me.change(request, subject, actions.objection(subject, purpose, objects), optsOut);
    return Answer.ok(new Objection(purpose, objects));
  }

  /** Erases the customer. With the code of an erasure that was begun, answers about that one. */
  private Answer erase(Request request) {
    Optional<ReceiptCode> code = ErasureAnswers.code(request.header(ErasureAnswers.CODE));
    Optional<SubjectId> known = me.heeded(request);
    if (known.isEmpty()) {
      return code.flatMap(erasures::of).orElseThrow(CustomerSession::nothingHeld);
    }
    String number = erasure.mark(known.get(), code).orElseThrow(CustomerApi::codeUsed);
    var unused = actions.erased(request.id(), known.get());
    return erasures.of(number);
  }

  /** Refuses, because the earlier certificate would claim that what is held now is gone. */
  private static Problem codeUsed() {
    return new Problem(
        409,
        "key_reused",
        "This Idempotency-Key was used for an earlier erasure; what came since then is still held:"
            + " send a new one to have it erased");
  }
}
