package io.contextkeep.vault.context;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.consent.ConsentRow;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.registry.Attribute;
import java.sql.Connection;
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
    final List<ConsentRow> consents = new ArrayList<>();
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
    List<Customers.Entry> page = Customers.page(c, after, most);
    for (Customers.Entry customer : page) {
      last = customer.subject().value();
      if (!customer.erasing()) {
        members.put(last, new Member(customer.restricted()));
      }
    }
    return page.size();
  }

  private void consents(Connection c, String recipient) throws SQLException {
    ConsentLedger.eachConsent(
        c,
        members.firstKey(),
        members.lastKey(),
        recipient,
        (subject, consent) -> of(subject).ifPresent(member -> member.consents.add(consent)));
  }

  /** Returns a customer of the chunk; empty for one who is being erased. */
  private Optional<Member> of(SubjectId subject) {
    return Optional.ofNullable(members.get(subject.value()));
  }

  private void objections(Connection c) throws SQLException {
    ConsentLedger.eachObjection(
        c,
        members.firstKey(),
        members.lastKey(),
        (subject, purpose) -> of(subject).ifPresent(member -> member.objections.add(purpose)));
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
    ValidValues.each(
        c,
        members.firstKey(),
        members.lastKey(),
        now,
        row -> {
          Attribute attribute = wanted.get(row.getString(4));
          Member member = members.get(row.getLong(1));
          if (attribute != null && member != null) {
            member.sealed.add(Sealed.value(row, attribute));
          }
        });
  }

  private void events(Connection c, Cohort.Wanted wanted) throws SQLException {
    for (Attribute attribute : wanted.attributes()) {
      if (attribute.kind() == Attribute.Kind.EVENT) {
        StoredEvents.each(
            c,
            members.firstKey(),
            members.lastKey(),
            attribute,
            wanted,
            (subject, event) -> of(subject).ifPresent(member -> member.sealed.add(event)));
      }
    }
  }
}
