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
 * The customers whom the lines of a batch name, within one transaction. Many lines name the same,
 * who is looked up once: a link that is there stays there until the transaction ends.
 */
final class Naming {
  private final Customers customers;
  private final Map<List<Identifier>, Named> linked = new HashMap<>();

  /** The links of a line's identifiers, and its identifiers without a link. */
  record Named(List<Link> links, List<Identifier> unlinked) {
    boolean isNew() {
      return links.isEmpty();
    }

    /** Returns the customer, if all identifiers are linked to the same. */
    Optional<SubjectId> known() {
      return unlinked.isEmpty() && links.stream().map(Link::subject).distinct().count() == 1
          ? Optional.of(links.getFirst().subject())
          : Optional.empty();
    }
  }

  Naming(Customers customers) {
    this.customers = customers;
  }

  Named of(Connection c, List<Identifier> identifiers) throws SQLException {
    Named known = linked.get(identifiers);
    if (known != null) {
      return known;
    }
    Named named = find(c, identifiers);
    if (named.unlinked().isEmpty()) {
      linked.put(identifiers, named);
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
