package io.contextkeep.vault.customers;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Actor;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The enrolment of customers and the links of their identifiers, each with its log entry. A
 * customer has at most one identifier of a unique kind.
 */
public final class Enrolment {
  private final Db db;
  private final Customers customers;
  private final SubjectKeys keys;
  private final AuditLog log;
  private final SecureRandom random;
  private final InstantSource clock;

  public Enrolment(
      Db db,
      Customers customers,
      SubjectKeys keys,
      AuditLog log,
      SecureRandom random,
      InstantSource clock) {
    this.db = db;
    this.customers = customers;
    this.keys = keys;
    this.log = log;
    this.random = random;
    this.clock = clock;
  }

  /**
   * Finds the customer with an identifier, and enrols them if it is unknown: customers may make
   * choices before anything is held about them. Empty while they are being erased.
   *
   * @param actor the caller, for the log
   */
  public Optional<SubjectId> enrol(Identifier identifier, Actor actor) {
    Optional<SubjectId> known = db.inRead(c -> customers.find(c, identifier));
    if (known.isPresent()) {
      return known;
    }
    SubjectId fresh = SubjectId.random(random);
    keys.create(List.of(fresh));
    SubjectKey key = keys.find(fresh).orElseThrow();
    return db.inWrite(
        c -> {
          if (customers.holder(c, identifier).isEmpty()) {
            create(c, fresh, key, actor.facts(), List.of(identifier), Customers.SOURCE);
          }
          return customers.find(c, identifier);
        });
  }

  /**
   * Links an account that the customer proved to be theirs. The caller logs it.
   *
   * @return the link; empty if the identifier is another customer's, or one of a kind of which this
   *     customer has another
   */
  public Optional<Link> linkOwn(
      Connection c, SubjectId subject, SubjectKey key, Identifier identifier) throws SQLException {
    Optional<Link> held = customers.holder(c, identifier);
    if (held.isPresent()) {
      return held.filter(link -> link.subject().equals(subject));
    }
    if (clash(c, subject, List.of(identifier)).isPresent()) {
      return Optional.empty();
    }
    customers.allowAgain(c, subject, identifier);
    link(c, subject, key, identifier, Customers.SOURCE);
    return customers.holder(c, identifier);
  }

  /**
   * Enrols a customer with identifiers. The entry of the enrolment is written in the same
   * transaction, so it is the customer's first.
   *
   * @param by the app that enrols them, or {@link Customers#SOURCE}
   */
  public void create(
      Connection c,
      SubjectId subject,
      SubjectKey key,
      Map<String, Object> causedBy,
      List<Identifier> identifiers,
      String by)
      throws SQLException {
    customers.create(c, subject);
    TreeMap<String, Object> facts = new TreeMap<>(causedBy);
    facts.put("identifiers", kinds(identifiers));
    log.stage(c, AuditEntry.enrolment(facts, subject.value(), key.viewKey(), key));
    for (Identifier identifier : identifiers) {
      link(c, subject, key, identifier, by);
    }
  }

  /** Links more identifiers to a known customer, and logs that. */
  public void link(
      Connection c,
      SubjectId subject,
      SubjectKey key,
      Map<String, Object> causedBy,
      List<Identifier> identifiers,
      String by)
      throws SQLException {
    TreeMap<String, Object> facts = new TreeMap<>(causedBy);
    facts.put("action", "link");
    facts.put("identifiers", kinds(identifiers));
    log.stage(c, AuditEntry.of(EntryType.LINK, facts).about(subject.value(), key, Map.of()));
    for (Identifier identifier : identifiers) {
      link(c, subject, key, identifier, by);
    }
  }

  private void link(
      Connection c, SubjectId subject, SubjectKey key, Identifier identifier, String by)
      throws SQLException {
    byte[] text = identifier.value().getBytes(StandardCharsets.UTF_8);
    byte[] sealed = key.seal("identifier/" + identifier.kind(), 1, text);
    byte[] id = new byte[16];
    random.nextBytes(id);
    String name = HexFormat.of().formatHex(id);
    customers.link(c, subject, identifier, sealed, name, by, clock.instant());
  }

  private static List<String> kinds(List<Identifier> identifiers) {
    return identifiers.stream().map(Identifier::kind).sorted().distinct().toList();
  }

  /** Finds a link of the customer that conflicts with one of the identifiers. */
  public Optional<Link> clash(Connection c, SubjectId subject, List<Identifier> unlinked)
      throws SQLException {
    Set<String> unique =
        unlinked.stream()
            .map(Identifier::kind)
            .filter(customers.kinds().unique()::contains)
            .collect(Collectors.toSet());
    return unique.isEmpty()
        ? Optional.empty()
        : customers.links(c, subject).stream()
            .filter(link -> unique.contains(link.kind()))
            .findFirst();
  }
}
