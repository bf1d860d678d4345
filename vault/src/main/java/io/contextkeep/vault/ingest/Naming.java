package io.contextkeep.vault.ingest;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.customers.Link;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The customers whom the lines of a batch name. Many lines name the same, who is looked up once.
 * What is remembered holds until the snapshot or the transaction ends.
 */
final class Naming {
  private final Customers customers;
  private final boolean growing;
  private final Map<List<Identifier>, Named> settled = new HashMap<>();

  /** The links of a line's identifiers, and its identifiers without a link. */
  record Named(List<Link> links, List<Identifier> unlinked) {
    boolean isNew() {
      return links.isEmpty();
    }

    /** Returns whether the customer is named by one identifier, which is linked. */
    boolean isByOne() {
      return links.size() == 1 && unlinked.isEmpty();
    }

    /** Returns the customer, if all identifiers are linked to the same. */
    Optional<SubjectId> known() {
      return isByOne()
              || unlinked.isEmpty() && links.stream().map(Link::subject).distinct().count() == 1
          ? Optional.of(links.getFirst().subject())
          : Optional.empty();
    }
  }

  private Naming(Customers customers, boolean growing) {
    this.customers = customers;
    this.growing = growing;
  }

  /** Returns the naming of lines in a snapshot, in which nothing changes. */
  static Naming inSnapshot(Customers customers) {
    return new Naming(customers, false);
  }

  /**
   * Returns the naming of lines that are written in a transaction: a link that is there stays, and
   * more are added.
   */
  static Naming inTransaction(Customers customers) {
    return new Naming(customers, true);
  }

  Named of(Connection c, List<Identifier> identifiers) throws SQLException {
    Named known = settled.get(identifiers);
    if (known != null) {
      return known;
    }
    Named named = find(c, identifiers);
    if (!growing || named.unlinked().isEmpty()) {
      settled.put(identifiers, named);
    }
    return named;
  }

  private Named find(Connection c, List<Identifier> identifiers) throws SQLException {
    List<Link> links = new ArrayList<>();
    List<Identifier> unlinked = new ArrayList<>();
    for (Identifier identifier : identifiers) {
      Optional<Link> link = customers.holder(c, identifier);
      link.ifPresent(links::add);
      if (link.isEmpty()) {
        unlinked.add(identifier);
      }
    }
    return new Named(links, unlinked);
  }
}
