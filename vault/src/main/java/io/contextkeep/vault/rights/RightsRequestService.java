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
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The handling of new requests, by customers and by agents. The vault does what it can in the
 * transaction that opens the case; the rest waits for an operator.
 */
final class RightsRequestService {
  /** Makes no other writes. */
  static final SameTransaction NOTHING = (_, _) -> {};

  private final CustomerSession me;
  private final Db db;
  private final Customers customers;
  private final CustomerActions actions;
  private final PrivacySignal signal;
  private final Evidence evidence;
  private final ProcessingToday processing;
  private final Cases cases;
  private final Casework casework;

  RightsRequestService(
      CustomerSession me,
      Db db,
      Customers customers,
      CustomerActions actions,
      PrivacySignal signal,
      Evidence evidence,
      ProcessingToday processing,
      RightsCases register) {
    this.me = me;
    this.db = db;
    this.customers = customers;
    this.actions = actions;
    this.signal = signal;
    this.evidence = evidence;
    this.processing = processing;
    this.cases = register.cases();
    this.casework = register.casework();
  }

  /** Writes that join the transaction that opens a case. */
  @FunctionalInterface
  public interface SameTransaction {
    void write(Connection c, RightsCase one) throws SQLException;
  }

  /**
   * Opens a case and does what can be done at once.
   *
   * @param request the id of the HTTP request
   * @param actor the one who makes the request
   */
  public RightsCase submit(
      String request,
      Actor actor,
      SubjectId subject,
      RightsRequestDraft draft,
      SameTransaction also) {
    Disposition disposition = disposition(draft, processings(draft, subject));
    List<AuditedChange> changes =
        disposition == Disposition.EXECUTE ? changes(subject, draft) : List.of();
    RightsCase made =
        db.inWrite(
            c -> {
              RightsCase opened = open(c, actor, subject, draft, disposition, changes);
              also.write(c, opened);
              return opened;
            });
    return made.isBeingErased() && actions.erased(request, subject)
        ? db.inRead(c -> cases.find(c, made.id())).orElseThrow()
        : made;
  }

  /** The first handling of a request. */
  private enum Disposition {
    NO_SUCH_RIGHT,
    NO_PROCESSING,
    EXECUTE,
    AWAIT_CUSTOMER,
    MANUAL_REVIEW
  }

  /**
   * Decides how to handle a request. A person decides where one processing gives the right to
   * erasure and another, such as a duty to keep, does not.
   */
  private Disposition disposition(RightsRequestDraft draft, List<Processing> about) {
    Set<LegalBasis> bases = about.stream().map(Processing::basis).collect(Collectors.toSet());
    RulePack pack = draft.pack();
    if (!pack.has(draft.right())) {
      return Disposition.NO_SUCH_RIGHT;
    }
    boolean follows =
        draft.right() == Right.OBJECTION
            ? processing.canBeObjectedTo(draft.purpose().orElseThrow())
            : Casework.follows(pack, draft.right(), bases);
    if (!follows) {
      return Disposition.NO_PROCESSING;
    }
    return switch (draft.right()) {
      case ACCESS, PORTABILITY -> Disposition.AWAIT_CUSTOMER;
      case REVIEW -> Disposition.MANUAL_REVIEW;
      case ERASURE ->
          bases.stream().allMatch(basis -> Casework.follows(pack, Right.ERASURE, Set.of(basis)))
              ? Disposition.EXECUTE
              : Disposition.MANUAL_REVIEW;
      case RECTIFICATION, RESTRICTION, OBJECTION, OPT_OUT -> Disposition.EXECUTE;
    };
  }

  /**
   * Returns the processing that the request is about: of the purpose that it names and all narrower
   * ones, or all.
   */
  private List<Processing> processings(RightsRequestDraft draft, SubjectId subject) {
    Optional<Purpose> of =
        draft
            .decision()
            .map(index -> evidence.question(subject, index))
            .flatMap(decided -> Purpose.parse(decided.purpose()))
            .or(draft::purpose);
    return processing.within(of);
  }

  private List<AuditedChange> changes(SubjectId subject, RightsRequestDraft draft) {
    return switch (draft.right()) {
      case RECTIFICATION -> List.of(draft.correction().orElseThrow());
      case RESTRICTION -> List.of(actions.restriction(subject, true));
      case OBJECTION -> List.of(actions.objection(subject, draft.purpose().orElseThrow(), true));
      case OPT_OUT -> signal.optOut(subject);
      case ACCESS, ERASURE, PORTABILITY, REVIEW -> List.of();
    };
  }

  private RightsCase open(
      Connection c,
      Actor actor,
      SubjectId subject,
      RightsRequestDraft draft,
      Disposition disposition,
      List<AuditedChange> changes)
      throws SQLException {
    RightsCase one =
        casework.open(c, actor, Optional.of(subject), draft.pack(), draft.right(), draft.matter());
    return switch (disposition) {
      case NO_SUCH_RIGHT -> reject(c, actor, one, RulePack.NO_SUCH_RIGHT);
      case NO_PROCESSING -> reject(c, actor, one, RulePack.NO_PROCESSING);
      case AWAIT_CUSTOMER ->
          casework.step(c, actor, one, RequestState.REQUIRES_ACTION, Casework.Note.NONE);
      case MANUAL_REVIEW -> one;
      case EXECUTE -> {
        RightsCase accepted =
            casework.step(c, actor, one, RequestState.ACCEPTED, Casework.Note.NONE);
        if (draft.right() == Right.ERASURE) {
          customers.startErasing(c, subject);
          yield accepted;
        }
        yield execute(c, actor, subject, accepted, changes);
      }
    };
  }

  private RightsCase reject(Connection c, Actor actor, RightsCase one, String reason)
      throws SQLException {
    return casework.step(c, actor, one, RequestState.REJECTED, Casework.Note.because(reason));
  }

  /** Makes the changes; if there are none, since nothing is sold or shared, the case says so. */
  private RightsCase execute(
      Connection c,
      Actor actor,
      SubjectId subject,
      RightsCase accepted,
      List<AuditedChange> changes)
      throws SQLException {
    if (changes.isEmpty()) {
      return casework.step(
          c,
          actor,
          accepted,
          RequestState.UNFULFILLED,
          Casework.Note.because(RulePack.NO_PROCESSING));
    }
    Receipt last = me.staged(c, actor, subject, changes.getFirst());
    for (AuditedChange change : changes.subList(1, changes.size())) {
      last = me.staged(c, actor, subject, change);
    }
    return casework.step(c, actor, accepted, RequestState.FULFILLED, Casework.Note.shownBy(last));
  }
}
