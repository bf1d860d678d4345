package io.contextkeep.vault.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.read.Ask;
import io.contextkeep.vault.read.ReadPath;
import io.contextkeep.vault.store.Attribute;
import io.contextkeep.vault.store.ConsentLedger;
import io.contextkeep.vault.store.Customers;
import io.contextkeep.vault.store.Erasure;
import io.contextkeep.vault.store.Ingest;
import io.contextkeep.vault.store.Registry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What customers do with what is theirs: see it, correct it, see who used it, restrict, object, and
 * have it erased.
 */
final class CustomerApi {

  private final Me me;
  private final Db db;
  private final Registry registry;
  private final Customers customers;
  private final ConsentLedger consents;
  private final Ingest ingest;
  private final ReadPath readPath;
  private final Erasure erasure;
  private final InstantSource clock;

  CustomerApi(
      Me me,
      Db db,
      Registry registry,
      Customers customers,
      ConsentLedger consents,
      Ingest ingest,
      ReadPath readPath,
      Erasure erasure,
      InstantSource clock) {
    this.me = me;
    this.db = db;
    this.registry = registry;
    this.customers = customers;
    this.consents = consents;
    this.ingest = ingest;
    this.readPath = readPath;
    this.erasure = erasure;
    this.clock = clock;
  }

  /** Everything held, in clear, each value with where it came from. */
  Answer view(Request request) {
    request.as(Role.CUSTOMER).onlyQuery();
    return Answer.of(
        readPath.read(
            new Ask(
                request.id(),
                request.caller(),
                Me.account(request),
                "dpv:RightsFulfilment",
                registry.attributes(),
                Optional.empty()),
            EntryType.SELF_VIEW));
  }

  Answer correct(Request request) {
    request.as(Role.CUSTOMER).onlyQuery();
    JsonNode body = Json.object(request.body());
    Json.only(body, Set.of("value"));
    Attribute attribute =
        registry
            .attribute(request.path("name"))
            .filter(a -> a.kind() == Attribute.Kind.VALUE)
            .orElseThrow(
                () -> new Problem(404, "unknown_attribute", "No such value is registered"));
    List<String> faults = attribute.faults(body.path("value"));
    if (!faults.isEmpty()) {
      throw Problem.badRequest("invalid_value", String.join("; ", faults));
    }
    SubjectId subject = me.subject(request);
    Ingest.Line line =
        new Ingest.Line(
            1,
            List.of(Me.account(request)),
            attribute,
            Optional.empty(),
            clock.millis(),
            body.path("value"));
    me.change(
        request,
        subject,
        EntryType.CORRECT,
        Map.of("categories", List.of(attribute.category().curie())),
        c -> {
          List<Ingest.Fault> refused = new ArrayList<>();
          ingest.write(c, "customer", request.id(), List.of(line), List.of(), refused);
          if (!refused.isEmpty()) {
            throw new Problem(409, refused.getFirst().code(), refused.getFirst().detail());
          }
        });
    return Answer.ok(Map.of("corrected", attribute.name()));
  }

  /** Every read and refusal that concerned this customer. Staff are not named. */
  Answer accesses(Request request) {
    request.as(Role.CUSTOMER).onlyQuery("before");
    SubjectId subject = me.subject(request);
    SubjectKey key = me.key(subject);
    long before =
        request
            .query("before")
            .filter(b -> b.matches("[0-9]{1,18}"))
            .map(Long::parseLong)
            .orElse(Long.MAX_VALUE);
    me.recordView(request, subject, "accesses");
    ArrayNode all = Json.MAPPER.createArrayNode();
    for (AuditReader.Access access :
        db.inRead(c -> AuditReader.accesses(c, subject.value(), key, before, 500))) {
      ObjectNode entry = AuditorApi.json(access.entry());
      entry.set("details", details(access));
      all.add(entry);
    }
    return Answer.ok(Map.of("accesses", all));
  }

  Answer restrict(Request request) {
    return restriction(request, true);
  }

  Answer unrestrict(Request request) {
    return restriction(request, false);
  }

  private Answer restriction(Request request, boolean restricted) {
    request.as(Role.CUSTOMER).onlyQuery();
    SubjectId subject = me.subject(request);
    me.change(
        request,
        subject,
        EntryType.RESTRICT,
        Map.of("restricted", restricted),
        c -> customers.restrict(c, subject, restricted));
    return Answer.ok(Map.of("restricted", restricted));
  }

  Answer object(Request request) {
    return objection(request, true);
  }

  Answer unobject(Request request) {
    return objection(request, false);
  }

  private Answer objection(Request request, boolean objects) {
    request.as(Role.CUSTOMER).onlyQuery();
    SubjectId subject = me.subject(request);
    Purpose purpose = Me.purpose(request);
    me.change(
        request,
        subject,
        EntryType.OBJECT,
        Map.of("purpose", purpose.curie(), "objects", objects),
        c -> {
          if (objects) {
            consents.object(c, subject, purpose, clock.instant());
          } else {
            consents.liftObjection(c, subject, purpose);
          }
        });
    return Answer.ok(Map.of("purpose", purpose.curie(), "objects", objects));
  }

  Answer erase(Request request) {
    request.as(Role.CUSTOMER).onlyQuery();
    SubjectId subject = me.subject(request);
    erasure.mark(subject);
    erasure.finish(subject, request.id());
    return Answer.ok(Map.of("erased", true));
  }

  private static JsonNode details(AuditReader.Access access) {
    try {
      return Json.MAPPER.readTree(access.details()).path("details");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A private part is not JSON", e);
    }
  }
}
