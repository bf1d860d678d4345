package io.contextkeep.vault.customers;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.IdentifierText;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The directory of customers. An identifier is found by its blind index, never by its text. */
public final class Customers {
  /** The source of customers' own values. No app can be registered under this name. */
  public static final String SOURCE = "customer";

  private final BlindIndex blindIndex;
  private final IdentifierKinds kinds;

  public Customers(BlindIndex blindIndex, IdentifierKinds kinds) {
    this.blindIndex = blindIndex;
    this.kinds = kinds;
  }

  public IdentifierKinds kinds() {
    return kinds;
  }

  /** Returns the customer with an identifier; empty also while they are being erased. */
  public Optional<SubjectId> find(Connection c, Identifier identifier) throws SQLException {
    return Sql.one(
        c,
        """
        SELECT s.id FROM identifier i JOIN subject s ON s.id = i.subject
        WHERE i.kind = ? AND i.blind = ? AND s.erasing = 0\
        """,
        row -> new SubjectId(row.getLong(1)),
        identifier.kind(),
        blind(c, identifier));
  }

  /** Returns the link of an identifier, even of a customer who is being erased. */
  public Optional<Link> holder(Connection c, Identifier identifier) throws SQLException {
    return Sql.one(
        c,
        "SELECT " + Link.COLUMNS + " FROM identifier WHERE kind = ? AND blind = ?",
        Link::of,
        identifier.kind(),
        blind(c, identifier));
  }

  /** Returns the link of an identifier; empty if it has none. */
  public Optional<Link> linkOf(Connection c, Identifier identifier) throws SQLException {
    return holder(c, identifier);
  }

  /** Returns the links of a customer's identifiers. */
  public List<Link> links(Connection c, SubjectId subject) throws SQLException {
    return Sql.query(
        c,
        "SELECT "
            + Link.COLUMNS
            + " FROM identifier WHERE subject = ? ORDER BY kind, linked_at, id",
        Link::of,
        subject.value());
  }

  /**
   * Returns whether the customer or an operator undid this link; then no source can make it again.
   */
  public boolean isUnlinked(Connection c, SubjectId subject, Identifier identifier)
      throws SQLException {
    return Sql.one(
            c,
            "SELECT 1 FROM unlinked_identifier WHERE subject = ? AND kind = ? AND blind = ?",
            _ -> true,
            subject.value(),
            identifier.kind(),
            blind(identifier))
        .isPresent();
  }

  /** Allows a link that was undone to be made again, by the customer. */
  void allowAgain(Connection c, SubjectId subject, Identifier identifier) throws SQLException {
    Sql.update(
        c,
        "DELETE FROM unlinked_identifier WHERE subject = ? AND kind = ? AND blind = ?",
        subject.value(),
        identifier.kind(),
        blind(identifier));
  }

  /** Undoes a link; only the customer can make it again. */
  public Link unlink(Connection c, Link link, Instant at) throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO unlinked_identifier (subject, kind, blind, at)
        SELECT subject, kind, blind, ? FROM identifier WHERE subject = ? AND id = ?
        ON CONFLICT DO NOTHING\
        """,
        at.toEpochMilli(),
        link.subject().value(),
        link.id());
    Sql.update(
        c,
        "DELETE FROM identifier WHERE subject = ? AND id = ?",
        link.subject().value(),
        link.id());
    return link;
  }

  void create(Connection c, SubjectId subject) throws SQLException {
    Sql.update(c, "INSERT INTO subject (id) VALUES (?)", subject.value());
  }

  /**
   * Links the identifier to the customer.
   *
   * @param id the id by which the link is undone
   * @param by the app, or {@link #SOURCE}
   */
  void link(
      Connection c,
      SubjectId subject,
      Identifier identifier,
      byte[] sealed,
      String id,
      String by,
      Instant at)
      throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO identifier (kind, blind, subject, sealed, id, linked_by, linked_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)\
        """,
        identifier.kind(),
        blind(identifier),
        subject.value(),
        sealed,
        id,
        by,
        at.toEpochMilli());
  }

  public boolean isRestricted(Connection c, SubjectId subject) throws SQLException {
    return entry(c, subject).map(Entry::restricted).orElse(true);
  }

  public void restrict(Connection c, SubjectId subject, boolean restricted, Instant at)
      throws SQLException {
    int changed =
        Sql.update(
            c,
            "UPDATE subject SET restricted = ? WHERE id = ? AND restricted <> ?",
            restricted,
            subject.value(),
            restricted);
    if (changed > 0) {
      ObjectionHistory.restricted(c, subject, restricted, at);
    }
  }

  /** Returns the ids of all customers, also of those who are being erased. */
  public static List<SubjectId> all(Connection c) throws SQLException {
    return Sql.query(c, "SELECT id FROM subject", row -> new SubjectId(row.getLong(1)));
  }

  /** A customer as the directory has them. */
  public record Entry(SubjectId subject, boolean restricted, boolean erasing) {}

  /** Returns the next customers after a row key, in order. */
  public static List<Entry> page(Connection c, long after, int most) throws SQLException {
    return Sql.query(
        c,
        "SELECT id, restricted, erasing FROM subject WHERE id > ? ORDER BY id LIMIT ?",
        row -> new Entry(new SubjectId(row.getLong(1)), row.getInt(2) != 0, row.getInt(3) != 0),
        after,
        most);
  }

  /**
   * Returns the last of so many customers after one row key and up to another; empty if there are
   * fewer.
   */
  public static Optional<SubjectId> last(Connection c, long after, long until, int many)
      throws SQLException {
    return Sql.one(
        c,
        "SELECT id FROM subject WHERE id > ? AND id <= ? ORDER BY id LIMIT 1 OFFSET ?",
        row -> new SubjectId(row.getLong(1)),
        after,
        until,
        many - 1);
  }

  /** A consumer of customers. */
  @FunctionalInterface
  public interface Each {
    void take(long subject, boolean restricted, boolean erasing);
  }

  /**
   * Visits the customers after one row key and up to another who are restricted or being erased.
   *
   * @param everybody whether to visit all others too
   */
  public static void each(Connection c, long after, long until, boolean everybody, Each each)
      throws SQLException {
    Sql.each(
        c,
        everybody
            ? "SELECT id, restricted, erasing FROM subject WHERE id > ? AND id <= ? ORDER BY id"
            : """
            SELECT id, restricted, erasing FROM subject
            WHERE id > ? AND id <= ? AND (restricted <> 0 OR erasing <> 0) ORDER BY id\
            """,
        row -> each.take(row.getLong(1), row.getInt(2) != 0, row.getInt(3) != 0),
        after,
        until);
  }

  /** Returns whether the customer is known, even if they are being erased. */
  public static boolean exists(Connection c, SubjectId subject) throws SQLException {
    return entry(c, subject).isPresent();
  }

  /** Returns whether the customer is known and not being erased. */
  public static boolean isActive(Connection c, SubjectId subject) throws SQLException {
    return entry(c, subject).filter(entry -> !entry.erasing()).isPresent();
  }

  /**
   * Returns whether the customer's data may be processed otherwise than by storing it: they are
   * neither restricted nor being erased.
   */
  public static boolean mayBeProcessed(Connection c, SubjectId subject) throws SQLException {
    return entry(c, subject).filter(entry -> !entry.erasing() && !entry.restricted()).isPresent();
  }

  private static Optional<Entry> entry(Connection c, SubjectId subject) throws SQLException {
    return Sql.one(
        c,
        "SELECT restricted, erasing FROM subject WHERE id = ?",
        row -> new Entry(subject, row.getInt(1) != 0, row.getInt(2) != 0),
        subject.value());
  }

  /** An identifier with its sealed value. */
  public record SealedIdentifier(String kind, byte[] bytes) {}

  /** Returns the customer's identifiers, sealed. */
  public static List<SealedIdentifier> sealedIdentifiers(Connection c, SubjectId subject)
      throws SQLException {
    return Sql.query(
        c,
        "SELECT kind, sealed FROM identifier WHERE subject = ? ORDER BY kind, blind",
        row -> new SealedIdentifier(row.getString(1), row.getBytes(2)),
        subject.value());
  }

  /** Deletes the customer, of whom no other row may be left. */
  public static int delete(Connection c, SubjectId subject) throws SQLException {
    return Sql.update(c, "DELETE FROM subject WHERE id = ?", subject.value());
  }

  public void startErasing(Connection c, SubjectId subject) throws SQLException {
    Sql.update(c, "UPDATE subject SET erasing = 1 WHERE id = ?", subject.value());
  }

  public List<SubjectId> erasing(Connection c) throws SQLException {
    return Sql.query(
        c, "SELECT id FROM subject WHERE erasing = 1", row -> new SubjectId(row.getLong(1)));
  }

  /** Returns the blind index of a new identifier. */
  public byte[] blind(Identifier identifier) {
    return blindIndex.of(
        identifier.kind(), BlindIndex.normalise(identifier.kind(), identifier.value()));
  }

  /**
   * Returns the blind index of an identifier in its present spelling, or in an older one if it is
   * held under that.
   */
  public byte[] blind(Connection c, Identifier identifier) throws SQLException {
    List<String> spellings = IdentifierText.spellings(identifier.kind(), identifier.value());
    for (String spelling : spellings.subList(0, spellings.size() - 1)) {
      byte[] blind = blindIndex.of(identifier.kind(), spelling);
      if (isHeld(c, identifier.kind(), blind)) {
        return blind;
      }
    }
    byte[] last = blindIndex.of(identifier.kind(), spellings.getLast());
    boolean asLast = spellings.size() == 1 || isHeld(c, identifier.kind(), last);
    return asLast ? last : blindIndex.of(identifier.kind(), spellings.getFirst());
  }

  private static boolean isHeld(Connection c, String kind, byte[] blind) throws SQLException {
    return Sql.one(
            c, "SELECT 1 FROM identifier WHERE kind = ? AND blind = ?", _ -> true, kind, blind)
        .isPresent();
  }
}
