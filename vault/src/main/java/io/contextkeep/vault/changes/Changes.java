package io.contextkeep.vault.changes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.LogStore;
import io.contextkeep.audit.Receipt;
import io.contextkeep.vault.changes.ChangeRefused.Why;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Actor;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The changes of registrations and budgets. A change that only takes rights away is applied at
 * once; any other waits for a second operator. Every change is stored, and is in the log before it
 * takes effect.
 */
public final class Changes {
  /** The number of an operator's proposals that may wait. */
  static final int MAX_OPEN = 200;

  private final Db db;
  private final AuditLog log;
  private final TwoPeople people;
  private final ObjectMapper json;
  private final InstantSource clock;
  private final RegistrationNews news;
  private final Map<Change.Kind, Registrable> kinds = new EnumMap<>(Change.Kind.class);

  /** Held from the check of a document until it is in force, so that changes do not overlap. */
  private final ReentrantLock changing = new ReentrantLock();

  public Changes(
      Db db,
      AuditLog log,
      TwoPeople people,
      ObjectMapper json,
      List<? extends Registrable> kinds,
      RegistrationNews news,
      InstantSource clock) {
    this.db = db;
    this.log = log;
    this.people = people;
    this.json = json;
    this.news = news;
    this.clock = clock;
    kinds.forEach(kind -> this.kinds.put(kind.kind(), kind));
  }

  /** The outcome of a request for a change. */
  public sealed interface Outcome {
    /** The document is in force: the change only took rights away, or changed nothing. */
    record InForce(ObjectNode document) implements Outcome {}

    /** The change waits for a second operator. */
    record Proposed(Change change) implements Outcome {}
  }

  /** A check of the document in force, before a change. */
  @FunctionalInterface
  public interface Precondition {
    /**
     * Refuses the change if the writer did not see the document in force.
     *
     * @param alone whether the change would take effect at once
     */
    void check(Optional<ObjectNode> current, boolean alone);
  }

  /** Returns the document in force. */
  public Optional<ObjectNode> current(Change.Kind kind, String target) {
    return db.inRead(c -> of(kind).current(c, target));
  }

  /**
   * Applies a change that only takes rights away, and proposes any other.
   *
   * @param edit makes the wanted document from the one in force, if there is one
   * @param actor the operator who asks for it
   */
  public Outcome submit(
      Change.Kind kind,
      String target,
      Function<Optional<ObjectNode>, ObjectNode> edit,
      Precondition precondition,
      Optional<String> reason,
      Actor actor)
      throws ChangeRefused {
    changing.lock();
    try {
      Optional<ObjectNode> before = current(kind, target);
      ObjectNode after = of(kind).checked(target, edit.apply(before));
      boolean same = before.filter(held -> isSame(held, after)).isPresent();
      boolean alone = same || before.filter(held -> of(kind).narrows(held, after)).isPresent();
      precondition.check(before, alone && !same);
      if (same) {
        return new Outcome.InForce(after);
      }
      Change change = proposal(kind, target, before, after, reason, actor);
      if (alone) {
        db.inWrite(c -> apply(c, numbered(c, change), after, actor));
        of(kind).applied();
        return new Outcome.InForce(after);
      }
      return new Outcome.Proposed(db.inWrite(c -> propose(c, change, actor)));
    } finally {
      changing.unlock();
    }
  }

  private Change proposal(
      Change.Kind kind,
      String target,
      Optional<ObjectNode> before,
      ObjectNode after,
      Optional<String> reason,
      Actor actor)
      throws ChangeRefused {
    long open = db.<Long>inRead(c -> ChangeStore.open(c, actor.id(), clock.instant()));
    if (open >= MAX_OPEN) {
      throw new ChangeRefused(Why.TOO_MANY);
    }
    return new Change(
        0,
        kind,
        target,
        Change.State.PROPOSED,
        reason,
        before.map(ObjectNode::toString),
        after.toString(),
        actor.id(),
        clock.instant(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Change numbered(Connection c, Change change) throws SQLException {
    return new Change(
        ChangeStore.next(c),
        change.kind(),
        change.target(),
        change.state(),
        change.reason(),
        change.before(),
        change.after(),
        change.proposer(),
        change.proposed(),
        change.decider(),
        change.decided(),
        change.entry());
  }

  private Change propose(Connection c, Change unnumbered, Actor actor) throws SQLException {
    Change change = numbered(c, unnumbered);
    ChangeStore.add(c, change);
    log.stage(c, entry("propose", change, actor.facts()));
    news.put(c, change, Change.State.PROPOSED, change.proposed());
    return change;
  }

  /** Stores and applies a change that needs no approval. */
  private long apply(Connection c, Change change, ObjectNode after, Actor actor)
      throws SQLException {
    ChangeStore.add(c, change);
    return decided(c, change, after, actor);
  }

  private long decided(Connection c, Change change, ObjectNode after, Actor actor)
      throws SQLException {
    of(change.kind()).put(c, change.target(), after, actor);
    Map<String, Object> facts = actor.facts();
    facts.putAll(of(change.kind()).facts(change.target(), after));
    Receipt receipt = log.stage(c, entry("put", change, facts));
    Instant now = clock.instant();
    ChangeStore.decide(
        c, change.id(), Change.State.APPLIED, actor.id(), now, Optional.of(receipt.index()));
    news.put(c, change, Change.State.APPLIED, now);
    return receipt.index();
  }

  /**
   * Puts a proposed change into force.
   *
   * @param actor the operator who approves, who must not be the proposer
   */
  public Change approve(long id, Actor actor) throws ChangeRefused {
    changing.lock();
    try {
      Change change = open(id);
      people.check(change.proposer(), actor.id());
      Registrable kind = of(change.kind());
      checkStillOf(change, db.inRead(c -> kind.current(c, change.target())));
      ObjectNode after = kind.checked(change.target(), document(change.after()));
      db.inWrite(c -> decided(c, change, after, actor));
      kind.applied();
      return find(id);
    } finally {
      changing.unlock();
    }
  }

  /** Checks that the document in force is the one that the change was proposed for. */
  private static void checkStillOf(Change change, Optional<ObjectNode> current)
      throws ChangeRefused {
    if (!current.map(ObjectNode::toString).equals(change.before())) {
      throw new ChangeRefused(Why.OUTDATED);
    }
  }

  /** Ends a proposal: its proposer withdraws it, any other operator rejects it. */
  public Change withdraw(long id, Actor actor) throws ChangeRefused {
    changing.lock();
    try {
      Change change = open(id);
      boolean own = change.proposer().equals(actor.id());
      Change.State state = own ? Change.State.WITHDRAWN : Change.State.REJECTED;
      db.inWrite(
          c -> {
            Instant now = clock.instant();
            ChangeStore.decide(c, id, state, actor.id(), now, Optional.empty());
            news.put(c, change, state, now);
            return log.stage(c, entry(own ? "withdraw" : "reject", change, actor.facts()));
          });
      return find(id);
    } finally {
      changing.unlock();
    }
  }

  /** Runs a write that changes no document, such as a removal, while no change is applied. */
  public <T> T alone(LogStore.Work<T> work) {
    changing.lock();
    try {
      return db.inWrite(work);
    } finally {
      changing.unlock();
    }
  }

  private Change open(long id) throws ChangeRefused {
    Change change = find(id);
    if (change.state() != Change.State.PROPOSED) {
      throw new ChangeRefused(Why.CLOSED);
    }
    return change;
  }

  public Change find(long id) throws ChangeRefused {
    return db.<Optional<Change>>inRead(c -> ChangeStore.find(c, id, clock.instant()))
        .orElseThrow(() -> new ChangeRefused(Why.UNKNOWN));
  }

  /** Returns the changes before a number, newest first. */
  public List<Change> page(long before, int limit) {
    return db.inRead(c -> ChangeStore.page(c, before, limit, clock.instant()));
  }

  /** Returns the changes of one document before a number, newest first. */
  public List<Change> of(Change.Kind kind, String target, long before, int limit) {
    return db.inRead(c -> ChangeStore.of(c, kind, target, before, limit, clock.instant()));
  }

  /** Returns the newest changes of these apps that came into force, without their first. */
  public List<Change> appliedToApps(Collection<String> apps, int limit) {
    return db.inRead(c -> ChangeStore.appliedToApps(c, apps, limit, clock.instant()));
  }

  private Registrable of(Change.Kind kind) {
    return Optional.ofNullable(kinds.get(kind))
        .orElseThrow(() -> new IllegalStateException("Nothing registers " + kind));
  }

  /** Parses a stored document. */
  public ObjectNode document(String text) {
    try {
      return (ObjectNode) json.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A stored change is not JSON", e);
    }
  }

  private static boolean isSame(ObjectNode one, ObjectNode other) {
    return one.toString().equals(other.toString());
  }

  private static AuditEntry entry(String what, Change change, Map<String, Object> facts) {
    Map<String, Object> all = new TreeMap<>(facts);
    all.put("action", change.kind().code() + "." + what);
    all.put("change", change.id());
    all.put("target", change.target());
    return AuditEntry.of(EntryType.ADMIN, all);
  }
}
