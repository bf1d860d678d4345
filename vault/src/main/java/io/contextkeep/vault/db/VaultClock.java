package io.contextkeep.vault.db;

import io.contextkeep.audit.LogStore.Participant;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The vault's clock, by which everything is ordered: it never goes backwards, even over a restart,
 * for any steps of the host's clock.
 *
 * <p>While the host's clock is behind, the vault's time runs at half speed until both agree:
 * whatever had expired stays expired, and anything issued meanwhile is valid for at most twice its
 * time.
 *
 * <p>There is one exception: when the host's clock jumped ahead by more than {@link #JUMP} and
 * returns to where it was, the jump was the mistake, and the vault's time returns too. A jump is
 * accepted for good after {@link #BELIEVED}. Therefore nothing may rely on these instants alone for
 * the order of a customer's acts: see {@code ConsentLedger}.
 *
 * <p>Irreversible work, above all deletion, uses {@link #settled}: a jump ahead that is corrected
 * within a day has deleted nothing.
 */
public final class VaultClock implements InstantSource {
  /** The least step forward that may be a mistake of the host's clock. */
  static final Duration JUMP = Duration.ofDays(1);

  /** The time after a jump within which a return corrects it. */
  static final Duration BELIEVED = Duration.ofDays(30);

  /** The time after a jump for which {@link #settled} continues from before it. */
  static final Duration SETTLING = Duration.ofDays(1);

  /** The lag of the time on disk that is tolerated, so that not every commit writes it. */
  private static final long UNSAVED = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(VaultClock.class);

  /**
   * The state of the clock, in milliseconds.
   *
   * @param host the last reading of the host's clock
   * @param time the vault's time then
   * @param before the vault's time before a jump that may be a mistake; 0 if there was none
   * @param jumped the time after the newest jump
   * @param from the vault's time before the newest jump
   */
  private record State(long host, long time, long before, long jumped, long from) {
    long settled() {
      boolean settling = before > 0 && time - jumped < SETTLING.toMillis();
      return settling ? from + Math.max(0, time - jumped) : time;
    }

    State at(long now) {
      if (now > time) {
        return forward(now);
      }
      boolean aheadByMistake = before > 0 && time - now > JUMP.toMillis();
      if (aheadByMistake && now > before - JUMP.toMillis()) {
        return new State(now, Math.max(now, before), 0, 0, 0);
      }
      // The remaining half millisecond counts next time.
      long more = Math.max(0, now - host) / 2;
      long read = now < host ? now : host + 2 * more;
      return new State(read, time + more, before, jumped, from);
    }

    private State forward(long now) {
      if (time > 0 && now - time > JUMP.toMillis()) {
        return new State(now, now, before > 0 ? before : time, now, time);
      }
      boolean believed = now - jumped > BELIEVED.toMillis();
      return believed ? new State(now, now, 0, 0, 0) : new State(now, now, before, jumped, from);
    }

    boolean isWorthSaving(State saved) {
      return before != saved.before || time < saved.time || time - saved.time >= UNSAVED;
    }
  }

  private final Db db;
  private final InstantSource host;
  private final AtomicReference<State> state;

  private VaultClock(Db db, InstantSource host, State now) {
    this.db = db;
    this.host = host;
    this.state = new AtomicReference<>(now);
  }

  /** Continues from the newest time in the database, and keeps it there from now on. */
  public static VaultClock of(Db db, InstantSource host) {
    long now = host.millis();
    State saved = db.inRead(c -> saved(c, now));
    VaultClock clock = new VaultClock(db, host, saved.at(now));
    db.join(clock.new Keeper(saved));
    if (clock.behind().compareTo(Duration.ofMinutes(1)) > 0) {
      LOG.atWarn()
          .addKeyValue("seconds", clock.behind().toSeconds())
          .log("the host's clock is behind the newest time in the database");
    }
    return clock;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  @Override
  public long millis() {
    while (true) {
      State now = state.get();
      long read = host.millis();
      if (read == now.host) {
        return now.time;
      }
      State next = now.at(read);
      if (state.compareAndSet(now, next)) {
        warn(now, next);
        return next.time;
      }
    }
  }

  /**
   * Returns a clock for irreversible work. After a jump ahead by more than {@link #JUMP}, which may
   * be a mistake, it continues from before the jump for {@link #SETTLING}, which leaves a day to
   * correct the host's clock; then it agrees with the vault's time.
   */
  public InstantSource settled() {
    return () -> {
      millis();
      return Instant.ofEpochMilli(state.get().settled());
    };
  }

  /** Stores the time if no write did, so that expired stays expired over a restart. */
  public void save() {
    millis();
    db.inWrite(_ -> 0);
  }

  /** Returns how far the host's clock is behind the vault's time, normally zero. */
  public Duration behind() {
    return Duration.ofMillis(Math.max(0, millis() - host.millis()));
  }

  /** Returns how far a clock is behind; any other kind of clock is never behind. */
  public static Duration behind(InstantSource clock) {
    return clock instanceof VaultClock vaults ? vaults.behind() : Duration.ZERO;
  }

  private static void warn(State before, State now) {
    if (now.time < before.time) {
      LOG.atWarn()
          .addKeyValue("seconds", (before.time - now.time) / 1_000)
          .log("the clock had jumped ahead and is right again: the vault's time follows it");
    } else if (before.time > 0 && now.time - before.time > JUMP.toMillis()) {
      LOG.atWarn()
          .addKeyValue("seconds", (now.time - before.time) / 1_000)
          .log("the host's clock jumped ahead: nothing is deleted by the new time for a day");
    } else if (before.host - now.host > UNSAVED && now.host < now.time) {
      LOG.atWarn()
          .addKeyValue("seconds", (now.time - now.host) / 1_000)
          .log("the host's clock stepped back: the vault's time does not");
    }
  }

  private static State saved(Connection c, long now) throws SQLException {
    return Sql.one(
            c,
            "SELECT time, before, jumped FROM clock",
            row -> new State(now, row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(2)))
        .orElse(new State(now, 0, 0, 0, 0));
  }

  /** Stores the time in the transactions that used it. */
  private final class Keeper implements Participant {
    private State durable;
    private State written;

    Keeper(State saved) {
      this.durable = saved;
      this.written = saved;
    }

    @Override
    public void committing(Connection c) throws SQLException {
      State now = state.get();
      if (now.isWorthSaving(written)) {
        Sql.update(
            c,
            """
            INSERT INTO clock (only_row, time, before, jumped) VALUES (1, ?, ?, ?)
            ON CONFLICT (only_row) DO UPDATE
            SET time = excluded.time, before = excluded.before, jumped = excluded.jumped\
            """,
            now.time,
            now.before,
            now.jumped);
        written = now;
      }
    }

    @Override
    public void committed() {
      durable = written;
    }

    @Override
    public void rolledBack() {
      written = durable;
    }
  }
}
