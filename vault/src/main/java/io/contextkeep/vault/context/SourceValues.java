package io.contextkeep.vault.context;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.registry.Attribute;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The values of an attribute of a customer: the one in force, and beside it those of other sources.
 * Derived values are held only while they are in force.
 */
public final class SourceValues {

  private SourceValues() {}

  /**
   * The facts that the next value of a source depends on.
   *
   * @param own the time of the source's own value; the minimum if it has none
   * @param observed the time of the value in force; the minimum if there is none
   * @param by the source of the value in force; empty if there is none
   * @param besideToo whether the source's own value is kept beside another one
   * @param next the version of the next value
   */
  public record Held(long own, long observed, String by, boolean besideToo, long next) {
    private static final Held NOTHING = new Held(Long.MIN_VALUE, Long.MIN_VALUE, "", false, 1);

    public boolean yieldsTo(long newer) {
      return !by.equals(Customers.SOURCE) && newer >= observed;
    }

    private Held inForce(String source, String asked, long at, long version) {
      return new Held(
          source.equals(asked) ? at : own, at, source, besideToo, Math.max(next, version + 1));
    }

    private Held beside(String source, String asked, long at, long version) {
      boolean itsOwn = source.equals(asked);
      return new Held(
          itsOwn ? at : own, observed, by, besideToo || itsOwn, Math.max(next, version + 1));
    }
  }

  /**
   * Returns the facts about an attribute of a customer.
   *
   * @param latest the latest plausible time; a value observed later was written while the clock was
   *     ahead, and yields to any other
   */
  public static Held held(Connection c, SubjectId subject, String name, String source, long latest)
      throws SQLException {
    AtomicReference<Held> held = new AtomicReference<>(Held.NOTHING);
    Sql.each(
        c,
        """
        SELECT 1, source, observed, version FROM value WHERE subject = ? AND name = ?
        UNION ALL
        SELECT 0, source, observed, version FROM source_value WHERE subject = ? AND name = ?\
        """,
        row -> {
          String by = row.getString(2);
          long observed = row.getLong(3) > latest ? Long.MIN_VALUE : row.getLong(3);
          held.set(
              row.getInt(1) == 1
                  ? held.get().inForce(by, source, observed, row.getLong(4))
                  : held.get().beside(by, source, observed, row.getLong(4)));
        },
        subject.value(),
        name,
        subject.value(),
        name);
    return held.get();
  }

  /** Puts a value in force and keeps the value of another source that was in force beside it. */
  public static void putInForce(
      Connection c,
      SubjectId subject,
      SourceLine line,
      String source,
      String batch,
      Held held,
      byte[] sealed,
      int clauses)
      throws SQLException {
    String name = line.attribute().name();
    if (held.besideToo()) {
      Sql.update(
          c,
          "DELETE FROM source_value WHERE subject = ? AND name = ? AND source = ?",
          subject.value(),
          name,
          source);
    }
    if (held.by().equals(source) && replaced(c, subject, line, batch, held, sealed, clauses)) {
      return;
    }
    if (!held.by().isEmpty()) {
      makeRoom(c, subject, name, held, source);
    }
    Sql.update(
        c,
        """
        INSERT INTO value (subject, name, version, observed, source, batch, sealed, clauses)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)\
        """,
        subject.value(),
        name,
        held.next(),
        line.observed(),
        source,
        batch,
        sealed,
        clauses);
  }

  /**
   * Replaces the source's own value that is in force, in one step. A derived one has rows that go
   * with it, so it is not replaced.
   */
  private static boolean replaced(
      Connection c,
      SubjectId subject,
      SourceLine line,
      String batch,
      Held held,
      byte[] sealed,
      int clauses)
      throws SQLException {
    return 1
        == Sql.update(
            c,
            """
            UPDATE value SET version = ?, observed = ?, batch = ?, sealed = ?, clauses = ?
            WHERE subject = ? AND name = ? AND clauses = 0\
            """,
            held.next(),
            line.observed(),
            batch,
            sealed,
            clauses,
            subject.value(),
            line.attribute().name());
  }

  private static void makeRoom(
      Connection c, SubjectId subject, String name, Held held, String source) throws SQLException {
    if (!held.by().equals(source) && !held.by().equals(Customers.SOURCE)) {
      Sql.update(
          c,
          """
          INSERT INTO source_value (subject, name, source, version, observed, batch, sealed)
          SELECT subject, name, source, version, observed, batch, sealed FROM value
          WHERE subject = ? AND name = ? AND clauses = 0\
          """,
          subject.value(),
          name);
    }
    Sql.update(c, "DELETE FROM value WHERE subject = ? AND name = ?", subject.value(), name);
  }

  public static void putBeside(
      Connection c,
      SubjectId subject,
      SourceLine line,
      String source,
      String batch,
      long version,
      byte[] sealed)
      throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO source_value (subject, name, source, version, observed, batch, sealed)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (subject, name, source) DO UPDATE SET version = excluded.version,
          observed = excluded.observed, batch = excluded.batch, sealed = excluded.sealed\
        """,
        subject.value(),
        line.attribute().name(),
        source,
        version,
        line.observed(),
        batch,
        sealed);
  }

  /** Returns the sources' sealed values that are not in force. */
  static List<Sealed> beside(Connection c, SubjectId subject, Map<String, Attribute> values)
      throws SQLException {
    List<Sealed> beside = new ArrayList<>();
    Sql.each(
        c,
        """
        SELECT 0, version, observed, name, source, batch, sealed FROM source_value
        WHERE subject = ? ORDER BY name, source\
        """,
        row -> {
          Attribute attribute = values.get(row.getString(4));
          if (attribute != null) {
            beside.add(Sealed.value(row, attribute));
          }
        },
        subject.value());
    return beside;
  }

  /** Drops the customer's correction and puts the latest value of a source in force. */
  public static boolean dropCorrection(Connection c, SubjectId subject, String name)
      throws SQLException {
    int dropped =
        Sql.update(
            c,
            "DELETE FROM value WHERE subject = ? AND name = ? AND source = ?",
            subject.value(),
            name,
            Customers.SOURCE);
    promote(c, subject, name);
    return dropped > 0;
  }

  /** Removes the value in force and puts the latest value of a source in force. */
  public static void remove(Connection c, SubjectId subject, String name) throws SQLException {
    Sql.update(c, "DELETE FROM value WHERE subject = ? AND name = ?", subject.value(), name);
    promote(c, subject, name);
  }

  /** Returns the source of the value in force; empty if there is none. */
  public static Optional<String> source(Connection c, SubjectId subject, String name)
      throws SQLException {
    return Sql.one(
        c,
        "SELECT source FROM value WHERE subject = ? AND name = ?",
        row -> row.getString(1),
        subject.value(),
        name);
  }

  /** Puts the latest value of a source in force, if none is. */
  static void promote(Connection c, SubjectId subject, String name) throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO value (subject, name, version, observed, source, batch, sealed, clauses)
        SELECT subject, name, version, observed, source, batch, sealed, 0 FROM source_value
        WHERE subject = ? AND name = ? ORDER BY observed DESC, source LIMIT 1
        ON CONFLICT (subject, name) DO NOTHING\
        """,
        subject.value(),
        name);
    Sql.update(
        c,
        """
        DELETE FROM source_value WHERE subject = ? AND name = ? AND source =
          (SELECT source FROM value WHERE subject = ? AND name = ?)\
        """,
        subject.value(),
        name,
        subject.value(),
        name);
  }
}
