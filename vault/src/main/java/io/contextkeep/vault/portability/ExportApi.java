package io.contextkeep.vault.portability;

import static io.vertx.core.http.HttpMethod.GET;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.auditlog.Accesses;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.context.EventPlace;
import io.contextkeep.vault.context.Extent;
import io.contextkeep.vault.context.ReadPath;
import io.contextkeep.vault.context.ReadRequest;
import io.contextkeep.vault.context.Reply;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.derived.Derivations;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.rights.RightsCases;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Members;
import io.contextkeep.vault.web.Page;
import io.contextkeep.vault.web.Paged;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The export of all data held about a customer (GDPR articles 15 and 20), to view, or to download
 * as JSON-LD or CSV. Data that does not fit into one answer is on the next page, which is
 * requested, decided and recorded anew.
 */
final class ExportApi implements Routes.Api {
  private static final String ME = "/v1/me";
  private static final String EXPORT = "/v1/me/export";

  /** The member of a read's answer that says where the rest begins. */
  private static final String NEXT = "next";

  /** The most accesses in an export; /v1/me/accesses has the others. */
  private static final int MAX_ACCESSES = 10_000;

  private final CustomerSession me;
  private final Db db;
  private final Registry registry;
  private final Customers customers;
  private final ConsentLedger consents;
  private final Derivations derivations;
  private final ReadPath readPath;
  private final RightsCases requests;
  private final InstantSource clock;

  ExportApi(
      Core core,
      CustomerSession me,
      Registry registry,
      Customers customers,
      ConsentLedger consents,
      Derivations derivations,
      ReadPath readPath,
      RightsCases requests) {
    this.me = me;
    this.db = core.db();
    this.registry = registry;
    this.customers = customers;
    this.consents = consents;
    this.derivations = derivations;
    this.readPath = readPath;
    this.requests = requests;
    this.clock = core.clock();
  }

  @Override
  public void mount(Routes routes) {
    routes.route(GET, ME).as(Role.CUSTOMER).query("cursor").handle(this::view);
    routes
        .route(GET, EXPORT)
        .as(Role.CUSTOMER)
        .query("cursor")
        .giving(Media.JSON_LD, Media.CSV)
        .handle(this::export);
  }

  /** Shows all data held, in clear, each value with its origin. */
  private Answer view(Request request) {
    Optional<EventPlace> after = after(request);
    SubjectId subject = me.subject(request);
    Reply reply = everything(request, after, EntryType.SELF_VIEW);
    if (!reply.disclosed()) {
      return reply.answer();
    }
    boolean first = after.isEmpty();
    ObjectNode disclosed = reply.tree();
    return Answer.ok(
        db.inRead(
            c ->
                new View(
                    new Members(disclosed, Set.of(NEXT)),
                    first ? Optional.of(customers.isRestricted(c, subject)) : Optional.empty(),
                    first ? Optional.of(consents.objectionsOf(c, subject)) : Optional.empty(),
                    next(request, disclosed))));
  }

  /**
   * What is held about a customer, as they see it.
   *
   * @param disclosed the answer of the read
   * @param restricted whether processing is restricted; on the first page only
   * @param objections the customer's objections; on the first page only
   */
  private record View(
      @JsonUnwrapped Members disclosed,
      Optional<Boolean> restricted,
      Optional<List<ConsentLedger.Objection>> objections,
      Optional<String> next)
      implements Paged {}

  private Answer export(Request request) {
    Optional<EventPlace> after = after(request);
    SubjectId subject = me.subject(request);
    SubjectKey key = me.key(subject);
    Reply reply = everything(request, after, EntryType.EXPORT);
    if (!reply.disclosed()) {
      return reply.answer();
    }
    ObjectNode body = reply.tree();
    if (!body.has(NEXT) && !request.head()) {
      fulfil(request, subject, body.path("receipt"));
    }
    Export export = export(request, subject, key, body, after.isEmpty());
    return request.type().equals(Media.CSV)
        ? new Answer(200, Media.sent(Media.CSV), ExportCsv.write(export), headers(export, "csv"))
        : new Answer(200, Media.JSON_LD, ExportJsonLd.write(export), headers(export, "jsonld"));
  }

  /** Fulfils the requests that the last page answers, with this answer's entry as evidence. */
  private void fulfil(Request request, SubjectId subject, JsonNode receipt) {
    long index = receipt.path("index").longValue();
    String leafHash = receipt.path("leafHash").textValue();
    db.inWrite(
        c -> {
          requests.exported(c, request.actor(), subject, index, leafHash);
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

  /** Collects the rest in one snapshot, after the log has recorded the export. */
  private Export export(
      Request request, SubjectId subject, SubjectKey key, ObjectNode disclosed, boolean first) {
    return db.inRead(
        c -> {
          List<AuditReader.Access> accesses =
              first
                  ? AuditReader.accesses(c, subject.value(), key, Long.MAX_VALUE, MAX_ACCESSES)
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
              accesses.size() < MAX_ACCESSES
                  ? Optional.empty()
                  : Optional.of("/v1/me/accesses?cursor=" + accesses.getLast().entry().index()),
              next(request, disclosed));
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
    return page(request).after(EventPlace::parse);
  }

  /** Returns the URL of the rest of the events, if not all of them are in this answer. */
  private static Optional<String> next(Request request, ObjectNode disclosed) {
    return Optional.ofNullable(disclosed.get(NEXT))
        .map(place -> page(request).next(place.asText()));
  }

  /** Returns the requested page. The read path decides how much it holds. */
  private static Page page(Request request) {
    return request.page(Integer.MAX_VALUE);
  }
}
