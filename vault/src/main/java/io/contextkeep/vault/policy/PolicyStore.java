package io.contextkeep.vault.policy;

import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The policy's tables: the policies that were in force, their data, and the changes. */
final class PolicyStore {
  /** The most changes that a list shows. */
  static final int MAX_CHANGES = 100;

  private static final String CHANGE =
      """
      SELECT id, state, reason, catalogue, revision, data_digest, of_revision, of_code, of_data,
        bundle_revision, bundle_code, bundle_data, proposed_by, proposed_at, decided_by, decided_at
      FROM policy_change\
      """;

  private PolicyStore() {}

  /** Returns the policy that was put in force last. */
  static Optional<PolicyIdentity> last(Connection c) throws SQLException {
    return Sql.one(
        c,
        "SELECT revision, code_digest, data_digest FROM policy_in_force",
        row -> identity(row, 1));
  }

  /** Returns the newest bundle from a source that was ever in force. */
  static Optional<PolicyIdentity> newestBundle(Connection c) throws SQLException {
    return Sql.one(
        c,
        "SELECT bundle_revision, bundle_code, bundle_data FROM policy_in_force"
            + " WHERE bundle_revision <> ''",
        row -> identity(row, 1));
  }

  static void putInForce(
      Connection c,
      PolicyIdentity policy,
      String source,
      Instant since,
      Optional<PolicyIdentity> newestBundle)
      throws SQLException {
    PolicyIdentity bundle = newestBundle.orElse(PolicyIdentity.NONE);
    Sql.update(
        c,
        """
        INSERT INTO policy_in_force (only_row, revision, code_digest, data_digest, source, since,
          bundle_revision, bundle_code, bundle_data)
        VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (only_row) DO UPDATE SET revision = excluded.revision,
          code_digest = excluded.code_digest, data_digest = excluded.data_digest,
          source = excluded.source, since = excluded.since,
          bundle_revision = excluded.bundle_revision, bundle_code = excluded.bundle_code,
          bundle_data = excluded.bundle_data\
        """,
        policy.revision(),
        policy.codeDigest(),
        policy.dataDigest(),
        source,
        since.toEpochMilli(),
        bundle.revision(),
        bundle.codeDigest(),
        bundle.dataDigest());
  }

  /** Adds the policy to those that were in force, unless it is the last of them. */
  static void addVersion(Connection c, Bundle policy, Instant since) throws SQLException {
    PolicyIdentity identity = policy.identity();
    Sql.update(
        c,
        "INSERT INTO policy_data (digest, data) VALUES (?, ?) ON CONFLICT DO NOTHING",
        identity.dataDigest(),
        policy.data());
    Optional<PolicyIdentity> last =
        Sql.one(
            c,
            "SELECT revision, code_digest, data_digest FROM policy_version"
                + " ORDER BY id DESC LIMIT 1",
            row -> identity(row, 1));
    if (!last.equals(Optional.of(identity))) {
      Sql.update(
          c,
          "INSERT INTO policy_version (revision, code_digest, data_digest, since)"
              + " VALUES (?, ?, ?, ?)",
          identity.revision(),
          identity.codeDigest(),
          identity.dataDigest(),
          since.toEpochMilli());
    }
  }

  /** A policy that was in force since an instant. */
  record Version(PolicyIdentity policy, Instant since) {}

  static Optional<Version> versionAt(Connection c, Instant at) throws SQLException {
    return Sql.one(
        c,
        "SELECT revision, code_digest, data_digest, since FROM policy_version WHERE since <= ?"
            + " ORDER BY id DESC LIMIT 1",
        row -> new Version(identity(row, 1), Instant.ofEpochMilli(row.getLong(4))),
        at.toEpochMilli());
  }

  /** Returns policy data by its digest; empty if none is kept. */
  static Optional<String> data(Connection c, String digest) throws SQLException {
    return Sql.one(
        c, "SELECT data FROM policy_data WHERE digest = ?", row -> row.getString(1), digest);
  }

  static void add(Connection c, Change change) throws SQLException {
    Sql.update(
        c,
        "INSERT INTO policy_change VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
        change.id(),
        change.state().name(),
        change.reason(),
        change.catalogue(),
        change.revision(),
        change.dataDigest(),
        change.of().revision(),
        change.of().codeDigest(),
        change.of().dataDigest(),
        change.bundle().revision(),
        change.bundle().codeDigest(),
        change.bundle().dataDigest(),
        change.proposer(),
        change.proposed().toEpochMilli());
  }

  static void decide(Connection c, long id, Change.State state, String by, Instant at)
      throws SQLException {
    Sql.update(
        c,
        "UPDATE policy_change SET state = ?, decided_by = ?, decided_at = ? WHERE id = ?",
        state.name(),
        by,
        at.toEpochMilli(),
        id);
  }

  /** Marks the applied change, unless it is this one, as superseded. */
  static void supersede(Connection c, Optional<Long> but) throws SQLException {
    Sql.update(
        c,
        "UPDATE policy_change SET state = 'SUPERSEDED' WHERE state = 'APPLIED' AND id <> ?",
        but.orElse(0L));
  }

  static Optional<Change> applied(Connection c, Instant now) throws SQLException {
    return Sql.one(c, CHANGE + " WHERE state = 'APPLIED'", row -> change(row, now));
  }

  static Optional<Change> change(Connection c, long id, Instant now) throws SQLException {
    return Sql.one(c, CHANGE + " WHERE id = ?", row -> change(row, now), id);
  }

  /** Returns changes with smaller numbers, the newest first. */
  static List<Change> changes(Connection c, long before, int limit, Instant now)
      throws SQLException {
    return Sql.query(
        c,
        CHANGE + " WHERE id < ? ORDER BY id DESC LIMIT ?",
        row -> change(row, now),
        before,
        limit);
  }

  private static Change change(ResultSet row, Instant now) throws SQLException {
    long decided = row.getLong(16);
    Instant proposed = Instant.ofEpochMilli(row.getLong(14));
    return new Change(
        row.getLong(1),
        state(Change.State.valueOf(row.getString(2)), proposed, now),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        identity(row, 7),
        identity(row, 10),
        row.getString(13),
        proposed,
        Optional.ofNullable(row.getString(15)),
        Optional.of(decided).filter(at -> at > 0).map(Instant::ofEpochMilli));
  }

  private static Change.State state(Change.State kept, Instant proposed, Instant now) {
    boolean expired =
        kept == Change.State.PROPOSED
            && io.contextkeep.vault.changes.Change.hasExpired(proposed, now);
    return expired ? Change.State.EXPIRED : kept;
  }

  private static PolicyIdentity identity(ResultSet row, int first) throws SQLException {
    return new PolicyIdentity(
        row.getString(first), row.getString(first + 1), row.getString(first + 2));
  }
}
