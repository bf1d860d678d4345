package io.contextkeep.vault.rights;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.Receipt;
import io.contextkeep.ontology.LegalBasis;
import io.contextkeep.ontology.RequestState;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.ontology.records.Shapes;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.rights.CaseRefused.Why;
import io.contextkeep.vault.rights.RightsCase.Evidence;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The only way in which a case changes: by an allowed step, with an entry of the log and a record
 * of the right shape, in the caller's transaction. Time alone never changes a case.
 */
final class Casework {
  /** The possible outcomes of a review. */
  public static final Set<String> OUTCOMES =
      new TreeSet<>(Set.of("ck:DecisionConfirmed", "ck:DecisionChanged", "ck:DecisionWithdrawn"));

  /** The number of legal bases in article 6(1). */
  private static final int ARTICLE_6_BASES = 6;

  /** The most open cases of a customer. */
  private static final int MAX_OPEN = 100;

  private final Cases cases;
  private final RulePacks rules;
  private final AuditLog log;
  private final SubjectKeys keys;
  private final InstantSource clock;
  private final InstantSource settled;
  private final SecureRandom random;

  /**
   * The details of a step.
   *
   * @param evidence the entry that proves the action
   * @param outcome the outcome of a review
   */
  public record Note(
      Optional<String> reason, Optional<Evidence> evidence, Optional<String> outcome) {
    public static final Note NONE = new Note(Optional.empty(), Optional.empty(), Optional.empty());

    public static Note because(String reason) {
      return new Note(Optional.of(reason), Optional.empty(), Optional.empty());
    }

    public static Note shownBy(Receipt receipt) {
      return shownBy(new Evidence(receipt.index(), receipt.leafHash()));
    }

    public static Note shownBy(Evidence evidence) {
      return new Note(Optional.empty(), Optional.of(evidence), Optional.empty());
    }
  }

  /**
   * @param settled the clock by which cases are deleted
   */
  public Casework(
      Cases cases,
      RulePacks rules,
      AuditLog log,
      SubjectKeys keys,
      InstantSource clock,
      InstantSource settled,
      SecureRandom random) {
    this.cases = cases;
    this.rules = rules;
    this.log = log;
    this.keys = keys;
    this.clock = clock;
    this.settled = settled;
    this.random = random;
  }

  /**
   * Returns whether the right follows from any processing. A right that every legal basis gives
   * follows from holding the data; so does erasure where no processing is left. DPV covers only the
   * GDPR's rights: others belong to everyone under their law.
   *
   * @param bases the legal bases of the processing that the request is about
   */
  public static boolean follows(RulePack pack, Right right, Set<LegalBasis> bases) {
    return pack.rule(right)
        .dataRight()
        .map(
            given ->
                LegalBasis.giving(given).size() == ARTICLE_6_BASES
                    || right == Right.ERASURE && bases.isEmpty()
                    || bases.stream().anyMatch(basis -> basis.rights().contains(given)))
        .orElse(true);
  }

  /**
   * Opens a case, which is initiated and acknowledged.
   *
   * @param actor the one who made the request
   * @param subject the customer; empty where an agent's claims name none
   */
  public RightsCase open(
      Connection c,
      Actor actor,
      Optional<SubjectId> subject,
      RulePack pack,
      Right right,
      RightsCase.Matter matter)
      throws SQLException {
    if (subject.isPresent() && cases.openOf(c, subject.get()).size() >= MAX_OPEN) {
      throw new CaseRefused(Why.TOO_MANY);
    }
    Instant now = now();
    RulePack.Rule rule = pack.rule(right);
    RightsCase made =
        new RightsCase(
            id(),
            right,
            rule.term(),
            pack.reference(),
            pack.jurisdiction(),
            subject,
            matter,
            now,
            rule.confirm().map(period -> pack.due(period, now)),
            pack.due(rule.answer(), now),
            false,
            Optional.empty(),
            Optional.empty(),
            List.of());
    cases.add(c, made);
    RightsCase initiated = moved(c, actor, made, RequestState.INITIATED, Note.NONE);
    return step(c, actor, initiated, RequestState.ACKNOWLEDGED, Note.NONE);
  }

  /**
   * Takes a step by the vault itself.
   *
   * @throws CaseRefused where the step cannot follow
   */
  public RightsCase step(Connection c, Actor actor, RightsCase one, RequestState to, Note note)
      throws SQLException {
    if (!one.state().next().contains(to)) {
      throw new CaseRefused(
          Why.NOT_NOW, one.state().next().stream().map(RequestState::curie).toList());
    }
    return moved(c, actor, one, to, note);
  }

  /**
   * Takes a step by an operator, with the details that the rules demand.
   *
   * @throws CaseRefused where the step cannot follow or lacks details
   */
  public RightsCase decided(Connection c, Actor actor, RightsCase one, RequestState to, Note note)
      throws SQLException {
    RulePack pack = rules.of(one);
    if (one.state().next().contains(to)) {
      checkReason(pack.reasons(one.right(), to), note.reason());
      if (to == RequestState.FULFILLED) {
        checkShown(one, note);
      }
    }
    return step(c, actor, to == RequestState.ACTION_DELAYED ? extended(pack, one) : one, to, note);
  }

  private static void checkReason(Set<String> known, Optional<String> reason) {
    if (reason.isEmpty() != known.isEmpty()) {
      throw new CaseRefused(known.isEmpty() ? Why.REASON_UNKNOWN : Why.REASON_NEEDED, known);
    }
    if (reason.isPresent() && !known.contains(reason.get())) {
      throw new CaseRefused(Why.REASON_UNKNOWN, known);
    }
  }

  /**
   * Checks the evidence: a review has an outcome, everything else an entry made after the request.
   * An erasure cannot be merely claimed.
   */
  private static void checkShown(RightsCase one, Note note) {
    if (one.right() == Right.ERASURE) {
      throw new CaseRefused(Why.BY_ERASING);
    }
    boolean review = one.right() == Right.REVIEW;
    if (review && note.outcome().filter(OUTCOMES::contains).isEmpty()) {
      throw new CaseRefused(Why.OUTCOME_NEEDED, OUTCOMES);
    }
    boolean shown =
        note.evidence().filter(e -> e.index() > one.steps().getFirst().entry()).isPresent();
    if (!shown && (!review || note.evidence().isPresent())) {
      throw new CaseRefused(Why.EVIDENCE_NEEDED);
    }
  }

  private RightsCase extended(RulePack pack, RightsCase one) {
    Period more =
        pack.rule(one.right()).extension().orElseThrow(() -> new CaseRefused(Why.NOT_EXTENSIBLE));
    if (one.extended()) {
      throw new CaseRefused(Why.EXTENDED_BEFORE);
    }
    if (!now().isBefore(one.due())) {
      throw new CaseRefused(Why.TOO_LATE);
    }
    Period answer = pack.rule(one.right()).answer();
    return one.extended(answer.extended(more, one.made(), pack.calendar()));
  }

  /**
   * Fulfils the cases that wait for the customer to fetch their data.
   *
   * @param shown the entry of the export
   */
  public void taken(Connection c, Actor actor, SubjectId subject, Evidence shown)
      throws SQLException {
    for (RightsCase one : cases.openOf(c, subject)) {
      if (one.waitsToBeTaken()) {
        RightsCase done = step(c, actor, one, RequestState.REQUIRED_ACTION_PERFORMED, Note.NONE);
        step(c, actor, done, RequestState.FULFILLED, Note.shownBy(shown));
      }
    }
  }

  /**
   * Ends the cases of an erased customer, in the transaction that deletes the customer's rows:
   * requests for erasure are fulfilled, others cannot be any more. The cases no longer name the
   * customer.
   *
   * @return the number of rows that named the customer, by table
   */
  public Map<String, Long> erased(Connection c, SubjectId subject, Receipt erasure)
      throws SQLException {
    Actor actor = Actor.VAULT;
    for (RightsCase open : cases.openOf(c, subject)) {
      RightsCase one = open.withoutSubject();
      if (one.right() == Right.ERASURE) {
        step(c, actor, ready(c, actor, one), RequestState.FULFILLED, Note.shownBy(erasure));
      } else {
        Note note =
            new Note(
                Optional.of(RulePack.ERASED),
                Optional.of(new Evidence(erasure.index(), erasure.leafHash())),
                Optional.empty());
        boolean accepted = one.state().next().contains(RequestState.UNFULFILLED);
        step(c, actor, one, accepted ? RequestState.UNFULFILLED : RequestState.REJECTED, note);
      }
    }
    return Map.of(Cases.CUSTOMERS, (long) cases.forgetCustomer(c, subject));
  }

  /** Brings a case to where it can be fulfilled, if the erasure had another cause. */
  private RightsCase ready(Connection c, Actor actor, RightsCase one) throws SQLException {
    return switch (one.state()) {
      case ACKNOWLEDGED -> step(c, actor, one, RequestState.ACCEPTED, Note.NONE);
      case REQUIRES_ACTION ->
          step(c, actor, one, RequestState.REQUIRED_ACTION_PERFORMED, Note.NONE);
      default -> one;
    };
  }

  /** Deletes cases that are past their retention, records that, and returns how many. */
  public int sweep(Db db) {
    int forgotten = 0;
    int now;
    do {
      now = sweepChunk(db);
      forgotten += now;
    } while (now > 0);
    return forgotten;
  }

  private int sweepChunk(Db db) {
    return db.inWrite(
        c -> {
          int forgotten = cases.forget(c, settled.instant());
          if (forgotten > 0) {
            log.stage(
                c,
                AuditEntry.of(
                    EntryType.RETENTION,
                    Map.of("actor", "vault", "action", "sweep-requests", "requests", forgotten)));
          }
          return forgotten;
        });
  }

  private RightsCase moved(Connection c, Actor actor, RightsCase one, RequestState to, Note note)
      throws SQLException {
    Instant now = noEarlier(one);
    Receipt entry = log.stage(c, entry(actor, one, to, note));
    RightsCase moved =
        one.with(new RightsCase.Step(to, now, note.reason(), entry.index(), note.evidence()));
    if (to.isFinal() || moved.waitsToBeTaken()) {
      moved = moved.answered(now);
    }
    if (to == RequestState.FULFILLED) {
      moved = moved.ending(note.outcome());
    }
    Shapes.ofRecords().check(moved.record().document());
    RulePack pack = rules.of(one);
    cases.moved(
        c, moved, to.isFinal() ? Optional.of(pack.due(pack.keep(), now)) : Optional.empty());
    return moved;
  }

  private AuditEntry entry(Actor actor, RightsCase one, RequestState to, Note note) {
    TreeMap<String, Object> facts = actor.facts();
    facts.put("case", one.id());
    facts.put("right", one.term());
    facts.put("rules", one.rules());
    facts.put("state", to.curie());
    note.reason().ifPresent(reason -> facts.put("reason", reason));
    note.outcome().ifPresent(outcome -> facts.put("outcome", outcome));
    note.evidence().ifPresent(shown -> facts.put("evidence", shown.index()));
    AuditEntry entry = AuditEntry.of(EntryType.RIGHTS, facts);
    return one.subject().map(subject -> about(entry, subject)).orElse(entry);
  }

  /** Refuses where the customer's key is gone: their cases are being ended. */
  private AuditEntry about(AuditEntry entry, SubjectId subject) {
    SubjectKey key = keys.find(subject).orElseThrow(() -> new CaseRefused(Why.BEING_ERASED));
    return entry.about(subject.value(), key, Map.of());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** Returns the time of the next step, never before the last one, even if a clock ran ahead. */
  private Instant noEarlier(RightsCase one) {
    Instant now = now();
    return one.steps().stream()
        .map(RightsCase.Step::at)
        .filter(now::isBefore)
        .max(Comparator.naturalOrder())
        .orElse(now);
  }

  private String id() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }
}
