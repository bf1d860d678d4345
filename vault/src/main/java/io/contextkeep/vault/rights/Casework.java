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
 * The one way in which a case changes: by a step that may follow, with an entry of the log of its
 * own, as a record of the right shape, all in the caller's transaction. Nothing here lets time
 * alone change a case.
 */
public final class Casework {
  /** What a review can come to. */
  public static final Set<String> OUTCOMES =
      new TreeSet<>(Set.of("ck:DecisionConfirmed", "ck:DecisionChanged", "ck:DecisionWithdrawn"));

  /** The bases of article 6(1). */
  private static final int ARTICLE_6 = 6;

  /** More open cases than anybody has; they would only hide each other. */
  private static final int MOST_OPEN = 100;

  private final Cases cases;
  private final RulePacks rules;
  private final AuditLog log;
  private final SubjectKeys keys;
  private final InstantSource clock;
  private final InstantSource settled;
  private final SecureRandom random;

  /**
   * What goes with a step.
   *
   * @param evidence what shows that it was done
   * @param outcome what a review came to
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
   * @param settled the clock by which cases are forgotten
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
   * Whether the right follows from anything that is done. What every legal basis gives follows from
   * the data being held; so does erasure where it is held for nothing any more. Of rights that are
   * not the GDPR's DPV says nothing: the law that has them gives them to everybody.
   *
   * @param bases on which processing rests that the request is about
   */
  public static boolean follows(RulePack pack, Right right, Set<LegalBasis> bases) {
    return pack.rule(right)
        .dataRight()
        .map(
            given ->
                LegalBasis.giving(given).size() == ARTICLE_6
                    || right == Right.ERASURE && bases.isEmpty()
                    || bases.stream().anyMatch(basis -> basis.rights().contains(given)))
        .orElse(true);
  }

  /**
   * Takes in a request: it is initiated and acknowledged.
   *
   * @param actor the one who made it
   * @param subject whose it is; empty where an agent's claims name nobody
   */
  public RightsCase open(
      Connection c,
      Actor actor,
      Optional<SubjectId> subject,
      RulePack pack,
      Right right,
      RightsCase.Matter matter)
      throws SQLException {
    if (subject.isPresent() && cases.openOf(c, subject.get()).size() >= MOST_OPEN) {
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
   * A step that the vault takes by itself.
   *
   * @throws CaseRefused where it may not follow
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
   * A step that an operator takes, with what the rules ask for it.
   *
   * @throws CaseRefused where it may not follow, or lacks what must go with it
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
   * A review shows its outcome, everything else an entry that came after the request; that somebody
   * is erased nobody can merely say.
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
   * What the customer took fulfils what waits to be taken.
   *
   * @param shown the entry of what she took
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
   * Ends the cases of whoever was erased, in the transaction that deletes her rows: what asked for
   * it is fulfilled, and nothing else can be any more. From here on they are nobody's.
   */
  public void erased(Connection c, SubjectId subject, Receipt erasure) throws SQLException {
    Actor actor = Actor.VAULT;
    for (RightsCase open : cases.openOf(c, subject)) {
      RightsCase one = open.ofNobody();
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
  }

  /** Erased by another way while the request for it still waited for somebody. */
  private RightsCase ready(Connection c, Actor actor, RightsCase one) throws SQLException {
    return switch (one.state()) {
      case ACKNOWLEDGED -> step(c, actor, one, RequestState.ACCEPTED, Note.NONE);
      case REQUIRES_ACTION ->
          step(c, actor, one, RequestState.REQUIRED_ACTION_PERFORMED, Note.NONE);
      default -> one;
    };
  }

  /** Deletes what the register need not show any more, and records that; returns how many. */
  public int sweep(Db db) {
    int forgotten = 0;
    int now;
    do {
      now = sweepSome(db);
      forgotten += now;
    } while (now > 0);
    return forgotten;
  }

  private int sweepSome(Db db) {
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

  /** Of somebody whose key is gone nothing more is written: her cases are just being ended. */
  private AuditEntry about(AuditEntry entry, SubjectId subject) {
    SubjectKey key = keys.find(subject).orElseThrow(() -> new CaseRefused(Why.BEING_ERASED));
    return entry.about(subject.value(), key, Map.of());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** A step is never before the one that it follows, also after the clock had been ahead. */
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
