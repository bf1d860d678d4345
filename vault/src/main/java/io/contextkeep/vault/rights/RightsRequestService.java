package io.contextkeep.vault.rights;

import io.contextkeep.audit.Receipt;
import io.contextkeep.ontology.LegalBasis;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.RequestState;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.consent.PrivacySignal;
import io.contextkeep.vault.customers.AuditedChange;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.policy.Processing;
import io.contextkeep.vault.simulation.Evidence;
import io.contextkeep.vault.simulation.MyEvidenceApi;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What becomes of a request as soon as it is made, whoever made it. What the vault can do by itself
 * is done in the transaction that takes the request in; the rest waits for an operator.
 */
public final class RightsRequestService {
  /** Nothing else. */
  static final Also ALONE = (_, _) -> {};

  private final CustomerSession me;
  private final Db db;
  private final Customers customers;
  private final CustomerActions acts;
  private final PrivacySignal signal;
  private final Evidence evidence;
  private final ProcessingToday processing;
  private final Cases cases;
  private final Casework casework;

  RightsRequestService(
      CustomerSession me,
      Db db,
      Customers customers,
      CustomerActions acts,
      PrivacySignal signal,
      Evidence evidence,
      ProcessingToday processing,
      Cases cases,
      Casework casework) {
    this.me = me;
    this.db = db;
    this.customers = customers;
    this.acts = acts;
    this.signal = signal;
    this.evidence = evidence;
    this.processing = processing;
    this.cases = cases;
    this.casework = casework;
  }

  /** What else is written in the transaction that takes a request in. */
  @FunctionalInterface
  public interface Also {
    void with(Connection c, RightsCase one) throws SQLException;
  }

  /**
   * Takes the request in and does what can be done.
   *
   * @param request the id of the request that carries it
   * @param actor the one who made it
   */
  public RightsCase made(
      String request, Actor actor, SubjectId subject, RightsRequestDraft wish, Also also) {
    Stance stance = stance(wish, processings(wish, subject));
    List<AuditedChange> doing = stance == Stance.DO ? doing(subject, wish) : List.of();
    RightsCase made =
        db.inWrite(
            c -> {
              RightsCase taken = taken(c, actor, subject, wish, stance, doing);
              also.with(c, taken);
              return taken;
            });
    return made.isBeingErased() && acts.erased(request, subject)
        ? db.inRead(c -> cases.find(c, made.id())).orElseThrow()
        : made;
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
  private Stance stance(RightsRequestDraft wish, List<Processing> about) {
    Set<LegalBasis> bases = about.stream().map(Processing::basis).collect(Collectors.toSet());
    RulePack pack = wish.pack();
    if (!pack.has(wish.right())) {
      return Stance.NO_SUCH_RIGHT;
    }
    boolean follows =
        wish.right() == Right.OBJECTION
            ? processing.canBeObjectedTo(wish.purpose().orElseThrow())
            : Casework.follows(pack, wish.right(), bases);
    if (!follows) {
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

  /** What is done in the matter: with the purpose that it names and all narrower, or with any. */
  private List<Processing> processings(RightsRequestDraft wish, SubjectId subject) {
    Optional<Purpose> of =
        wish.decision()
            .map(index -> MyEvidenceApi.decision(evidence, subject, Optional.of(index)))
            .flatMap(decided -> Purpose.parse(decided.question().purpose()))
            .or(wish::purpose);
    return processing.within(of);
  }

  private List<AuditedChange> doing(SubjectId subject, RightsRequestDraft wish) {
    return switch (wish.right()) {
      case RECTIFICATION -> List.of(wish.correction().orElseThrow());
      case RESTRICTION -> List.of(acts.restriction(subject, true));
      case OBJECTION -> List.of(acts.objection(subject, wish.purpose().orElseThrow(), true));
      case OPT_OUT -> signal.optOut(subject);
      case ACCESS, ERASURE, PORTABILITY, REVIEW -> List.of();
    };
  }

  private RightsCase taken(
      Connection c,
      Actor actor,
      SubjectId subject,
      RightsRequestDraft wish,
      Stance stance,
      List<AuditedChange> doing)
      throws SQLException {
    RightsCase one =
        casework.open(c, actor, Optional.of(subject), wish.pack(), wish.right(), wish.matter());
    return switch (stance) {
      case NO_SUCH_RIGHT -> rejected(c, actor, one, RulePack.NO_SUCH_RIGHT);
      case NO_PROCESSING -> rejected(c, actor, one, RulePack.NO_PROCESSING);
      case OFFER -> casework.step(c, actor, one, RequestState.REQUIRES_ACTION, Casework.Note.NONE);
      case ASK -> one;
      case DO -> {
        RightsCase accepted =
            casework.step(c, actor, one, RequestState.ACCEPTED, Casework.Note.NONE);
        if (wish.right() == Right.ERASURE) {
          customers.startErasing(c, subject);
          yield accepted;
        }
        yield done(c, actor, subject, accepted, doing);
      }
    };
  }

  private RightsCase rejected(Connection c, Actor actor, RightsCase one, String reason)
      throws SQLException {
    return casework.step(c, actor, one, RequestState.REJECTED, Casework.Note.because(reason));
  }

  /** Where there was nothing to do, because nothing is sold or shared, that is the answer. */
  private RightsCase done(
      Connection c, Actor actor, SubjectId subject, RightsCase accepted, List<AuditedChange> doing)
      throws SQLException {
    if (doing.isEmpty()) {
      return casework.step(
          c,
          actor,
          accepted,
          RequestState.UNFULFILLED,
          Casework.Note.because(RulePack.NO_PROCESSING));
    }
    Receipt last = me.staged(c, actor, subject, doing.getFirst());
    for (AuditedChange act : doing.subList(1, doing.size())) {
      last = me.staged(c, actor, subject, act);
    }
    return casework.step(c, actor, accepted, RequestState.FULFILLED, Casework.Note.shownBy(last));
  }
}
