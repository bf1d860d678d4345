package io.contextkeep.vault.changes;

import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The table of changes to registrations and budgets. */
public final class ChangeStore {
  private static final String CHANGE =
      """
      SELECT id, kind, target, state, reason, held, wanted, proposed_by, proposed_at, decided_by,
        decided_at, entry
      FROM registration_change\
      """;

  private ChangeStore() {}

  /** Returns a number that no change of any kind has; {@link #take} reserves it. */
  public static long next(Connection c) throws SQLException {
    return 1 + Sql.one(c, "SELECT max(id) FROM change_number", row -> row.getLong(1)).orElse(0L);
  }

  /**
   * Takes a number, in the transaction that adds the change.
   *
   * @throws io.contextkeep.vault.db.ConstraintViolated if another change took it
   */
  public static void take(Connection c, long number) throws SQLException {
    Sql.update(c, "INSERT INTO change_number (id) VALUES (?)", number);
  }

  static void add(Connection c, Change change) throws SQLException {
    take(c, change.id());
    Sql.update(
        c,
        """
        INSERT INTO registration_change (id, kind, target, state, reason, held, wanted, proposed_by,
          proposed_at, decided_by, decided_at, entry)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
        """,
        change.id(),
        change.kind().name(),
        change.target(),
        change.state().name(),
        change.reason().orElse(null),
        change.before().orElse(null),
        change.after(),
        change.proposer(),
        change.proposed().toEpochMilli(),
        change.decider().orElse(null),
        change.decided().map(Instant::toEpochMilli).orElse(null),
        change.entry().orElse(null));
  }

  /** Decides a proposal; returns whether it was still open. */
  static boolean decide(
      Connection c, long id, Change.State state, String by, Instant at, Optional<Long> entry)
      throws SQLException {
    return Sql.update(
            c,
            """
            UPDATE registration_change SET state = ?, decided_by = ?, decided_at = ?, entry = ?
            WHERE id = ? AND state = 'PROPOSED'\
            """,
            state.name(),
            by,
            at.toEpochMilli(),
            entry.orElse(null),
            id)
        == 1;
  }

  static Optional<Change> find(Connection c, long id, Instant now) throws SQLException {
    return Sql.one(c, CHANGE + " WHERE id = ?", row -> change(row, now), id);
  }

  /** Returns the changes before a number, newest first. */
  static List<Change> page(Connection c, long before, int limit, Instant now) throws SQLException {
    return Sql.query(
        c,
        CHANGE + " WHERE id < ? ORDER BY id DESC LIMIT ?",
        row -> change(row, now),
        before,
        limit);
  }

  /** Returns the changes of one document before a number, newest first. */
  static List<Change> of(
      Connection c, Change.Kind kind, String target, long before, int limit, Instant now)
      throws SQLException {
    return Sql.query(
        c,
        CHANGE + " WHERE kind = ? AND target = ? AND id < ? ORDER BY id DESC LIMIT ?",
        row -> change(row, now),
        kind.name(),
        target,
        before,
        limit);
  }

  /** Returns the newest changes of these apps that came into force. */
  static List<Change> appliedToApps(Connection c, Collection<String> apps, int limit, Instant now)
      throws SQLException {
    List<Change> all = new ArrayList<>();
    for (String app : apps) {
      all.addAll(
          Sql.query(
              c,
              CHANGE
                  + " WHERE kind = 'APP' AND target = ? AND state = 'APPLIED'"
                  + " AND held IS NOT NULL ORDER BY id DESC LIMIT ?",
              row -> change(row, now),
              app,
              limit));
    }
    return all.stream().sorted(Comparator.comparing(Change::id).reversed()).limit(limit).toList();
  }

  /** Returns expired proposals whose apps were not told yet. */
  static List<Change> expiredUntold(Connection c, Instant now, int limit) throws SQLException {
    return Sql.query(
        c,
        CHANGE
            + " WHERE state = 'PROPOSED' AND expiry_told IS NULL AND proposed_at < ?"
            + " ORDER BY id LIMIT ?",
        row -> change(row, now),
        now.minus(Change.LIFETIME).toEpochMilli(),
        limit);
  }

  static void expiryTold(Connection c, long id, Instant at) throws SQLException {
    Sql.update(
        c, "UPDATE registration_change SET expiry_told = ? WHERE id = ?", at.toEpochMilli(), id);
  }

  /** Returns the number of an operator's proposals that wait. */
  static long open(Connection c, String proposer, Instant now) throws SQLException {
    return Sql.one(
            c,
            """
            SELECT count(*) FROM registration_change
            WHERE state = 'PROPOSED' AND proposed_by = ? AND proposed_at BETWEEN ? AND ?\
            """,
            row -> row.getLong(1),
            proposer,
            now.minus(Change.LIFETIME).toEpochMilli(),
            now.plus(Change.TOLERANCE).toEpochMilli())
        .orElse(0L);
  }

  private static Change change(ResultSet row, Instant now) throws SQLException {
    Instant proposed = Instant.ofEpochMilli(row.getLong(9));
    Change.State state = Change.State.valueOf(row.getString(4));
    boolean expired = state == Change.State.PROPOSED && Change.hasExpired(proposed, now);
    return new Change(
        row.getLong(1),
        Change.Kind.valueOf(row.getString(2)),
        row.getString(3),
        expired ? Change.State.EXPIRED : state,
        Optional.ofNullable(row.getString(5)),
        Optional.ofNullable(row.getString(6)),
        row.getString(7),
        row.getString(8),
        proposed,
        Optional.ofNullable(row.getString(10)),
        optional(row, 11).map(Instant::ofEpochMilli),
        optional(row, 12));
  }

  private static Optional<Long> optional(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(value);
  }
}
