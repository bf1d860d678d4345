package io.contextkeep.vault.consent;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.Indicator;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.consent.ReceivedSignals.Heard;
import io.contextkeep.vault.consent.signals.OptOut;
import io.contextkeep.vault.consent.signals.Signal;
import io.contextkeep.vault.consent.signals.UnreadableSignal;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.CustomersModule;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.InvalidField;
import io.contextkeep.vault.web.Limits;
import io.contextkeep.vault.web.Page;
import io.contextkeep.vault.web.Paged;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Slot;
import io.contextkeep.vault.web.Text;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * TCF and GPP strings, as evidence that a customer opted out. A customer's own string restricts
 * every app; a string that an app passes on restricts that app, and every app where it opts out of
 * sale or sharing. What a string allows is never taken for consent.
 */
final class SignalApi implements Routes.Api {
  private static final long TENTH = 100;
  private static final int MAX_SIGNALS = 1_000;

  /** The slot of answers, long enough to record the opt-outs of a known customer. */
  private static final Slot SLOT = new Slot(Duration.ofMillis(50));

  private final Core core;
  private final Db db;
  private final CustomerSession me;
  private final Customers customers;
  private final Registry registry;
  private final BlindIndex blindIndex;
  private final ReceivedSignals signals;
  private final PrivacySignal privacy;
  private final Limits limits;

  SignalApi(
      Core core,
      CustomersModule customers,
      Registry registry,
      ReceivedSignals signals,
      PrivacySignal privacy,
      Limits limits) {
    this.core = core;
    this.db = core.db();
    this.me = customers.session();
    this.customers = customers.directory();
    this.registry = registry;
    this.blindIndex = core.blindIndex();
    this.signals = signals;
    this.privacy = privacy;
    this.limits = limits;
  }

  /** The strings of a request, of which there is at least one. */
  private record Strings(
      Optional<@Text(max = Signal.MAX_LENGTH) String> tcf,
      Optional<@Text(max = Signal.MAX_LENGTH) String> gpp) {
    Strings {
      if (tcf.isEmpty() && gpp.isEmpty()) {
        throw InvalidField.missing("tcf", "send a string as 'tcf', as 'gpp' or both");
      }
    }

    @Override
    public String toString() {
      return "Strings[redacted]";
    }
  }

  private record Understood(List<Content> signals) {}

  /**
   * The content of a string.
   *
   * @param says each opt-out in the string's own terms
   * @param notLookedAt the parts that are not understood
   */
  private record Content(String kind, List<String> says, List<String> notLookedAt) {}

  private record Kept(List<One> signals) {
    static Kept of(List<Heard> heard) {
      return new Kept(heard.stream().map(One::of).toList());
    }
  }

  private record Signals(List<One> signals, Optional<String> next) implements Paged {}

  /**
   * A string that was received.
   *
   * @param from the app that passed it on, or {@code customer}
   * @param denied the refusals that it caused, as purpose and recipient
   */
  private record One(
      long number,
      String from,
      Instant at,
      String request,
      String kind,
      List<String> says,
      List<String> notLookedAt,
      List<String> denied) {
    static One of(Heard heard) {
      return new One(
          heard.number(),
          heard.sender(),
          heard.at(),
          heard.request(),
          heard.kind(),
          heard.says(),
          heard.notLookedAt(),
          heard.denied());
    }
  }

  @Override
  public void mount(Routes routes) {
    routes.route(GET, "/v1/me/signals").as(Role.CUSTOMER).paged().handle(this::mine);
    routes
        .route(POST, "/v1/me/signals")
        .as(Role.CUSTOMER)
        .optingOut()
        .body(Strings.class)
        .handle(this::own);
    routes
        .route(POST, "/v1/customers/:customer/signals")
        .as(Role.APP)
        .optingOut()
        .body(Strings.class)
        .handle(this::passedOn);
  }

  /** A string that was received, and its content. */
  private record Received(Signal.Kind kind, String text, Signal signal) {
    String method() {
      return kind.method();
    }

    @Override
    public String toString() {
      return "Received[" + kind + ", redacted]";
    }
  }

  private Answer mine(Request request) {
    Page page = request.page(MAX_SIGNALS);
    long before = page.afterNumber().orElse(Long.MAX_VALUE);
    SubjectId subject = me.subject(request);
    List<Heard> heard = db.inRead(c -> signals.page(c, subject, before, page.limit()));
    me.recordView(request, subject, "signals");
    return Answer.ok(
        new Signals(
            heard.stream().map(One::of).toList(),
            page.next(heard, one -> String.valueOf(one.number()))));
  }

  private Answer own(Request request, Strings strings) {
    List<Received> received = read(strings);
    SubjectId subject = me.enrolled(request);
    if (db.inRead(c -> cameBefore(c, request, subject, received))) {
      limits.change(subject);
    }
    return Answer.ok(Kept.of(hear(request, subject, me.key(subject), received)));
  }

  /** Answers with the content of the strings, the same for known and unknown customers. */
  private Answer passedOn(Request request, Strings strings) {
    registry.ofCaller(request);
    Identifier customer = CustomerSession.named(request.path("customer"));
    List<Received> received = read(strings);
    Optional<SubjectId> subject = db.inRead(c -> customers.find(c, customer));
    Optional<SubjectKey> key = subject.flatMap(core.keys()::find);
    if (key.isPresent()) {
      hear(request, subject.get(), key.get(), received);
    } else {
      recordUnknown(request, customer, received);
    }
    List<Content> contents =
        received.stream()
            .map(one -> new Content(one.method(), one.signal().says(), one.signal().notLookedAt()))
            .toList();
    return Answer.ok(new Understood(contents)).at(SLOT);
  }

  /** Records an entry like one about a customer, with a private part that can never be opened. */
  private void recordUnknown(Request request, Identifier customer, List<Received> received) {
    SubjectId standIn = core.keys().standIn(customers.blind(customer));
    core.log()
        .append(
            AuditEntry.of(EntryType.SIGNAL, facts(request, received))
                .about(standIn.value(), core.keys().standInKey(standIn), Map.of()));
  }

  private static List<Received> read(Strings strings) {
    List<Received> received = new ArrayList<>();
    strings.tcf().ifPresent(text -> received.add(read(Signal.Kind.TCF, "tcf", text)));
    strings.gpp().ifPresent(text -> received.add(read(Signal.Kind.GPP, "gpp", text)));
    return received;
  }

  private static Received read(Signal.Kind kind, String field, String text) {
    try {
      return new Received(kind, text, Signal.read(kind, text));
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

  /** Stores each string once, with its refusals and the log's entries, in one transaction. */
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
          core.log()
              .stage(
                  c,
                  AuditEntry.of(EntryType.SIGNAL, facts(request, received))
                      .about(subject.value(), key, strings));
          return heard;
        });
  }

  private Heard first(Connection c, Request request, SubjectId subject, Received received)
      throws SQLException {
    List<String> denied = new ArrayList<>();
    for (OptOut optOut : received.signal().optOuts()) {
      PrivacySignal.Signalled signalled = signalled(request, received, optOut);
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

  /** Returns the recipient and the time of an opt-out, which depend on its sender. */
  private PrivacySignal.Signalled signalled(Request request, Received received, OptOut optOut) {
    boolean own = request.caller().role() == Role.CUSTOMER;
    Indicator by = own ? Indicator.SUBJECT : Indicator.CONTROLLER;
    return switch (optOut) {
      case OptOut.ToPurposes to ->
          new PrivacySignal.Signalled(
              Signal.Kind.TCF.method(),
              by,
              to.purposes(),
              own ? ConsentLedger.EVERYONE : request.caller().id(),
              Optional.of(told(to)).filter(latest -> latest.isBefore(privacy.now())),
              false);
      case OptOut.ToSaleOrSharing() ->
          new PrivacySignal.Signalled(
              received.method(),
              by,
              privacy.saleOrSharing(),
              ConsentLedger.EVERYONE,
              Optional.empty(),
              !own);
    };
  }

  /** Returns the latest instant of a string's time, which is in tenths of seconds. */
  private static Instant told(OptOut.ToPurposes to) {
    long latest = to.latest().toEpochMilli();
    return Instant.ofEpochMilli(latest % TENTH == 0 ? latest + TENTH - 1 : latest);
  }

  private static Map<String, Object> facts(Request request, List<Received> received) {
    Map<String, Object> facts = request.actor().facts();
    facts.put("signals", received.stream().map(Received::method).toList());
    return facts;
  }
}
