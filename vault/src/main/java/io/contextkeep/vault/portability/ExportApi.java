package io.contextkeep.vault.portability;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.auditlog.Accesses;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.context.AppApi;
import io.contextkeep.vault.context.EventPlace;
import io.contextkeep.vault.context.Extent;
import io.contextkeep.vault.context.ReadPath;
import io.contextkeep.vault.context.ReadRequest;
import io.contextkeep.vault.context.Reply;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.derived.Derivations;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.rights.Casework;
import io.contextkeep.vault.rights.RightsCase;
import io.contextkeep.vault.web.Accept;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.vertx.core.http.HttpMethod;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything held about a customer, to take away (GDPR articles 15 and 20): seen, or exported as
 * JSON-LD or CSV. What does not go into one answer comes in the next one, which is asked for,
 * decided and recorded anew.
 */
final class ExportApi implements Routes.Api {
  static final List<String> TYPES = List.of(Media.JSON_LD, Media.CSV);

  /** The accesses in an export; who has more pages through /v1/me/accesses. */
  private static final int ACCESSES = 10_000;

  private final CustomerSession me;
  private final Db db;
  private final Registry registry;
  private final Customers customers;
  private final ConsentLedger consents;
  private final Derivations derivations;
  private final ReadPath readPath;
  private final Casework casework;
  private final InstantSource clock;

  ExportApi(
      CustomerSession me,
      Db db,
      Registry registry,
      Customers customers,
      ConsentLedger consents,
      Derivations derivations,
      ReadPath readPath,
      Casework casework,
      InstantSource clock) {
    this.me = me;
    this.db = db;
    this.registry = registry;
    this.customers = customers;
    this.consents = consents;
    this.derivations = derivations;
    this.readPath = readPath;
    this.casework = casework;
    this.clock = clock;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .as(Role.CUSTOMER)
        .get("/v1/me", this::view)
        .on(HttpMethod.GET, "/v1/me/export", Media.NO_BODY.giving(TYPES), this::export);
  }

  /** Everything held, in clear, each value with where it came from. */
  Answer view(Request request) {
    request.onlyQuery("after");
    Optional<EventPlace> after = after(request);
    SubjectId subject = me.subject(request);
    Reply reply = everything(request, after, EntryType.SELF_VIEW);
    if (reply.disclosed() && after.isEmpty()) {
      ObjectNode body = reply.body();
      boolean restricted = db.inRead(c -> customers.isRestricted(c, subject));
      body.put("restricted", restricted);
      var objections = body.putArray("objections");
      for (ConsentLedger.Objection objection : db.inRead(c -> consents.objectionsOf(c, subject))) {
        objections
            .addObject()
            .put("purpose", objection.purpose())
            .put("at", objection.at().toString());
      }
    }
    return AppApi.answer(reply);
  }

  Answer export(Request request) {
    request.onlyQuery("after");
    String type = Accept.choose(request.header("Accept"), TYPES);
    Optional<EventPlace> after = after(request);
    SubjectId subject = me.subject(request);
    SubjectKey key = me.key(subject);
    Reply reply = everything(request, after, EntryType.EXPORT);
    if (!reply.disclosed()) {
      return AppApi.answer(reply);
    }
    if (!reply.body().has("next") && !request.head()) {
      fulfil(request, subject, reply.body().path("receipt"));
    }
    Export export = export(request, subject, key, reply.body(), after.isEmpty());
    return type.equals(Media.CSV)
        ? new Answer(
            200, "text/csv; charset=utf-8", ExportCsv.write(export), headers(export, "csv"))
        : new Answer(200, Media.JSON_LD, ExportJsonLd.write(export), headers(export, "jsonld"));
  }

  /** Whoever has taken the last part has all that she asked for: this answer's entry shows that. */
  private void fulfil(Request request, SubjectId subject, JsonNode receipt) {
    RightsCase.Evidence shown =
        new RightsCase.Evidence(
            receipt.path("index").longValue(), receipt.path("leafHash").textValue());
    db.inWrite(
        c -> {
          casework.taken(c, request.actor(), subject, shown);
          return 0;
        });
  }

  private Reply everything(Request request, Optional<EventPlace> after, EntryType type) {
    return readPath.read(
        new ReadRequest(
            request.id(),
            request.caller(),
            CustomerSession.account(request),
            "dpv:RightsFulfilment",
            registry.attributes(),
            Optional.empty(),
            new Extent.Everything(after)),
        type);
  }

  /** The rest is in one snapshot of its own, taken when the log already says that she looked. */
  private Export export(
      Request request, SubjectId subject, SubjectKey key, ObjectNode disclosed, boolean first) {
    return db.inRead(
        c -> {
          List<AuditReader.Access> accesses =
              first
                  ? AuditReader.accesses(c, subject.value(), key, Long.MAX_VALUE, ACCESSES)
                  : List.of();
          return new Export(
              request.id(),
              clock.instant(),
              Export.identifiers(disclosed),
              Export.items(disclosed, registry, derivations.kinds(c, subject)),
              customers.isRestricted(c, subject),
              first ? consents.objectionsOf(c, subject) : List.of(),
              first ? consents.history(c, subject) : List.of(),
              accesses.stream().map(Accesses::shown).toList(),
              accesses.size() < ACCESSES
                  ? Optional.empty()
                  : Optional.of("/v1/me/accesses?before=" + accesses.getLast().entry().index()),
              Optional.ofNullable(disclosed.get("next"))
                  .map(next -> "/v1/me/export?after=" + next.asText()));
        });
  }

  private static Map<String, String> headers(Export export, String extension) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Disposition", "attachment; filename=\"my-context." + extension + "\"");
    List<String> links = new ArrayList<>();
    export.next().ifPresent(next -> links.add("<" + next + ">; rel=\"next\""));
    export.moreAccesses().ifPresent(more -> links.add("<" + more + ">; rel=\"related\""));
    if (!links.isEmpty()) {
      headers.put("Link", String.join(", ", links));
    }
    return headers;
  }

  private static Optional<EventPlace> after(Request request) {
    return request
        .query("after")
        .map(
            text ->
                EventPlace.parse(text)
                    .orElseThrow(
                        () ->
                            Problem.badRequest(
                                "invalid_parameter",
                                "The parameter 'after' is the 'next' of the answer before")));
  }
}
