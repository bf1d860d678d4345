package io.contextkeep.vault.consent;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.PUT;

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
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.OnVirtualThread;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.RequestId;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Text;
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
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * The consents that customers give and withdraw, per purpose and app. Each takes one call, and the
 * next read is decided by it.
 */
final class ConsentApi implements Routes.Api {
  /** The placeholder in drafts, which are checked before the customer is known. */
  private static final SubjectId NO_SUBJECT = new SubjectId(1);

  private final CustomerSession me;
  private final Db db;
  private final Registry registry;
  private final Customers customers;
  private final Consents kept;
  private final ReceivedSignals signals;
  private final Supplier<Map<String, Processing>> allowed;
  private final InstantSource clock;

  /**
   * @param allowed the processing that the policy in force allows for each purpose
   */
  ConsentApi(
      CustomerSession me,
      Db db,
      Registry registry,
      Customers customers,
      Consents kept,
      ReceivedSignals signals,
      Supplier<Map<String, Processing>> allowed,
      InstantSource clock) {
    this.me = me;
    this.db = db;
    this.registry = registry;
    this.customers = customers;
    this.kept = kept;
    this.signals = signals;
    this.allowed = allowed;
    this.clock = clock;
  }

  /**
   * A consent as the customer gives it. {@link ConsentEvent} checks the codes.
   *
   * @param notice the notice that was shown
   * @param method how the consent was indicated
   */
  private record Grant(
      Optional<Boolean> explicit,
      Optional<@Text(max = 64) String> notice,
      Optional<@Text(max = 35) String> language,
      Optional<@Text(max = 64) String> method,
      Optional<Instant> expires) {
    static final Grant NONE =
        new Grant(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  /**
   * The consent after a change.
   *
   * @param status as the log has it
   * @param stoppedBy the choices that still block the app, each as the call that takes it back
   */
  private record Changed(
      Purpose purpose,
      String app,
      String status,
      Instant at,
      List<String> stoppedBy,
      Optional<ConsentReceipts.Signed> consentReceipt) {}

  /**
   * All consents of a customer, and the time since which each kind of signal is honoured.
   *
   * @param gpcHonouredAt empty if no such signal was received
   */
  private record All(
      List<Current> consents,
      Optional<Instant> gpcHonouredAt,
      Optional<Instant> tcfHonouredAt,
      Optional<Instant> gppHonouredAt) {}

  /**
   * The consent for one purpose and app.
   *
   * @param status as the log has it
   */
  private record Current(
      Purpose purpose,
      String label,
      String app,
      String status,
      boolean explicit,
      String notice,
      String language,
      Instant at,
      Optional<Instant> expires) {
    static Current of(ConsentEvent event, Instant now) {
      return new Current(
          event.purpose(),
          event.purpose().label(),
          event.recipient(),
          ConsentStates.stateAt(event.status(), event.expiresAt(), now).name(),
          event.explicit(),
          event.noticeVersion(),
          event.language(),
          event.at(),
          Optional.ofNullable(event.expiresAt()));
    }
  }

  /** The statement that Global Privacy Control is honoured here, in its specified form. */
  private record GlobalPrivacyControl(boolean gpc, String lastUpdate) {}

  @Override
  public void mount(Routes routes) {
    String consent = "/v1/me/consents/:purpose/:app";
    routes.route(GET, "/.well-known/gpc.json").anonymous(Media.JSON).handleOnLoop(ConsentApi::gpc);
    routes
        .route(GET, "/v1/me/consents")
        .as(Role.CUSTOMER)
        .giving(Media.JSON, Media.JSON_LD)
        .handle(this::consents);
    routes
        .route(PUT, consent)
        .as(Role.CUSTOMER)
        .optionalBody(Grant.class)
        .handle((request, grant) -> grant(request, grant.orElse(Grant.NONE)));
    routes.route(DELETE, consent).as(Role.CUSTOMER).optingOut().handle(this::withdraw);
  }

  private static void gpc(RoutingContext routing) {
    OnVirtualThread.write(
        routing, RequestId.next(), Answer.ok(new GlobalPrivacyControl(true, "2026-11-25")));
  }

  /**
   * Gives consent to one app for one purpose. For {@code *} it takes back a refusal of all apps,
   * which allows nothing by itself: consent to apps that do not exist yet is impossible.
   */
  private Answer grant(Request request, Grant grant) {
    boolean all = namesEveryone(request);
    Optional<Problem> idle =
        all ? Optional.empty() : whyIdle(Parameters.purpose(request), request.path("app"));
    boolean takesRefusalBack = all || idle.isPresent() && isRefused(request);
    if (idle.isPresent() && !takesRefusalBack) {
      throw idle.get();
    }
    ConsentEvent draft =
        draft(request, takesRefusalBack ? ConsentStatus.UNKNOWN : ConsentStatus.GIVEN, grant);
    shown(draft).ifPresent(notice -> kept.receipts().check(notice, draft));
    SubjectId subject = me.enrolled(request);
    ConsentEvent consent = event(draft, subject, draft.recipient(), draft.status());
    return change(request, EntryType.GRANT, consent, _ -> List.of(consent));
  }

  /** Refuses one app, or with {@code *} all of them, for one purpose and all narrower ones. */
  private Answer withdraw(Request request) {
    namesEveryone(request);
    ConsentEvent draft = draft(request, ConsentStatus.REFUSED, Grant.NONE);
    SubjectId subject = me.enrolled(request);
    ConsentEvent refusal = event(draft, subject, draft.recipient(), draft.status());
    return change(request, EntryType.WITHDRAW, refusal, c -> withdrawals(c, draft, subject));
  }

  /**
   * Returns the events of a withdrawal, which is a refusal where no consent was given before. A
   * withdrawal from all apps is also one from each app with a consent, so that taking it back
   * restores none of these.
   */
  private List<ConsentEvent> withdrawals(Connection c, ConsentEvent draft, SubjectId subject)
      throws SQLException {
    TreeSet<String> given = kept.ledger().everGiven(c, subject, draft.purpose(), draft.recipient());
    ConsentStatus status = given.isEmpty() ? ConsentStatus.REFUSED : ConsentStatus.WITHDRAWN;
    given.add(draft.recipient());
    List<ConsentEvent> events = new ArrayList<>();
    for (String recipient : given) {
      ConsentEvent event = event(draft, subject, recipient, status);
      events.add(
          ofTheSameNotice(event, kept.ledger().lastYes(c, subject, draft.purpose(), recipient)));
    }
    return events;
  }

  /**
   * Records a change; if all of it is in force already, nothing is added to the history.
   *
   * @param events makes the events in the transaction that adds them: a withdrawal from all apps
   *     reaches every app that was given consent before it
   */
  private Answer change(
      Request request,
      EntryType type,
      ConsentEvent consent,
      LogStore.Work<List<ConsentEvent>> events) {
    SubjectId subject = consent.subject();
    boolean optsOut =
        type == EntryType.WITHDRAW && db.<Boolean>inRead(c -> changes(c, events.run(c)));
    Optional<Long> receipt =
        me.changed(
            request,
            subject,
            type,
            (Connection c) ->
                Map.of(
                    "purpose", consent.purpose().curie(),
                    "recipient", consent.recipient(),
                    "status", events.run(c).getFirst().status().name()),
            optsOut,
            c -> {
              List<ConsentEvent> made = events.run(c);
              return changes(c, made) ? appended(c, made) : kept.receipts().current(c, consent);
            });
    return db.inRead(
        c -> {
          ConsentEvent current =
              kept.ledger()
                  .latest(c, subject, consent.purpose(), consent.recipient())
                  .orElse(consent);
          return Answer.ok(
              new Changed(
                  current.purpose(),
                  current.recipient(),
                  current.status().name(),
                  current.at(),
                  type == EntryType.WITHDRAW ? List.of() : blocking(c, current),
                  receipt.isEmpty()
                      ? Optional.empty()
                      : kept.receipts().signed(c, subject, receipt.get())));
        });
  }

  /**
   * Returns whether a consent that is given again is recorded again, so that it is younger than
   * signals that come late. Once an hour is enough.
   */
  private boolean isRenewed(Connection c, ConsentEvent current, ConsentEvent again)
      throws SQLException {
    boolean hourOld = !again.at().isBefore(current.at().plus(Duration.ofHours(1)));
    return current.status().allows() && hourOld || kept.ledger().isOvertaken(c, current);
  }

  private Optional<Long> appended(Connection c, List<ConsentEvent> events) throws SQLException {
    try {
      return kept.receipts().append(c, events);
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest("invalid_field", String.valueOf(e.getMessage()));
    }
  }

  /**
   * Returns whether the customer's refusal of exactly this is in force. It can be taken back even
   * if a consent would have no effect: undoing a refusal takes as many steps as making it.
   */
  private boolean isRefused(Request request) {
    return me.known(request)
        .flatMap(
            subject ->
                db.inRead(
                    c ->
                        kept.ledger()
                            .latest(c, subject, Parameters.purpose(request), request.path("app"))))
        .filter(current -> current.status() != ConsentStatus.UNKNOWN)
        .filter(current -> !current.status().allows())
        .isPresent();
  }

  /** Returns why a consent would change nothing, since it must not look like one that does. */
  private Optional<Problem> whyIdle(Purpose purpose, String app) {
    if (registry.app(app).filter(a -> a.purposes().contains(purpose.curie())).isEmpty()) {
      return Optional.of(
          new Problem(
              409,
              "purpose_not_registered",
              "The app is not registered for "
                  + purpose.curie()
                  + ", so consent to it would have no effect; GET /v1/me/apps lists the purposes of"
                  + " each app"));
    }
    return Optional.ofNullable(allowed.get().get(purpose.curie()))
        .filter(processing -> !processing.basis().isConsent())
        .map(
            processing ->
                new Problem(
                    409,
                    "basis_is_not_consent",
                    purpose.curie()
                        + " rests on "
                        + processing.basis().curie()
                        + ", so consent to it would have no effect. To object to it, send"
                        + " PUT /v1/me/objections/"
                        + purpose.curie()));
  }

  private List<String> blocking(Connection c, ConsentEvent consent) throws SQLException {
    return BlockingChoices.of(
        consent,
        kept.ledger().latest(c, consent.subject()),
        kept.ledger().objectionsOf(c, consent.subject()),
        customers.isRestricted(c, consent.subject()));
  }

  private boolean changes(Connection c, List<ConsentEvent> events) throws SQLException {
    for (ConsentEvent event : events) {
      Optional<ConsentEvent> current =
          kept.ledger().latest(c, event.subject(), event.purpose(), event.recipient());
      if (current.filter(event::repeats).isEmpty() || isRenewed(c, current.get(), event)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the refusal under the notice of the last consent: withdrawing takes no more input than
   * giving, so the vault adds what it knows.
   */
  static ConsentEvent ofTheSameNotice(ConsentEvent refusal, Optional<ConsentEvent> lastYes) {
    return lastYes
        .map(yes -> refusal.underNotice(yes.noticeVersion(), yes.language()))
        .orElse(refusal);
  }

  /**
   * Returns the notice that a consent refers to. Where the vault has notices about that purpose and
   * app, the consent must name the newest version of one, in a language that it exists in.
   */
  private Optional<Notice> shown(ConsentEvent consent) {
    List<Notice> telling =
        db.inRead(c -> kept.notices().telling(c, consent.purpose(), consent.recipient()));
    if (telling.isEmpty()) {
      return Optional.empty();
    }
    Notice notice =
        telling.stream()
            .filter(told -> told.reference().equals(consent.noticeVersion()))
            .findFirst()
            .orElseThrow(
                () ->
                    new Problem(
                        409,
                        "notice_needed",
                        "Name the notice that was shown, as the field 'notice': one of "
                            + telling.stream().map(Notice::reference).toList()));
    if (notice.text(Optional.of(consent.language())).isEmpty()) {
      throw new Problem(
          409,
          "language_needed",
          "Name the language in which the notice was shown, as the field 'language': one of "
              + notice.texts().stream().map(Notice.Text::language).toList());
    }
    return Optional.of(notice);
  }

  /**
   * Returns whether the path names all apps. The recipient is recorded in clear for ever, so only a
   * name that an operator registered is let through.
   */
  private boolean namesEveryone(Request request) {
    String app = request.path("app");
    if (!app.equals(ConsentLedger.EVERYONE) && registry.app(app).isEmpty()) {
      throw new Problem(
          404, "unknown_app", "No app of this id is registered; GET /v1/me/apps lists them all");
    }
    return app.equals(ConsentLedger.EVERYONE);
  }

  /** Returns the checked content of the request, before anything is written. */
  private ConsentEvent draft(Request request, ConsentStatus status, Grant grant) {
    try {
      return new ConsentEvent(
          0,
          NO_SUBJECT,
          Parameters.purpose(request),
          request.path("app"),
          status,
          grant.explicit().orElse(false),
          grant.notice().orElse("unversioned"),
          grant.language().orElse("und"),
          grant.method().orElse("api"),
          clock.instant().truncatedTo(ChronoUnit.MILLIS),
          grant.expires().orElse(null));
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest("invalid_field", String.valueOf(e.getMessage()));
    }
  }

  private static ConsentEvent event(
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

  /** Shows the consents that are in force; as JSON-LD, all of their events. */
  private Answer consents(Request request) {
    SubjectId subject = me.subject(request);
    me.recordView(request, subject, "consents");
    return request.type().equals(Media.JSON_LD)
        ? Answer.of(
            200,
            Media.JSON_LD,
            ConsentDocument.of(db.inRead(c -> kept.ledger().history(c, subject))))
        : Answer.ok(db.inRead(c -> all(c, subject)));
  }

  private All all(Connection c, SubjectId subject) throws SQLException {
    Instant now = clock.instant();
    Map<String, Instant> honoured = signals.honouredSince(c, subject);
    return new All(
        kept.ledger().latest(c, subject).stream().map(event -> Current.of(event, now)).toList(),
        kept.ledger().firstSignalled(c, subject, PrivacySignal.METHOD),
        Optional.ofNullable(honoured.get("tcf")),
        Optional.ofNullable(honoured.get("gpp")));
  }
}
