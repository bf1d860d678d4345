package io.contextkeep.vault.store;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The directory of customers: an identifier is found by its blind index, never by its text. */
public final class Customers {
  private final BlindIndex blindIndex;

  public Customers(BlindIndex blindIndex) {
    this.blindIndex = blindIndex;
  }

  /** The customer with that identifier; empty also while an erasure is under way. */
  public Optional<SubjectId> find(Connection c, Identifier identifier) throws SQLException {
    return Sql.one(
        c,
        """
        SELECT s.id FROM identifier i JOIN subject s ON s.id = i.subject
        WHERE i.kind = ? AND i.blind = ? AND s.erasing = 0\
        """,
        row -> new SubjectId(row.getLong(1)),
        identifier.kind(),
        blind(identifier));
  }

  /** Who holds the identifier, erasing or not: a taken identifier is never given out twice. */
  Optional<SubjectId> holder(Connection c, Identifier identifier) throws SQLException {
    return Sql.one(
        c,
        "SELECT subject FROM identifier WHERE kind = ? AND blind = ?",
        row -> new SubjectId(row.getLong(1)),
        identifier.kind(),
        blind(identifier));
  }

  void create(Connection c, SubjectId subject) throws SQLException {
    Sql.update(c, "INSERT INTO subject (id) VALUES (?)", subject.value());
  }

  void link(Connection c, SubjectId subject, Identifier identifier, byte[] sealed)
      throws SQLException {
    Sql.update(
        c,
        "INSERT INTO identifier (kind, blind, subject, sealed) VALUES (?, ?, ?, ?)",
        identifier.kind(),
        blind(identifier),
        subject.value(),
        sealed);
  }

  public boolean isRestricted(Connection c, SubjectId subject) throws SQLException {
    return Sql.one(
            c,
            "SELECT restricted FROM subject WHERE id = ?",
            row -> row.getInt(1) != 0,
            subject.value())
        .orElse(true);
  }

  public void restrict(Connection c, SubjectId subject, boolean restricted, Instant at)
      throws SQLException {
    int changed =
        Sql.update(
            c,
            "UPDATE subject SET restricted = ?1 WHERE id = ?2 AND restricted <> ?1",
            restricted,
            subject.value());
    if (changed > 0) {
      NoHistory.restricted(c, subject, restricted, at);
    }
  }

  public void startErasing(Connection c, SubjectId subject) throws SQLException {
    Sql.update(c, "UPDATE subject SET erasing = 1 WHERE id = ?", subject.value());
  }

  public List<SubjectId> erasing(Connection c) throws SQLException {
    return Sql.query(
        c, "SELECT id FROM subject WHERE erasing = 1", row -> new SubjectId(row.getLong(1)));
  }

  /** The identifier's blind index. */
  public byte[] blind(Identifier identifier) {
    return blindIndex.of(
        identifier.kind(), BlindIndex.normalise(identifier.kind(), identifier.value()));
  }
}
