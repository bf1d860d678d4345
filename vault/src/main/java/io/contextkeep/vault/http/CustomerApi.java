package io.contextkeep.vault.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStates;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.read.Ask;
import io.contextkeep.vault.read.ReadPath;
import io.contextkeep.vault.store.Attribute;
import io.contextkeep.vault.store.ConsentLedger;
import io.contextkeep.vault.store.Customers;
import io.contextkeep.vault.store.Erasure;
import io.contextkeep.vault.store.Identifier;
import io.contextkeep.vault.store.Ingest;
import io.contextkeep.vault.store.Registry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What customers do with what is theirs: see it, correct it, decide who may use it, see who did,
 * and have it erased. Giving and withdrawing consent are one call each.
 */
final class CustomerApi {

  /** A change and its record, in one transaction. */
  @FunctionalInterface
  private interface Change {
    void apply(Connection c) throws SQLException;
  }

  private final Db db;
  private final Registry registry;
  private final Customers customers;
  private final ConsentLedger consents;
  private final Ingest ingest;
  private final SubjectKeys keys;
  private final ReadPath readPath;
  private final Erasure erasure;
  private final AuditLog log;
  private final InstantSource clock;

  CustomerApi(
      Db db,
      Registry registry,
      Customers customers,
      ConsentLedger consents,
      Ingest ingest,
      SubjectKeys keys,
      ReadPath readPath,
      Erasure erasure,
      AuditLog log,
      InstantSource clock) {
    this.db = db;
    this.registry = registry;
    this.customers = customers;
    this.consents = consents;
    this.ingest = ingest;
    this.keys = keys;
    this.readPath = readPath;
    this.erasure = erasure;
    this.log = log;
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
                account(request),
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
    SubjectId subject = subject(request);
    Ingest.Line line =
        new Ingest.Line(
            1,
            List.of(account(request)),
            attribute,
            Optional.empty(),
            clock.millis(),
            body.path("value"));
    change(
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

  Answer grant(Request request) {
    JsonNode body =
        request.body().length == 0 ? Json.MAPPER.createObjectNode() : Json.object(request.body());
    Json.only(body, Set.of("explicit", "notice", "language", "method", "expires"));
    return consent(request, ConsentStatus.GIVEN, EntryType.GRANT, body);
  }

  Answer withdraw(Request request) {
    return consent(
        request, ConsentStatus.WITHDRAWN, EntryType.WITHDRAW, Json.MAPPER.createObjectNode());
  }

  private Answer consent(Request request, ConsentStatus status, EntryType type, JsonNode body) {
    request.as(Role.CUSTOMER).onlyQuery();
    SubjectId subject = subject(request);
    String recipient = request.path("app");
    if (status.allows() && registry.app(recipient).isEmpty()) {
      throw new Problem(404, "unknown_app", "No such app is registered");
    }
    ConsentEvent event = event(request, subject, recipient, status, body);
    change(
        request,
        subject,
        type,
        Map.of("purpose", event.purpose().curie(), "recipient", recipient),
        c -> consents.append(c, event));
    return Answer.ok(
        Map.of(
            "purpose", event.purpose().curie(),
            "app", recipient,
            "status", status.name(),
            "at", event.at().toString()));
  }

  private ConsentEvent event(
      Request request, SubjectId subject, String recipient, ConsentStatus status, JsonNode body) {
    try {
      return new ConsentEvent(
          0,
          subject,
          purpose(request),
          recipient,
          status,
          Json.flag(body, "explicit", false),
          Json.optionalText(body, "notice", 64).orElse("unversioned"),
          Json.optionalText(body, "language", 35).orElse("und"),
          Json.optionalText(body, "method", 64).orElse("api"),
          clock.instant(),
          Json.optionalText(body, "expires", 40).map(Instant::parse).orElse(null));
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest("invalid_field", String.valueOf(e.getMessage()));
    } catch (DateTimeException e) {
      throw Problem.badRequest("invalid_time", "The field 'expires' is an instant");
    }
  }

  /** The consents as they stand. */
  Answer consents(Request request) {
    request.as(Role.CUSTOMER).onlyQuery();
    SubjectId subject = subject(request);
    Instant now = clock.instant();
    List<ConsentEvent> history = db.inRead(c -> consents.history(c, subject));
    var byKey =
        history.stream()
            .collect(
                Collectors.groupingBy(
                    e -> e.purpose().curie() + " " + e.recipient(),
                    TreeMap::new,
                    Collectors.toList()));
    ArrayNode all = Json.MAPPER.createArrayNode();
    byKey.forEach(
        (_, events) -> {
          ConsentEvent latest = ConsentStates.latest(events).orElseThrow();
          ObjectNode node = all.addObject();
          node.put("purpose", latest.purpose().curie());
          node.put("label", latest.purpose().label());
          node.put("app", latest.recipient());
          node.put("status", ConsentStates.stateAt(events, now).name());
          node.put("explicit", latest.explicit());
          node.put("notice", latest.noticeVersion());
          node.put("language", latest.language());
          node.put("at", latest.at().toString());
          Optional.ofNullable(latest.expiresAt())
              .ifPresent(expires -> node.put("expires", expires.toString()));
        });
    recordView(request, subject, "consents");
    return Answer.ok(Map.of("consents", all));
  }

  /** Every read and refusal that concerned this customer. Staff are not named. */
  Answer accesses(Request request) {
    request.as(Role.CUSTOMER).onlyQuery("before");
    SubjectId subject = subject(request);
    SubjectKey key = key(subject);
    long before =
        request
            .query("before")
            .filter(b -> b.matches("[0-9]{1,18}"))
            .map(Long::parseLong)
            .orElse(Long.MAX_VALUE);
    recordView(request, subject, "accesses");
    ArrayNode all = Json.MAPPER.createArrayNode();
    for (AuditReader.Access access :
        db.inRead(c -> AuditReader.accesses(c, subject.value(), key, before, 500))) {
      ObjectNode entry = AuditorApi.json(access.leaf());
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
    SubjectId subject = subject(request);
    change(
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
    SubjectId subject = subject(request);
    Purpose purpose = purpose(request);
    change(
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
    SubjectId subject = subject(request);
    erasure.mark(subject);
    erasure.finish(subject, request.id());
    return Answer.ok(Map.of("erased", true));
  }

  private void change(
      Request request,
      SubjectId subject,
      EntryType type,
      Map<String, Object> facts,
      Change change) {
    AuditEntry entry = entry(request, subject, type, facts);
    db.inWrite(
        c -> {
          change.apply(c);
          return log.stage(c, entry);
        });
  }

  private void recordView(Request request, SubjectId subject, String what) {
    log.append(entry(request, subject, EntryType.SELF_VIEW, Map.of("action", what)));
  }

  private AuditEntry entry(
      Request request, SubjectId subject, EntryType type, Map<String, Object> facts) {
    TreeMap<String, Object> all = new TreeMap<>(facts);
    all.put("request", request.id());
    all.put("actor", request.caller().id());
    all.put("role", request.caller().role().code());
    return AuditEntry.of(type, all).about(subject.value(), key(subject), Map.of());
  }

  private SubjectKey key(SubjectId subject) {
    return keys.find(subject).orElseThrow(CustomerApi::nothingHeld);
  }

  private SubjectId subject(Request request) {
    Identifier account = account(request);
    return db.inRead(c -> customers.find(c, account)).orElseThrow(CustomerApi::nothingHeld);
  }

  private static Problem nothingHeld() {
    return new Problem(404, "nothing_held", "Nothing is held about this account");
  }

  private static Identifier account(Request request) {
    return request
        .caller()
        .account()
        .flatMap(Identifier::parse)
        .orElseThrow(() -> new Problem(403, "no_account", "The token names no account"));
  }

  private static Purpose purpose(Request request) {
    return Purpose.parse(request.path("purpose"))
        .orElseThrow(() -> Problem.badRequest("unknown_purpose", "The purpose is no DPV 2.3 term"));
  }

  private static JsonNode details(AuditReader.Access access) {
    try {
      return Json.MAPPER.readTree(access.details()).path("details");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A private part is not JSON", e);
    }
  }
}
