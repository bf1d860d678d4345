package io.contextkeep.vault.consent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.Indicator;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.consent.ReceivedSignals.Heard;
import io.contextkeep.vault.consent.signals.OptOut;
import io.contextkeep.vault.consent.signals.Signal;
import io.contextkeep.vault.consent.signals.UnreadableSignal;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.registry.AppRegistration;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Limits;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Slot;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * TCF and GPP strings, as evidence that a customer said no. She may send her own, which restricts
 * every app; an app may pass on the one that it was given, which restricts that app, and everybody
 * where she opted out of sale or sharing. Nothing that a string allows is a yes here.
 */
final class SignalApi implements Routes.Api {
  private static final long TENTH = 100;

  /** Time enough to write down what the strings of a known customer deny. */
  private static final Slot SLOT = new Slot(Duration.ofMillis(50));

  private final CustomerSession me;
  private final Db db;
  private final Registry registry;
  private final Customers customers;
  private final SubjectKeys keys;
  private final BlindIndex blindIndex;
  private final ReceivedSignals signals;
  private final PrivacySignal privacy;
  private final AuditLog log;
  private final Limits limits;

  SignalApi(
      CustomerSession me,
      Db db,
      Registry registry,
      Customers customers,
      SubjectKeys keys,
      BlindIndex blindIndex,
      ReceivedSignals signals,
      PrivacySignal privacy,
      AuditLog log,
      Limits limits) {
    this.me = me;
    this.db = db;
    this.registry = registry;
    this.customers = customers;
    this.keys = keys;
    this.blindIndex = blindIndex;
    this.signals = signals;
    this.privacy = privacy;
    this.log = log;
    this.limits = limits;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .as(Role.CUSTOMER)
        .get("/v1/me/signals", this::mine)
        .optingOut()
        .post("/v1/me/signals", this::own);
    routes.as(Role.APP).optingOut().post("/v1/customers/:customer/signals", this::passedOn);
  }

  /** A string that came, and what it says. */
  private record Received(Signal.Kind kind, String text, Signal signal) {
    String method() {
      return kind.method();
    }

    @Override
    public String toString() {
      return "Received[" + kind + ", redacted]";
    }
  }

  Answer mine(Request request) {
    request.onlyQuery();
    SubjectId subject = me.subject(request);
    List<Heard> heard = db.inRead(c -> signals.of(c, subject));
    me.recordView(request, subject, "signals");
    return Answer.ok(shown(heard));
  }

  Answer own(Request request) {
    request.onlyQuery();
    List<Received> received = read(request);
    SubjectId subject = me.enrolled(request);
    if (db.inRead(c -> cameBefore(c, request, subject, received))) {
      limits.change(subject);
    }
    return Answer.ok(shown(hear(request, subject, me.key(subject), received)));
  }

  /**
   * Answered alike whether the customer is known or not: what the strings say, not what is done.
   */
  Answer passedOn(Request request) {
    request.onlyQuery();
    AppRegistration.ofCaller(registry, request);
    Identifier customer = CustomerSession.named(request.path("customer"));
    List<Received> received = read(request);
    Optional<SubjectId> subject = db.inRead(c -> customers.find(c, customer));
    Optional<SubjectKey> key = subject.flatMap(keys::find);
    if (key.isPresent()) {
      hear(request, subject.get(), key.get(), received);
    } else {
      ofNobody(request, customer, received);
    }
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode all = body.putArray("signals");
    received.forEach(one -> says(all.addObject(), one.method(), one.signal()));
    return Answer.ok(body).at(SLOT);
  }

  /** An entry with a private part as one about a customer has, which nobody can ever open. */
  private void ofNobody(Request request, Identifier customer, List<Received> received) {
    SubjectId nobody = keys.standIn(customers.blind(customer));
    log.append(
        AuditEntry.of(EntryType.SIGNAL, facts(request, received))
            .about(nobody.value(), keys.standInKey(nobody), Map.of()));
  }

  private static List<Received> read(Request request) {
    JsonNode body = Json.object(request.body());
    Json.only(body, Set.of("tcf", "gpp"));
    List<Received> received = new ArrayList<>();
    for (Signal.Kind kind : Signal.Kind.values()) {
      String field = kind.name().toLowerCase(Locale.ROOT);
      Optional<String> text = Json.optionalText(body, field, Signal.MAX_LENGTH);
      if (text.isPresent()) {
        received.add(new Received(kind, text.get(), read(kind, field, text.get())));
      }
    }
    if (received.isEmpty()) {
      throw Problem.badRequest("missing_field", "Send a string as 'tcf', as 'gpp' or both");
    }
    return received;
  }

  private static Signal read(Signal.Kind kind, String field, String text) {
    try {
      return Signal.read(kind, text);
    } catch (UnreadableSignal e) {
      throw Problem.badRequest(
          "unreadable_signal", "The field '" + field + "' cannot be read: " + e.getMessage());
    }
  }

  private boolean cameBefore(
      Connection c, Request request, SubjectId subject, List<Received> received)
      throws SQLException {
    for (Received one : received) {
      if (before(c, request, subject, one).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private Optional<Heard> before(
      Connection c, Request request, SubjectId subject, Received received) throws SQLException {
    return signals.find(
        c, subject, received.method(), request.caller().id(), mac(subject, received));
  }

  private byte[] mac(SubjectId subject, Received received) {
    return blindIndex.of("signal/" + subject.value(), received.text());
  }

  /** Each string once, what it denies and the entries of it all in one transaction. */
  private List<Heard> hear(
      Request request, SubjectId subject, SubjectKey key, List<Received> received) {
    return db.inWrite(
        c -> {
          List<Heard> heard = new ArrayList<>();
          Map<String, Object> strings = new HashMap<>();
          for (Received one : received) {
            Optional<Heard> before = before(c, request, subject, one);
            if (before.isEmpty()) {
              strings.put(one.method(), one.text());
            }
            heard.add(before.isPresent() ? before.get() : first(c, request, subject, one));
          }
          log.stage(
              c,
              AuditEntry.of(EntryType.SIGNAL, facts(request, received))
                  .about(subject.value(), key, strings));
          return heard;
        });
  }

  private Heard first(Connection c, Request request, SubjectId subject, Received received)
      throws SQLException {
    List<String> denied = new ArrayList<>();
    for (OptOut no : received.signal().noes()) {
      PrivacySignal.Signalled signalled = signalled(request, received, no);
      for (Purpose purpose : privacy.deny(c, request, subject, me, signalled)) {
        denied.add(purpose.curie() + "/" + signalled.recipient());
      }
    }
    return signals.add(
        c,
        new Heard(
            0,
            subject,
            received.method(),
            request.caller().id(),
            mac(subject, received),
            privacy.now(),
            request.id(),
            received.signal().says(),
            received.signal().notLookedAt(),
            denied));
  }

  /** Whom a no restricts, and as of when, depends on who sends it. */
  private PrivacySignal.Signalled signalled(Request request, Received received, OptOut no) {
    boolean own = request.caller().role() == Role.CUSTOMER;
    Indicator by = own ? Indicator.SUBJECT : Indicator.CONTROLLER;
    return switch (no) {
      case OptOut.ToPurposes to ->
          new PrivacySignal.Signalled(
              Signal.Kind.TCF.method(),
              by,
              to.purposes(),
              own ? ConsentApi.EVERYONE : request.caller().id(),
              Optional.of(told(to)).filter(latest -> latest.isBefore(privacy.now())),
              false);
      case OptOut.ToSaleOrSharing() ->
          new PrivacySignal.Signalled(
              received.method(),
              by,
              privacy.saleOrSharing(),
              ConsentApi.EVERYONE,
              Optional.empty(),
              !own);
    };
  }

  /** Strings tell tenths of seconds: it may have been said at the end of one. */
  private static Instant told(OptOut.ToPurposes to) {
    long latest = to.latest().toEpochMilli();
    return Instant.ofEpochMilli(latest % TENTH == 0 ? latest + TENTH - 1 : latest);
  }

  private static Map<String, Object> facts(Request request, List<Received> received) {
    Map<String, Object> facts = request.actor().facts();
    facts.put("signals", received.stream().map(Received::method).toList());
    return facts;
  }

  private static ObjectNode shown(List<Heard> heard) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode all = body.putArray("signals");
    for (Heard one : heard) {
      ObjectNode node = all.addObject();
      node.put("number", one.number());
      node.put("from", one.sender());
      node.put("at", one.at().toString());
      node.put("request", one.request());
      says(node, one.kind(), new Signal(List.of(), one.says(), one.notLookedAt()));
      one.denied().forEach(node.putArray("denied")::add);
    }
    return body;
  }

  private static void says(ObjectNode node, String kind, Signal signal) {
    node.put("kind", kind);
    signal.says().forEach(node.putArray("says")::add);
    signal.notLookedAt().forEach(node.putArray("notLookedAt")::add);
  }
}
