package io.contextkeep.vault.erasure;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.vault.crypto.JwsKey;
import io.contextkeep.vault.crypto.NoticeKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.erasure.ErasureNotices.Notice;
import io.contextkeep.vault.erasure.ErasureNotices.Outcome;
import io.contextkeep.vault.erasure.ErasureNotices.State;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.jobs.Job;
import io.contextkeep.vault.registry.Registry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The notices to the recipients of an erased customer's data, from their creation to their end.
 * Each change has an entry of the log in the same transaction. A notice can name the customer until
 * it is acknowledged or given up, which destroys its key.
 */
final class RecipientNotices {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BATCH = 100;
  private static final Duration LOOK = Duration.ofMillis(500);

  /** The result of an acknowledgement. */
  public sealed interface Acknowledged {
    /** The acknowledgement was accepted, or repeated. */
    record Taken(Notice notice) implements Acknowledged {}

    record Unknown() implements Acknowledged {}

    /** Another outcome was acknowledged before. */
    record Otherwise() implements Acknowledged {}
  }

  /** The tokens for an app by their ids, and whether there are more. */
  public record Handed(Map<String, String> tokens, boolean more) {
    @Override
    public String toString() {
      return "Handed[" + tokens.keySet() + "]";
    }
  }

  private final Db db;
  private final NoticeKeys keys;
  private final AuditLog log;
  private final JwsKey signer;
  private final String issuer;
  private final Duration timeout;
  private final InstantSource clock;
  private final InstantSource settled;

  /**
   * @param timeout the longest wait for an acknowledgement
   * @param settled the clock that measures it
   */
  public RecipientNotices(
      Db db,
      NoticeKeys keys,
      AuditLog log,
      JwsKey signer,
      String issuer,
      Duration timeout,
      InstantSource clock,
      InstantSource settled) {
    this.db = db;
    this.keys = keys;
    this.log = log;
    this.signer = signer;
    this.issuer = issuer;
    this.timeout = timeout;
    this.clock = clock;
    this.settled = settled;
  }

  /**
   * Gives the app its open notices, after the log has recorded that.
   *
   * @param actor the app, as the log names it
   */
  public Handed handOver(String app, Actor actor, int limit) {
    List<Notice> open = db.inRead(c -> ErasureNotices.open(c, app, limit + 1));
    Map<String, String> tokens = new LinkedHashMap<>();
    List<Notice> handed = open.stream().limit(limit).toList();
    handed.forEach(notice -> token(notice).ifPresent(token -> tokens.put(notice.jti(), token)));
    if (!tokens.isEmpty()) {
      db.inWrite(
          c -> {
            for (Notice notice : handed) {
              if (tokens.containsKey(notice.jti())) {
                told(c, notice, Optional.of(actor));
              }
            }
            TreeMap<String, Object> facts = actor.facts();
            facts.put("action", "notice.polled");
            facts.put("count", tokens.size());
            return log.stage(c, AuditEntry.of(EntryType.NOTICE, facts));
          });
    }
    return new Handed(tokens, open.size() > limit);
  }

  /** Accepts the app's outcome. The customer's names are gone when this returns, or soon after. */
  public Acknowledged acknowledge(String app, String jti, Outcome outcome, Actor actor) {
    Acknowledged answer =
        db.inWrite(
            c -> {
              Optional<Notice> found = ErasureNotices.find(c, jti, app);
              if (found.isEmpty() || found.get().state() == State.NOT_NAMED) {
                return new Acknowledged.Unknown();
              }
              Instant now = clock.instant();
              Notice notice = found.get();
              if (ErasureNotices.close(c, notice, State.ACKNOWLEDGED, Optional.of(outcome), now)) {
                TreeMap<String, Object> facts = actor.facts();
                facts.put("outcome", outcome.inLog());
                stage(c, "notice.acknowledged", notice, facts);
              } else if (!notice.outcome().equals(Optional.of(outcome))) {
                return new Acknowledged.Otherwise();
              }
              return new Acknowledged.Taken(ErasureNotices.find(c, jti, app).orElseThrow());
            });
    destroyDeadKeys();
    return answer;
  }

  /** Returns the open notices of all apps after a number, the oldest first. */
  public List<Notice> open(long after, int limit) {
    return db.inRead(c -> ErasureNotices.open(c, after, limit));
  }

  /** Returns the time at which a notice is given up. */
  public Instant givenUpAt(Notice notice) {
    return notice.issued().plus(timeout);
  }

  public long unacknowledged() {
    return db.inRead(ErasureNotices::unacknowledged);
  }

  /** Makes the job that gives up notices without acknowledgement. */
  public Job job() {
    return Job.every("erasure-notices", LOOK, this::tidy);
  }

  /** Returns the URL of the app, as the database has it now. */
  Optional<URI> url(String app) {
    return db.inRead(c -> Registry.noticeUrl(c, app)).map(URI::create);
  }

  /** Returns the notice, unless the app has received it. */
  Optional<Notice> untold(String jti, String app) {
    return db.inRead(c -> ErasureNotices.find(c, jti, app))
        .filter(notice -> notice.state() == State.NOT_TOLD);
  }

  /**
   * Returns the token of a notice; empty where it can no longer name the customer, which ends it.
   */
  Optional<String> token(Notice notice) {
    Optional<byte[]> names = notice.sealed().flatMap(held -> keys.open(notice.jti(), held));
    if (names.isEmpty()) {
      // An older copy of the data was restored: the notice had ended, with an unknown outcome.
      end(notice, State.NOT_NAMED, "notice.lost");
    }
    return names.map(bytes -> EventToken.signed(notice, names(bytes), signer, issuer));
  }

  private static List<String> names(byte[] json) {
    try {
      return JSON.readValue(json, new TypeReference<List<String>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException("The names in a stored notice are not JSON", e);
    }
  }

  /** Records that a notice is about to be sent for the first time, since it names the customer. */
  void sending(Notice notice) {
    db.inWrite(
        c -> {
          stage(c, "notice.sent", notice, Map.of());
          return 0;
        });
  }

  /** Records that the app has received the notice. */
  void told(Connection c, Notice notice, Optional<Actor> actor) throws SQLException {
    if (ErasureNotices.told(c, notice, clock.instant())) {
      stage(c, "notice.told", notice, actor.map(Actor::facts).orElseGet(TreeMap::new));
    }
  }

  /** Gives up notices without acknowledgement, and finishes what a crash left. */
  private void tidy() {
    Instant oldest = settled.instant().minus(timeout);
    db.inRead(c -> ErasureNotices.issuedBefore(c, oldest, BATCH))
        .forEach(notice -> end(notice, State.GIVEN_UP, "notice.given-up"));
    destroyDeadKeys();
  }

  private void end(Notice notice, State state, String action) {
    db.inWrite(
        c -> {
          if (ErasureNotices.close(c, notice, state, Optional.empty(), clock.instant())) {
            stage(c, action, notice, Map.of());
          }
          return 0;
        });
  }

  private void stage(Connection c, String action, Notice notice, Map<String, Object> more)
      throws SQLException {
    TreeMap<String, Object> facts = new TreeMap<>(more);
    facts.put("action", action);
    facts.put("target", notice.app());
    facts.put("notice", notice.jti());
    log.stage(c, AuditEntry.of(EntryType.NOTICE, facts));
  }

  /**
   * Destroys the key of an ended notice, once its end is durable. A failure is retried within a
   * second.
   */
  private void destroyDeadKeys() {
    try {
      for (long key : db.inRead(ErasureNotices::deadKeys)) {
        keys.destroy(key);
        db.inWrite(
            c -> {
              ErasureNotices.keyDestroyed(c, key);
              return 0;
            });
      }
    } catch (StoreUnavailable busy) {
      // The number of the key is still recorded.
    }
  }
}
