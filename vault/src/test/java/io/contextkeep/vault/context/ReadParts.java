package io.contextkeep.vault.context;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.policy.AskedQuestion;
import io.contextkeep.policy.Decision;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.vault.Inside;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Facet;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.registry.ValueRule;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;

/**
 * The parts of the shop's read of one customer, on a stopped vault's files, for the benchmarks.
 * Each can be done again and again, and returns what it made.
 */
public final class ReadParts implements AutoCloseable {
  /** The number of entries that are committed together. */
  public static final int GROUP = 64;

  private static final String PURPOSE = "dpv:ServicePersonalisation";
  private static final long CAPSULE_BYTES = 1 << 20;

  private final Db db;
  private final SubjectKeys keys;
  private final AuditLog log;
  private final PreparedReads reads;
  private final PolicyGate gate;
  private final Entries entries;
  private final ReadRequest ask;
  private final PreparedRead read;
  private final Decision decision;
  private final List<AuditEntry> group;

  /**
   * Reads once, so that everything is remembered.
   *
   * @param customer who has consented to the shop's personalisation
   * @param attributes the names of the values to ask for
   */
  public ReadParts(
      Path database,
      Path keyDirectory,
      PolicyEngine engine,
      Identifier customer,
      List<String> attributes)
      throws IOException {
    SecureRandom random = new SecureRandom();
    InstantSource clock = InstantSource.system();
    RootKey root = FileRootKey.openOrCreate(keyDirectory.resolve("root.key"));
    db = Db.open(database, Schema.migrations(), Executors.defaultThreadFactory());
    keys =
        new SubjectKeys(
            keyDirectory.resolve("keys.db"), root, random, Executors.defaultThreadFactory());
    log = Inside.log(keyDirectory, db, root);
    Registry registry = new Registry(db);
    List<Attribute> registered = attributes.stream().map(ReadParts::attribute).toList();
    furnish(registry, registered);
    Customers customers = new Customers(new BlindIndex(root), IdentifierKinds.NONE);
    ContextStore store = new ContextStore(customers, keys, clock);
    Capsules capsules = Capsules.of(db, CAPSULE_BYTES);
    reads = new PreparedReads(db, registry, store, customers, capsules, clock);
    gate = new PolicyGate(engine, random);
    entries = new Entries(keys);
    Caller shop = new Caller("shop", Role.APP, Optional.empty());
    String request = "0b8a4c1e-7a0e-4f0e-9a59-6a3f6c1d2e3f";
    ask = new ReadRequest(request, shop, customer, PURPOSE, registered, Optional.empty());
    read = reads.of(List.of(ask)).getFirst();
    decision = gate.decide(read.question());
    if (!(decision instanceof Permit)) {
      throw new IllegalStateException("The read is not permitted: " + decision);
    }
    group = Collections.nCopies(GROUP, entries.entry(ask, EntryType.READ, read, decision));
  }

  private static Attribute attribute(String name) {
    return new Attribute(
        name,
        Attribute.Kind.VALUE,
        Facet.PROFILE,
        DataCategory.parse("pd:Country").orElseThrow(),
        "low",
        "{}",
        ValueRule.of(new ObjectMapper().createObjectNode()),
        Duration.ofDays(100),
        Optional.empty());
  }

  private void furnish(Registry registry, List<Attribute> attributes) {
    App shop =
        new App("shop", "Shop", null, null, Set.of(PURPOSE), Set.of(), null, null, Set.of(), false);
    db.inWrite(
        c -> {
          registry.put(c, shop);
          for (Attribute attribute : attributes) {
            registry.put(c, attribute);
          }
          return 0;
        });
    registry.refresh();
  }

  /** Finds the customer's facts and the question that they make, in memory. */
  public Object capsule() {
    return reads.of(List.of(ask)).getFirst();
  }

  /** Decides a question that was decided before. */
  public Object decision() {
    return gate.decide(read.question());
  }

  /** Decides a new question that says the same as one that was decided before. */
  public Object equalDecision() {
    return gate.decide(new AskedQuestion(read.question().question()));
  }

  /** Makes the log entry of a decision; the last one about the customer said the same. */
  public Object entry() {
    return entries.entry(ask, EntryType.READ, read, decision);
  }

  /** Commits entries together and waits until they are on disk. */
  public Object group() {
    return log.append(group);
  }

  /** Does what a vault does beside the writer. */
  public void tidy() {
    log.index();
    log.publish();
    db.checkpoint();
  }

  @Override
  public void close() {
    db.close();
    keys.close();
  }
}
