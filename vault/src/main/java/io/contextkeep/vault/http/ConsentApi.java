package io.contextkeep.vault.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStates;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.store.ConsentLedger;
import io.contextkeep.vault.store.Registry;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What customers say about who may use their context, what for. Giving and withdrawing are one call
 * each, and the next read heeds it.
 */
final class ConsentApi {
  private final Me me;
  private final Db db;
  private final Registry registry;
  private final ConsentLedger consents;
  private final InstantSource clock;

  ConsentApi(Me me, Db db, Registry registry, ConsentLedger consents, InstantSource clock) {
    this.me = me;
    this.db = db;
    this.registry = registry;
    this.consents = consents;
    this.clock = clock;
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
    SubjectId subject = me.subject(request);
    String recipient = request.path("app");
    if (status.allows() && registry.app(recipient).isEmpty()) {
      throw new Problem(404, "unknown_app", "No such app is registered");
    }
    ConsentEvent event = event(request, subject, recipient, status, body);
    me.change(
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
          Me.purpose(request),
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
    SubjectId subject = me.subject(request);
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
    me.recordView(request, subject, "consents");
    return Answer.ok(Map.of("consents", all));
  }
}
