package io.contextkeep.vault.http;

import io.contextkeep.audit.Receipt;
import io.contextkeep.ontology.LegalBasis;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.RequestState;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.read.Processing;
import io.contextkeep.vault.replay.Evidence;
import io.contextkeep.vault.rights.Cases;
import io.contextkeep.vault.rights.Casework;
import io.contextkeep.vault.rights.Right;
import io.contextkeep.vault.rights.RightsCase;
import io.contextkeep.vault.rights.RulePack;
import io.contextkeep.vault.store.Customers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What becomes of a request as soon as it is made, whoever made it. What the vault can do by itself
 * is done in the transaction that takes the request in; the rest waits for an operator.
 */
final class Exercise {
  /** Nothing else. */
  static final Also ALONE = (_, _) -> {};

  private final Me me;
  private final Db db;
  private final Customers customers;
  private final Acts acts;
  private final PrivacySignal signal;
  private final Evidence evidence;
  private final ProcessingToday processing;
  private final Cases cases;
  private final Casework casework;

  Exercise(
      Me me,
      Db db,
      Customers customers,
      Acts acts,
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
  interface Also {
    void with(Connection c, RightsCase one) throws SQLException;
  }

  /**
   * Takes the request in and does what can be done.
   *
   * @param request the id of the request that carries it
   * @param actor the one who made it
   */
  RightsCase made(String request, Actor actor, SubjectId subject, Wish wish, Also also) {
    Stance stance = stance(wish, processings(wish, subject));
    List<Act> doing = stance == Stance.DO ? doing(subject, wish) : List.of();
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
  private Stance stance(Wish wish, List<Processing> about) {
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
  private List<Processing> processings(Wish wish, SubjectId subject) {
    Optional<Purpose> of =
        wish.decision()
            .map(index -> MyEvidenceApi.decision(evidence, subject, Optional.of(index)))
            .flatMap(decided -> Purpose.parse(decided.question().purpose()))
            .or(wish::purpose);
    return processing.within(of);
  }

  private List<Act> doing(SubjectId subject, Wish wish) {
    return switch (wish.right()) {
      case RECTIFICATION -> List.of(wish.correction().orElseThrow());
      case RESTRICTION -> List.of(acts.restriction(subject, true));
      case OBJECTION -> List.of(acts.objection(subject, wish.purpose().orElseThrow(), true));
      case OPT_OUT -> signal.optOut(subject);
      case ACCESS, ERASURE, PORTABILITY, REVIEW -> List.of();
    };
  }

  private RightsCase taken(
      Connection c, Actor actor, SubjectId subject, Wish wish, Stance stance, List<Act> doing)
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
      Connection c, Actor actor, SubjectId subject, RightsCase accepted, List<Act> doing)
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
    for (Act act : doing.subList(1, doing.size())) {
      last = me.staged(c, actor, subject, act);
    }
    return casework.step(c, actor, accepted, RequestState.FULFILLED, Casework.Note.shownBy(last));
  }
}
