package io.contextkeep.vault.consent;

import static io.vertx.core.http.HttpMethod.GET;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.LogStore;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStates;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.ontology.records.Notice;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.policy.Processing;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Accept;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.OnVirtualThread;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.RequestId;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Times;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * What customers say about who may use their context, what for. Giving and withdrawing are one call
 * each, and the next read heeds it.
 */
public final class ConsentApi implements Routes.Api {
  /** All apps, those not registered yet too: only a no can be said to them. */
  public static final String EVERYONE = "*";

  static final List<String> FORMS = List.of(Media.JSON, Media.JSON_LD);

  private static final SubjectId NOBODY = new SubjectId(1);

  private final CustomerSession me;
  private final Db db;
  private final Registry registry;
  private final Customers customers;
  private final ConsentLedger consents;
  private final Notices notices;
  private final ConsentReceipts receipts;
  private final ReceivedSignals signals;
  private final Supplier<Map<String, Processing>> inForce;
  private final InstantSource clock;

  /**
   * @param inForce what the policy in force lets be done, by purpose
   */
  ConsentApi(
      CustomerSession me,
      Db db,
      Registry registry,
      Customers customers,
      ConsentLedger consents,
      Notices notices,
      ConsentReceipts receipts,
      ReceivedSignals signals,
      Supplier<Map<String, Processing>> inForce,
      InstantSource clock) {
    this.me = me;
    this.db = db;
    this.registry = registry;
    this.customers = customers;
    this.consents = consents;
    this.notices = notices;
    this.receipts = receipts;
    this.signals = signals;
    this.inForce = inForce;
    this.clock = clock;
  }

  @Override
  public void mount(Routes routes) {
    String consent = "/v1/me/consents/:purpose/:app";
    routes.route(GET, "/.well-known/gpc.json").anonymous(Media.JSON).handleOnLoop(ConsentApi::gpc);
    routes
        .as(Role.CUSTOMER)
        .on(HttpMethod.GET, "/v1/me/consents", Media.NO_BODY.giving(FORMS), this::consents)
        .put(consent, this::grant);
    routes.as(Role.CUSTOMER).optingOut().delete(consent, this::withdraw);
  }

  /** That the signal is honoured here, as its specification says it. */
  private static void gpc(RoutingContext routing) {
    OnVirtualThread.write(
        routing, RequestId.next(), Answer.ok(Map.of("gpc", true, "lastUpdate", "2026-11-25")));
  }

  /**
   * A yes to one app for one purpose. For {@code *} it takes a no to all apps back: that allows
   * nothing by itself, because nobody can say yes to apps that are not known yet.
   */
  Answer grant(Request request) {
    request.onlyQuery();
    JsonNode body =
        request.body().length == 0 ? Json.MAPPER.createObjectNode() : Json.object(request.body());
    Json.only(body, Set.of("explicit", "notice", "language", "method", "expires"));
    boolean all = namesEveryone(request);
    Optional<Problem> idle =
        all ? Optional.empty() : whyIdle(Parameters.purpose(request), request.path("app"));
    boolean takesNoBack = all || idle.isPresent() && noStands(request);
    if (idle.isPresent() && !takesNoBack) {
      throw idle.get();
    }
    ConsentEvent draft =
        draft(request, takesNoBack ? ConsentStatus.UNKNOWN : ConsentStatus.GIVEN, body);
    shown(draft).ifPresent(notice -> receipts.check(notice, draft));
    SubjectId subject = me.enrolled(request);
    ConsentEvent yes = said(draft, subject, draft.recipient(), draft.status());
    return said(request, EntryType.GRANT, yes, _ -> List.of(yes));
  }

  /** A no to one app, or with {@code *} to all of them, for one purpose and all narrower ones. */
  Answer withdraw(Request request) {
    request.onlyQuery();
    namesEveryone(request);
    ConsentEvent draft = draft(request, ConsentStatus.REFUSED, Json.MAPPER.createObjectNode());
    SubjectId subject = me.enrolled(request);
    ConsentEvent no = said(draft, subject, draft.recipient(), draft.status());
    return said(request, EntryType.WITHDRAW, no, c -> noes(c, draft, subject));
  }

  /**
   * A no before any yes is a refusal. A no to all is also one to each app that has a yes, so that
   * taking it back brings none of these back.
   */
  private List<ConsentEvent> noes(Connection c, ConsentEvent draft, SubjectId subject)
      throws SQLException {
    TreeSet<String> given = consents.everGiven(c, subject, draft.purpose(), draft.recipient());
    ConsentStatus status = given.isEmpty() ? ConsentStatus.REFUSED : ConsentStatus.WITHDRAWN;
    given.add(draft.recipient());
    List<ConsentEvent> noes = new ArrayList<>();
    for (String recipient : given) {
      ConsentEvent no = said(draft, subject, recipient, status);
      noes.add(ofTheSameNotice(no, consents.lastYes(c, subject, draft.purpose(), recipient)));
    }
    return noes;
  }

  /**
   * Records what was said; where all of it stands already, nothing is added to the history.
   *
   * @param said the events, made in the transaction that adds them: a withdrawal from all apps
   *     reaches every app that was told yes before it
   */
  private Answer said(
      Request request, EntryType type, ConsentEvent what, LogStore.Work<List<ConsentEvent>> said) {
    SubjectId subject = what.subject();
    boolean optsOut =
        type == EntryType.WITHDRAW && db.<Boolean>inRead(c -> changes(c, said.run(c)));
    Optional<Long> receipt =
        me.changed(
            request,
            subject,
            type,
            (Connection c) ->
                Map.of(
                    "purpose", what.purpose().curie(),
                    "recipient", what.recipient(),
                    "status", said.run(c).getFirst().status().name()),
            optsOut,
            c -> {
              List<ConsentEvent> events = said.run(c);
              return changes(c, events) ? appended(c, events) : receipts.current(c, what);
            });
    return db.inRead(
        c -> {
          ConsentEvent standing =
              consents.latest(c, subject, what.purpose(), what.recipient()).orElse(what);
          return answer(
              standing,
              receipt.isEmpty() ? Optional.empty() : receipts.signed(c, subject, receipt.get()),
              type == EntryType.WITHDRAW ? List.of() : stops(c, standing));
        });
  }

  /**
   * A yes that is said again is younger than signals that come late; more than hourly it need not
   * be.
   */
  private boolean isRenewed(Connection c, ConsentEvent standing, ConsentEvent again)
      throws SQLException {
    boolean hourOld = !again.at().isBefore(standing.at().plus(Duration.ofHours(1)));
    return standing.status().allows() && hourOld || consents.isOvertaken(c, standing);
  }

  private Optional<Long> appended(Connection c, List<ConsentEvent> events) throws SQLException {
    try {
      return receipts.append(c, events);
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest("invalid_field", String.valueOf(e.getMessage()));
    }
  }

  /**
   * Says whether the customer's no to just this stands. It is taken back where a yes would do
   * nothing, too: undoing a no takes as many steps as saying it.
   */
  private boolean noStands(Request request) {
    return me.known(request)
        .flatMap(
            subject ->
                db.inRead(
                    c ->
                        consents.latest(
                            c, subject, Parameters.purpose(request), request.path("app"))))
        .filter(standing -> standing.status() != ConsentStatus.UNKNOWN)
        .filter(standing -> !standing.status().allows())
        .isPresent();
  }

  /** Says why a yes could change nothing, since it must not look like one that does. */
  private Optional<Problem> whyIdle(Purpose purpose, String app) {
    if (registry.app(app).filter(a -> a.purposes().contains(purpose.curie())).isEmpty()) {
      return Optional.of(
          new Problem(
              409,
              "purpose_not_registered",
              "The app is not registered for "
                  + purpose.curie()
                  + ", so a yes to it would do nothing"));
    }
    return Optional.ofNullable(inForce.get().get(purpose.curie()))
        .filter(processing -> !processing.basis().isConsent())
        .map(
            processing ->
                new Problem(
                    409,
                    "basis_is_not_consent",
                    purpose.curie()
                        + " rests on "
                        + processing.basis().curie()
                        + ", not on consent, so a yes to it would do nothing. To be against it,"
                        + " send PUT /v1/me/objections/"
                        + purpose.curie()));
  }

  private List<String> stops(Connection c, ConsentEvent yes) throws SQLException {
    return BlockingChoices.of(
        yes,
        consents.latest(c, yes.subject()),
        consents.objectionsOf(c, yes.subject()),
        customers.isRestricted(c, yes.subject()));
  }

  private boolean changes(Connection c, List<ConsentEvent> events) throws SQLException {
    for (ConsentEvent event : events) {
      Optional<ConsentEvent> standing =
          consents.latest(c, event.subject(), event.purpose(), event.recipient());
      if (standing.filter(event::repeats).isEmpty() || isRenewed(c, standing.get(), event)) {
        return true;
      }
    }
    return false;
  }

  /** Withdrawing takes no more words than giving: which notice the yes was to, the vault knows. */
  static ConsentEvent ofTheSameNotice(ConsentEvent no, Optional<ConsentEvent> lastYes) {
    return lastYes.map(yes -> no.underNotice(yes.noticeVersion(), yes.language())).orElse(no);
  }

  /**
   * The notice that a yes is to: where the vault has one about that purpose and app, the newest
   * version must be named, in a language that it exists in.
   */
  private Optional<Notice> shown(ConsentEvent yes) {
    List<Notice> telling = db.inRead(c -> notices.telling(c, yes.purpose(), yes.recipient()));
    if (telling.isEmpty()) {
      return Optional.empty();
    }
    Notice notice =
        telling.stream()
            .filter(told -> told.reference().equals(yes.noticeVersion()))
            .findFirst()
            .orElseThrow(
                () ->
                    new Problem(
                        409,
                        "notice_needed",
                        "A yes to this names the notice that was shown: "
                            + telling.stream().map(Notice::reference).toList()));
    if (notice.text(Optional.of(yes.language())).isEmpty()) {
      throw new Problem(
          409,
          "language_needed",
          "A yes names the language in which the notice was shown: "
              + notice.texts().stream().map(Notice.Text::language).toList());
    }
    return Optional.of(notice);
  }

  /** The recipient is recorded in clear for ever: only a name that an operator gave goes there. */
  private boolean namesEveryone(Request request) {
    String app = request.path("app");
    if (!app.equals(EVERYONE) && registry.app(app).isEmpty()) {
      throw new Problem(404, "unknown_app", "No such app is registered; see /v1/me/apps");
    }
    return app.equals(EVERYONE);
  }

  private static Answer answer(
      ConsentEvent said, Optional<ConsentReceipts.Signed> receipt, List<String> stops) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.put("purpose", said.purpose().curie());
    body.put("app", said.recipient());
    body.put("status", said.status().name());
    body.put("at", said.at().toString());
    ArrayNode stoppedBy = body.putArray("stoppedBy");
    stops.forEach(stoppedBy::add);
    receipt.ifPresent(
        signed ->
            body.putObject("consentReceipt")
                .put("number", signed.number())
                .put("jws", signed.jws()));
    return Answer.ok(body);
  }

  /** What the request says, checked whole before anything is written, and nobody's yet. */
  private ConsentEvent draft(Request request, ConsentStatus status, JsonNode body) {
    try {
      return new ConsentEvent(
          0,
          NOBODY,
          Parameters.purpose(request),
          request.path("app"),
          status,
          Json.flag(body, "explicit", false),
          Json.optionalText(body, "notice", 64).orElse("unversioned"),
          Json.optionalText(body, "language", 35).orElse("und"),
          Json.optionalText(body, "method", 64).orElse("api"),
          clock.instant().truncatedTo(ChronoUnit.MILLIS),
          Json.optionalText(body, "expires", 40)
              .map(text -> Times.parse("The field 'expires'", text))
              .orElse(null));
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest("invalid_field", String.valueOf(e.getMessage()));
    }
  }

  private static ConsentEvent said(
      ConsentEvent draft, SubjectId subject, String recipient, ConsentStatus status) {
    return new ConsentEvent(
        0,
        subject,
        draft.purpose(),
        recipient,
        status,
        draft.explicit(),
        draft.noticeVersion(),
        draft.language(),
        draft.method(),
        draft.at(),
        draft.expiresAt());
  }

  /** The consents as they stand; as JSON-LD, every event that they follow from. */
  Answer consents(Request request) {
    request.onlyQuery();
    String form = Accept.choose(request.header("Accept"), FORMS);
    SubjectId subject = me.subject(request);
    me.recordView(request, subject, "consents");
    return form.equals(Media.JSON_LD)
        ? Answer.of(200, form, ConsentDocument.of(db.inRead(c -> consents.history(c, subject))))
        : Answer.ok(db.inRead(c -> shown(c, subject)));
  }

  private ObjectNode shown(Connection c, SubjectId subject) throws SQLException {
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.set("consents", standing(consents.latest(c, subject)));
    consents
        .firstSignalled(c, subject, PrivacySignal.METHOD)
        .ifPresent(at -> body.put("gpcHonouredAt", at.toString()));
    signals
        .honouredSince(c, subject)
        .forEach((kind, at) -> body.put(kind + "HonouredAt", at.toString()));
    return body;
  }

  private ArrayNode standing(List<ConsentEvent> latest) {
    Instant now = clock.instant();
    ArrayNode all = Json.MAPPER.createArrayNode();
    for (ConsentEvent event : latest) {
      ObjectNode node = all.addObject();
      node.put("purpose", event.purpose().curie());
      node.put("label", event.purpose().label());
      node.put("app", event.recipient());
      node.put("status", ConsentStates.stateAt(event.status(), event.expiresAt(), now).name());
      node.put("explicit", event.explicit());
      node.put("notice", event.noticeVersion());
      node.put("language", event.language());
      node.put("at", event.at().toString());
      Optional.ofNullable(event.expiresAt())
          .ifPresent(expires -> node.put("expires", expires.toString()));
    }
    return all;
  }
}
