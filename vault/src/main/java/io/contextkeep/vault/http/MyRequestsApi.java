package io.contextkeep.vault.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.audit.Receipt;
import io.contextkeep.ontology.LegalBasis;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.RequestState;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.read.Processing;
import io.contextkeep.vault.replay.Evidence;
import io.contextkeep.vault.rights.Cases;
import io.contextkeep.vault.rights.Casework;
import io.contextkeep.vault.rights.Right;
import io.contextkeep.vault.rights.RightsCase;
import io.contextkeep.vault.rights.RulePack;
import io.contextkeep.vault.rights.RulePacks;
import io.contextkeep.vault.store.Attribute;
import io.contextkeep.vault.store.Customers;
import io.contextkeep.vault.store.Registry;
import io.vertx.core.http.HttpMethod;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Customers' requests to exercise a right, each a case with a clock. What the vault can do by
 * itself is done in the transaction that takes the request in; the rest waits for an operator.
 */
final class MyRequestsApi implements Routes.Api {
  private static final int MOST = 500;
  private static final List<String> FORMS = List.of(Media.JSON, Media.JSON_LD);
  private static final Set<Right> OF_WHOM_NOTHING_IS_HELD =
      Set.of(Right.RESTRICTION, Right.OBJECTION, Right.OPT_OUT);

  private final Me me;
  private final Db db;
  private final Registry registry;
  private final Customers customers;
  private final Acts acts;
  private final PrivacySignal signal;
  private final Evidence evidence;
  private final Supplier<Map<String, Processing>> inForce;
  private final RulePacks rules;
  private final Cases cases;
  private final Casework casework;
  private final InstantSource clock;

  /**
   * @param inForce what the policy in force lets be done, by purpose
   */
  MyRequestsApi(
      Me me,
      Db db,
      Registry registry,
      Customers customers,
      Acts acts,
      PrivacySignal signal,
      Evidence evidence,
      Supplier<Map<String, Processing>> inForce,
      RulePacks rules,
      Cases cases,
      Casework casework,
      InstantSource clock) {
    this.me = me;
    this.db = db;
    this.registry = registry;
    this.customers = customers;
    this.acts = acts;
    this.signal = signal;
    this.evidence = evidence;
    this.inForce = inForce;
    this.rules = rules;
    this.cases = cases;
    this.casework = casework;
    this.clock = clock;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .post("/v1/me/requests", this::make)
        .get("/v1/me/requests", this::all)
        .on(HttpMethod.GET, "/v1/me/requests/:id", Media.NO_BODY.giving(FORMS), this::one);
  }

  /** What a request says, checked; what names the customer's own is checked when she is known. */
  private record Wish(
      RulePack pack,
      Right right,
      Optional<Purpose> purpose,
      Optional<Attribute> attribute,
      JsonNode value,
      Optional<Long> decision) {

    RightsCase.Matter matter() {
      return new RightsCase.Matter(
          purpose.map(Purpose::curie), attribute.map(Attribute::name), decision);
    }
  }

  Answer make(Request request) {
    request.as(Role.CUSTOMER).onlyQuery();
    Wish wish = wish(Json.object(request.body()));
    SubjectId subject =
        OF_WHOM_NOTHING_IS_HELD.contains(wish.right()) ? me.enrolled(request) : me.subject(request);
    Stance stance = stance(wish, processings(wish, subject));
    List<Act> doing = stance == Stance.DO ? doing(request, subject, wish) : List.of();
    RightsCase made =
        Cased.or(() -> db.inWrite(c -> made(c, request, subject, wish, stance, doing)));
    boolean erasing = made.right() == Right.ERASURE && made.state() == RequestState.ACCEPTED;
    return erasing ? erased(request, subject, made) : Answer.ok(whole(made));
  }

  private Wish wish(JsonNode body) {
    Right right =
        Right.parse(Json.text(body, "right", 20))
            .orElseThrow(
                () ->
                    Problem.badRequest(
                        "invalid_field", "The field 'right' is one of " + Right.codes()));
    Json.only(
        body,
        Stream.concat(Stream.of("right", "jurisdiction"), right.fields().stream())
            .collect(Collectors.toSet()));
    RulePack pack =
        Json.optionalText(body, "jurisdiction", 20).map(this::pack).orElseGet(rules::usual);
    Optional<Attribute> attribute =
        needed(right, "attribute").map(field -> acts.correctable(Json.text(body, field, 63)));
    attribute.ifPresent(known -> Values.check(known, body.path("value")));
    return new Wish(
        pack,
        right,
        needed(right, "purpose").map(field -> purpose(Json.text(body, field, 200))),
        attribute,
        body.path("value"),
        needed(right, "decision")
            .map(field -> Json.optionalIndex(body, field).orElseThrow(() -> missing(field))));
  }

  private static Problem missing(String field) {
    return Problem.badRequest("missing_field", "The field '" + field + "' is needed");
  }

  private static Optional<String> needed(Right right, String field) {
    return Optional.of(field).filter(right.fields()::contains);
  }

  private RulePack pack(String jurisdiction) {
    return rules
        .at(jurisdiction)
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "unknown_jurisdiction",
                    "The field 'jurisdiction' is one of " + rules.places()));
  }

  private static Purpose purpose(String text) {
    return Purpose.parse(text)
        .orElseThrow(() -> Problem.badRequest("unknown_purpose", "The purpose is no DPV 2.3 term"));
  }

  /** What becomes of a request as soon as it is made. */
  private enum Stance {
    NO_SUCH_RIGHT,
    NO_PROCESSING,
    DO,
    OFFER,
    ASK
  }

  /**
   * Where one thing that is done gives the right to erasure and another, such as a duty to keep,
   * does not, a person decides.
   */
  private Stance stance(Wish wish, List<Processing> about) {
    Set<LegalBasis> bases = about.stream().map(Processing::basis).collect(Collectors.toSet());
    RulePack pack = wish.pack();
    if (!pack.has(wish.right())) {
      return Stance.NO_SUCH_RIGHT;
    }
    if (!Casework.follows(pack, wish.right(), bases) && !isAgainstMarketing(wish, about)) {
      return Stance.NO_PROCESSING;
    }
    return switch (wish.right()) {
      case ACCESS, PORTABILITY -> Stance.OFFER;
      case REVIEW -> Stance.ASK;
      case ERASURE ->
          bases.stream().allMatch(basis -> Casework.follows(pack, Right.ERASURE, Set.of(basis)))
              ? Stance.DO
              : Stance.ASK;
      case RECTIFICATION, RESTRICTION, OBJECTION, OPT_OUT -> Stance.DO;
    };
  }

  /** Article 21(2) and (3): nobody asks on which basis direct marketing rests. */
  private static boolean isAgainstMarketing(Wish wish, List<Processing> about) {
    return wish.right() == Right.OBJECTION
        && about.stream().anyMatch(done -> isWithin(done.purpose(), DIRECT_MARKETING));
  }

  private static final Purpose DIRECT_MARKETING =
      Purpose.parse("dpv:DirectMarketing").orElseThrow();

  private static boolean isWithin(Purpose purpose, Purpose broader) {
    return purpose.equals(broader) || purpose.ancestors().contains(broader);
  }

  /** What is done in the matter: with the purpose that it names and all narrower, or with any. */
  private List<Processing> processings(Wish wish, SubjectId subject) {
    Map<String, Processing> all = inForce.get();
    Optional<Purpose> of =
        wish.decision()
            .map(index -> MyEvidenceApi.decision(evidence, subject, Optional.of(index)))
            .flatMap(decided -> Purpose.parse(decided.question().purpose()))
            .or(wish::purpose);
    return registry.apps().stream()
        .flatMap(app -> app.purposes().stream())
        .distinct()
        .flatMap(purpose -> Optional.ofNullable(all.get(purpose)).stream())
        .filter(done -> of.isEmpty() || isWithin(done.purpose(), of.get()))
        .toList();
  }

  private List<Act> doing(Request request, SubjectId subject, Wish wish) {
    return switch (wish.right()) {
      case RECTIFICATION ->
          List.of(acts.correction(request, wish.attribute().orElseThrow(), wish.value()));
      case RESTRICTION -> List.of(acts.restriction(subject, true));
      case OBJECTION -> List.of(acts.objection(subject, wish.purpose().orElseThrow(), true));
      case OPT_OUT -> signal.optOut(subject);
      case ACCESS, ERASURE, PORTABILITY, REVIEW -> List.of();
    };
  }

  private RightsCase made(
      Connection c, Request request, SubjectId subject, Wish wish, Stance stance, List<Act> doing)
      throws SQLException {
    Map<String, Object> who = request.who();
    RightsCase one = casework.open(c, who, subject, wish.pack(), wish.right(), wish.matter());
    return switch (stance) {
      case NO_SUCH_RIGHT -> rejected(c, who, one, RulePack.NO_SUCH_RIGHT);
      case NO_PROCESSING -> rejected(c, who, one, RulePack.NO_PROCESSING);
      case OFFER -> casework.step(c, who, one, RequestState.REQUIRES_ACTION, Casework.Note.NONE);
      case ASK -> one;
      case DO -> {
        RightsCase accepted = casework.step(c, who, one, RequestState.ACCEPTED, Casework.Note.NONE);
        if (wish.right() == Right.ERASURE) {
          customers.startErasing(c, subject);
          yield accepted;
        }
        yield done(c, request, subject, accepted, doing);
      }
    };
  }

  private RightsCase rejected(Connection c, Map<String, Object> who, RightsCase one, String reason)
      throws SQLException {
    return casework.step(c, who, one, RequestState.REJECTED, Casework.Note.because(reason));
  }

  /** Where there was nothing to do, because nothing is sold or shared, that is the answer. */
  private RightsCase done(
      Connection c, Request request, SubjectId subject, RightsCase accepted, List<Act> doing)
      throws SQLException {
    if (doing.isEmpty()) {
      return casework.step(
          c,
          request.who(),
          accepted,
          RequestState.UNFULFILLED,
          Casework.Note.because(RulePack.NO_PROCESSING));
    }
    Receipt last = me.staged(c, request, subject, doing.getFirst());
    for (Act act : doing.subList(1, doing.size())) {
      last = me.staged(c, request, subject, act);
    }
    return casework.step(
        c, request.who(), accepted, RequestState.FULFILLED, Casework.Note.shownBy(last));
  }

  private Answer erased(Request request, SubjectId subject, RightsCase accepted) {
    return acts.erased(request, subject)
        ? Answer.ok(whole(db.inRead(c -> cases.find(c, accepted.id())).orElseThrow()))
        : Answer.json(202, whole(accepted));
  }

  Answer all(Request request) {
    request.as(Role.CUSTOMER).onlyQuery();
    SubjectId subject = me.subject(request);
    List<RightsCase> hers = db.inRead(c -> cases.of(c, subject, MOST));
    me.recordView(request, subject, "requests");
    return Answer.ok(Map.of("requests", hers.stream().map(this::whole).toList()));
  }

  /**
   * A case of her own, or one of somebody who is erased: it is nobody's any more, and only she was
   * told its number.
   */
  Answer one(Request request) {
    request.as(Role.CUSTOMER).onlyQuery();
    String form = Accept.choose(request.header("Accept"), FORMS);
    Optional<SubjectId> subject = me.known(request);
    RightsCase found =
        db.inRead(c -> cases.find(c, request.path("id")))
            .filter(one -> one.subject().isEmpty() || one.subject().equals(subject))
            .orElseThrow(() -> new Problem(404, "no_such_request", "You made no such request"));
    subject.ifPresent(her -> me.recordView(request, her, "request"));
    return form.equals(Media.JSON_LD)
        ? Answer.of(200, form, found.record().json())
        : Answer.ok(whole(found));
  }

  private Object whole(RightsCase one) {
    return CaseJson.whole(one, clock.instant());
  }
}
