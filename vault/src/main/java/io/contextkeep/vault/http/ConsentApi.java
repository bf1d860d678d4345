package io.contextkeep.vault.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStates;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.ontology.records.Notice;
import io.contextkeep.vault.consent.ConsentReceipts;
import io.contextkeep.vault.consent.Notices;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.read.Processing;
import io.contextkeep.vault.store.ConsentLedger;
import io.contextkeep.vault.store.Customers;
import io.contextkeep.vault.store.HeardSignals;
import io.contextkeep.vault.store.Registry;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What customers say about who may use their context, what for. Giving and withdrawing are one call
 * each, and the next read heeds it.
 */
final class ConsentApi implements Routes.Api {
  /** All apps, those not registered yet too: only a no can be said to them. */
  static final String EVERYONE = "*";

  static final List<String> FORMS = List.of(Media.JSON, Media.JSON_LD);

  private static final SubjectId NOBODY = new SubjectId(1);

  private final Me me;
  private final Db db;
  private final Registry registry;
  private final Customers customers;
  private final ConsentLedger consents;
  private final Notices notices;
  private final ConsentReceipts receipts;
  private final HeardSignals signals;
  private final Supplier<Map<String, Processing>> inForce;
  private final InstantSource clock;

  /**
   * @param inForce what the policy in force lets be done, by purpose
   */
  ConsentApi(
      Me me,
      Db db,
      Registry registry,
      Customers customers,
      ConsentLedger consents,
      Notices notices,
      ConsentReceipts receipts,
      HeardSignals signals,
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
    routes
        .open("/.well-known/gpc.json", Media.JSON, ConsentApi::gpc)
        .on(HttpMethod.GET, "/v1/me/consents", Media.NO_BODY.giving(FORMS), this::consents)
        .put(consent, this::grant)
        .delete(consent, this::withdraw);
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
    request.as(Role.CUSTOMER).onlyQuery();
    JsonNode body =
        request.body().length == 0 ? Json.MAPPER.createObjectNode() : Json.object(request.body());
    Json.only(body, Set.of("explicit", "notice", "language", "method", "expires"));
    boolean all = namesEveryone(request);
    if (!all) {
      checkThatConsentMatters(Me.purpose(request), request.path("app"));
    }
    ConsentEvent draft = draft(request, all ? ConsentStatus.UNKNOWN : ConsentStatus.GIVEN, body);
    shown(draft).ifPresent(notice -> receipts.check(notice, draft));
    SubjectId subject = me.enrolled(request);
    ConsentEvent said = said(draft, subject, draft.recipient(), draft.status());
    ConsentReceipts.Appended appended =
        append(request, EntryType.GRANT, subject, said, List.of(said));
    ConsentEvent yes = said.saidAt(appended.at());
    return answer(
        yes,
        signed(subject, appended),
        db.inRead(
            c ->
                Stops.of(
                    yes,
                    consents.history(c, subject),
                    consents.objectionsOf(c, subject),
                    customers.isRestricted(c, subject))));
  }

  /** A no to one app, or with {@code *} to all of them, for one purpose and all narrower ones. */
  Answer withdraw(Request request) {
    request.as(Role.CUSTOMER).onlyQuery();
    namesEveryone(request);
    ConsentEvent draft = draft(request, ConsentStatus.REFUSED, Json.MAPPER.createObjectNode());
    SubjectId subject = me.enrolled(request);
    List<ConsentEvent> history = db.inRead(c -> consents.history(c, subject));
    TreeSet<String> given = givenTo(history, draft.purpose(), draft.recipient());
    // A no before any yes is a refusal. A no to all is also one to each app that has a yes, so that
    // taking it back brings none of these back.
    ConsentStatus status = given.isEmpty() ? ConsentStatus.REFUSED : ConsentStatus.WITHDRAWN;
    given.add(draft.recipient());
    List<ConsentEvent> events =
        given.stream()
            .map(recipient -> ofTheSameNotice(said(draft, subject, recipient, status), history))
            .toList();
    ConsentEvent no = said(draft, subject, draft.recipient(), status);
    ConsentReceipts.Appended appended = append(request, EntryType.WITHDRAW, subject, no, events);
    return answer(no.saidAt(appended.at()), signed(subject, appended), List.of());
  }

  private Optional<ConsentReceipts.Signed> signed(
      SubjectId subject, ConsentReceipts.Appended appended) {
    return appended
        .receipt()
        .flatMap(number -> db.inRead(c -> receipts.signed(c, subject, number)));
  }

  /** Withdrawing takes no more words than giving: which notice the yes was to, the vault knows. */
  static ConsentEvent ofTheSameNotice(ConsentEvent no, Collection<ConsentEvent> history) {
    return history.stream()
        .filter(said -> said.purpose().equals(no.purpose()))
        .filter(said -> said.recipient().equals(no.recipient()) && said.status().allows())
        .max(Comparator.comparing(ConsentEvent::id))
        .map(yes -> no.underNotice(yes.noticeVersion(), yes.language()))
        .orElse(no);
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

  /** Who of those that a no to the recipient is for has been told yes. */
  static TreeSet<String> givenTo(
      Collection<ConsentEvent> history, Purpose purpose, String recipient) {
    TreeSet<String> given = new TreeSet<>();
    for (ConsentEvent said : history) {
      boolean covered = recipient.equals(EVERYONE) || said.recipient().equals(recipient);
      if (said.status().allows() && said.purpose().equals(purpose) && covered) {
        given.add(said.recipient());
      }
    }
    return given;
  }

  /** The recipient is recorded in clear for ever: only a name that an operator gave goes there. */
  private boolean namesEveryone(Request request) {
    String app = request.path("app");
    if (!app.equals(EVERYONE) && registry.app(app).isEmpty()) {
      throw new Problem(404, "unknown_app", "No such app is registered; see /v1/me/apps");
    }
    return app.equals(EVERYONE);
  }

  /** A yes that could change nothing must not look like one that does. */
  private void checkThatConsentMatters(Purpose purpose, String app) {
    if (registry.app(app).filter(a -> a.purposes().contains(purpose.curie())).isEmpty()) {
      throw new Problem(
          409,
          "purpose_not_registered",
          "The app is not registered for " + purpose.curie() + ", so a yes to it would do nothing");
    }
    Processing processing = inForce.get().get(purpose.curie());
    if (processing != null && !processing.basis().isConsent()) {
      throw new Problem(
          409,
          "basis_is_not_consent",
          purpose.curie()
              + " rests on "
              + processing.basis().curie()
              + ", not on consent, so a yes to it would do nothing. To be against it, send PUT"
              + " /v1/me/objections/"
              + purpose.curie());
    }
  }

  private ConsentReceipts.Appended append(
      Request request,
      EntryType type,
      SubjectId subject,
      ConsentEvent what,
      List<ConsentEvent> events) {
    try {
      return me.changed(
          request,
          subject,
          type,
          Map.of(
              "purpose", what.purpose().curie(),
              "recipient", what.recipient(),
              "status", what.status().name()),
          c -> receipts.append(c, events));
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest("invalid_field", String.valueOf(e.getMessage()));
    }
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
          Me.purpose(request),
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
    request.as(Role.CUSTOMER).onlyQuery();
    String form = Accept.choose(request.header("Accept"), FORMS);
    SubjectId subject = me.subject(request);
    List<ConsentEvent> history = db.inRead(c -> consents.history(c, subject));
    me.recordView(request, subject, "consents");
    return form.equals(Media.JSON_LD)
        ? Answer.of(200, form, ConsentDocument.of(history))
        : Answer.ok(shown(history, db.inRead(c -> signals.honouredSince(c, subject))));
  }

  /**
   * @param honoured since when a no in each kind of string is
   */
  private ObjectNode shown(List<ConsentEvent> history, Map<String, Instant> honoured) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.set("consents", standing(history));
    PrivacySignal.honouredAt(history).ifPresent(at -> body.put("gpcHonouredAt", at.toString()));
    honoured.forEach((kind, at) -> body.put(kind + "HonouredAt", at.toString()));
    return body;
  }

  private ArrayNode standing(List<ConsentEvent> history) {
    Instant now = clock.instant();
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
          Optional<ConsentEvent> standing = ConsentStates.latest(events);
          if (standing.isEmpty()) {
            return;
          }
          ConsentEvent latest = standing.get();
          ObjectNode node = all.addObject();
          node.put("purpose", latest.purpose().curie());
          node.put("label", latest.purpose().label());
          node.put("app", latest.recipient());
          node.put(
              "status", ConsentStates.stateAt(latest.status(), latest.expiresAt(), now).name());
          node.put("explicit", latest.explicit());
          node.put("notice", latest.noticeVersion());
          node.put("language", latest.language());
          node.put("at", latest.at().toString());
          Optional.ofNullable(latest.expiresAt())
              .ifPresent(expires -> node.put("expires", expires.toString()));
        });
    return all;
  }
}
