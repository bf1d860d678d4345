package io.contextkeep.vault.context;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.registry.Attribute;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A query for the snapshots of consecutive customers: what {@link CapsuleQuery} reads of one
 * customer, read by a few statements for all of them.
 */
final class CohortQuery {

  private static final class Member {
    final boolean restricted;
    final List<Snapshot.ConsentRow> consents = new ArrayList<>();
    final List<String> objections = new ArrayList<>();
    final List<Sealed> sealed = new ArrayList<>();

    Member(boolean restricted) {
      this.restricted = restricted;
    }
  }

  private final TreeMap<Long, Member> members = new TreeMap<>();
  private long last;

  private CohortQuery() {}

  static Cohort run(
      Connection c, long after, int most, String recipient, long now, Cohort.Wanted wanted)
      throws SQLException {
    CohortQuery query = new CohortQuery();
    int found = query.members(c, after, most);
    if (!query.members.isEmpty()) {
      query.consents(c, recipient);
      query.objections(c);
      query.values(c, now, wanted.attributes());
      query.events(c, wanted);
    }
    List<Snapshot> snapshots = new ArrayList<>();
    query.members.forEach(
        (subject, member) ->
            snapshots.add(
                new Snapshot(
                    Optional.of(new SubjectId(subject)),
                    Optional.empty(),
                    member.restricted,
                    member.consents,
                    member.objections,
                    new Snapshot.Contents(member.sealed, List.of(), List.of(), Optional.empty()))));
    return new Cohort(snapshots, query.last, found == most);
  }

  private int members(Connection c, long after, int most) throws SQLException {
    int[] found = new int[1];
    Sql.each(
        c,
        "SELECT id, restricted, erasing FROM subject WHERE id > ? ORDER BY id LIMIT ?",
        row -> {
          found[0]++;
          last = row.getLong(1);
          if (row.getInt(3) == 0) {
            members.put(last, new Member(row.getInt(2) != 0));
          }
        },
        after,
        most);
    return found[0];
  }

  private void consents(Connection c, String recipient) throws SQLException {
    Sql.each(
        c,
        """
        SELECT subject, event, explicit, purpose, recipient, status, expires, at, yields
        FROM consent_state WHERE subject BETWEEN ? AND ? AND recipient IN (?, '*')\
        """,
        row -> of(row, member -> member.consents.add(CapsuleQuery.consent(row, 7))),
        members.firstKey(),
        members.lastKey(),
        recipient);
  }

  private interface RowReader {
    void read(Member member) throws SQLException;
  }

  private void of(ResultSet row, RowReader reader) throws SQLException {
    Member member = members.get(row.getLong(1));
    if (member != null) {
      reader.read(member);
    }
  }

  private void objections(Connection c) throws SQLException {
    Sql.each(
        c,
        "SELECT subject, purpose FROM objection WHERE subject BETWEEN ? AND ?",
        row -> of(row, member -> member.objections.add(row.getString(2))),
        members.firstKey(),
        members.lastKey());
  }

  private void values(Connection c, long now, Collection<Attribute> attributes)
      throws SQLException {
    Map<String, Attribute> wanted = new HashMap<>();
    attributes.stream()
        .filter(attribute -> attribute.kind() == Attribute.Kind.VALUE)
        .forEach(attribute -> wanted.put(attribute.name(), attribute));
    if (wanted.isEmpty()) {
      return;
    }
    Sql.each(
        c,
        """
        SELECT subject, version, observed, name, source, batch, sealed FROM value v
        WHERE subject BETWEEN ? AND ? AND\
        """
            + " "
            + SourceValues.VALID,
        row -> {
          Attribute attribute = wanted.get(row.getString(4));
          if (attribute != null) {
            of(row, member -> member.sealed.add(CapsuleQuery.value(row, attribute)));
          }
        },
        members.firstKey(),
        members.lastKey(),
        now);
  }

  private void events(Connection c, Cohort.Wanted wanted) throws SQLException {
    for (Attribute attribute : wanted.attributes()) {
      if (attribute.kind() == Attribute.Kind.EVENT) {
        Sql.each(
            c,
            """
            SELECT subject, id, observed, source, batch, sealed FROM event
            WHERE subject BETWEEN ? AND ? AND name = ? AND observed >= ? AND observed < ?\
            """,
            row -> of(row, member -> member.sealed.add(event(row, attribute))),
            members.firstKey(),
            members.lastKey(),
            attribute.name(),
            wanted.from(),
            wanted.until());
      }
    }
  }

  private static Sealed event(ResultSet row, Attribute attribute) throws SQLException {
    return new Sealed(
        attribute,
        Sealed.eventRecord(attribute.name(), row.getBytes(2)),
        row.getLong(3),
        row.getLong(3),
        row.getString(4),
        row.getString(5),
        row.getBytes(6));
  }
}
