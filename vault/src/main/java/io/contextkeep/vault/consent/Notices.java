package io.contextkeep.vault.consent;

import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.Urns;
import io.contextkeep.ontology.records.Notice;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.web.Json;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The notices in all their versions, which never change. */
public final class Notices {
  /** The outcome of putting a notice. */
  public enum Put {
    NEW,
    SAME,
    DIFFERENT
  }

  /** Keeps a notice if its version is new; a version that exists is never replaced. */
  public Put put(Connection c, Notice notice, Instant at) throws SQLException {
    Optional<Notice> held = find(c, notice.id(), notice.version());
    if (held.isPresent()) {
      return held.get().equals(notice) ? Put.SAME : Put.DIFFERENT;
    }
    Sql.update(
        c,
        "INSERT INTO notice (id, version, json, at) VALUES (?, ?, ?, ?)",
        notice.id(),
        notice.version(),
        Json.tree(NoticeDocument.of(notice)).toString(),
        at.toEpochMilli());
    return Put.NEW;
  }

  /** Returns the notices and versions after one, in their order. */
  List<Notice> page(Connection c, Optional<NoticeReference> after, int limit) throws SQLException {
    return Sql.query(
        c,
        """
        SELECT id, version, json FROM notice WHERE (id, version) > (?, ?)
        ORDER BY id, version LIMIT ?\
        """,
        Notices::notice,
        after.map(NoticeReference::id).orElse(""),
        after.map(NoticeReference::version).orElse(0),
        limit);
  }

  private List<Notice> all(Connection c) throws SQLException {
    return Sql.query(
        c, "SELECT id, version, json FROM notice ORDER BY id, version", Notices::notice);
  }

  /** Returns the newest version of each notice at an instant. */
  public List<Notice> at(Connection c, Instant at) throws SQLException {
    return Sql.query(
        c,
        """
        SELECT n.id, n.version, n.json FROM notice n
        JOIN (SELECT id, max(version) AS version FROM notice WHERE at <= ? GROUP BY id) newest
          ON newest.id = n.id AND newest.version = n.version
        ORDER BY n.id\
        """,
        Notices::notice,
        at.toEpochMilli());
  }

  public Optional<Notice> find(Connection c, String id, int version) throws SQLException {
    return Sql.one(
        c,
        "SELECT id, version, json FROM notice WHERE id = ? AND version = ?",
        Notices::notice,
        id,
        version);
  }

  /** Returns the notice that an event names. */
  public Optional<Notice> named(Connection c, String reference) throws SQLException {
    Optional<NoticeReference> named = NoticeReference.parse(reference);
    return named.isPresent() ? find(c, named.get().id(), named.get().version()) : Optional.empty();
  }

  /** Returns whether the vault has the notice that an event names. */
  boolean has(Connection c, String reference) throws SQLException {
    Optional<NoticeReference> named = NoticeReference.parse(reference);
    return named.isPresent()
        && Sql.one(
                c,
                "SELECT 1 FROM notice WHERE id = ? AND version = ?",
                row -> row.getInt(1),
                named.get().id(),
                named.get().version())
            .isPresent();
  }

  /** Returns the newest version of each notice about that purpose and app. */
  public List<Notice> telling(Connection c, Purpose purpose, String app) throws SQLException {
    List<Notice> all = all(c);
    return all.stream()
        .filter(
            notice ->
                all.stream()
                    .filter(other -> other.id().equals(notice.id()))
                    .max(Comparator.comparing(Notice::version))
                    .equals(Optional.of(notice)))
        .filter(notice -> notice.covers(purpose, Urns.app(app)))
        .toList();
  }

  private static Notice notice(ResultSet row) throws SQLException {
    return read(row.getString(1), row.getInt(2), row.getString(3));
  }

  /** Reads a notice as it is kept. */
  public static Notice read(String id, int version, String kept) {
    return NoticeDocument.read(kept.getBytes(StandardCharsets.UTF_8)).notice(id, version);
  }
}
