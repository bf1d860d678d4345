package io.contextkeep.vault.context;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.architecture.SqlTexts;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Facet;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.registry.ValueRule;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The memory of customers' facts, in front of a real database. */
final class CapsulesTest {
  private static final String APP = "shop";

  /** The changes of each customer in the race of readers and writers. */
  private static final int CHANGES = 300;

  /** The classes with the statements that a capsule is read by. */
  private static final Set<String> READERS =
      Set.of(CapsuleQuery.class.getName(), StoredEvents.class.getName());

  /** Their numbers are odd, as all customers' are. */
  private static final List<Long> CUSTOMERS = List.of(1L, 3L, 5L);

  private static final List<Attribute> ATTRIBUTES =
      List.of(attribute("tier", Attribute.Kind.VALUE), attribute("visit", Attribute.Kind.EVENT));

  @TempDir Path dir;
  private final AtomicLong now =
      new AtomicLong(Instant.parse("2026-12-01T10:00:00Z").toEpochMilli());
  private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());
  private Db db;
  private SubjectKeys keys;
  private Customers customers;
  private Capsules capsules;
  private PreparedReads reads;

  @BeforeEach
  void start() throws Exception {
    RootKey root = FileRootKey.openOrCreate(dir.resolve("root.key"));
    keys = new SubjectKeys(dir.resolve("keys.db"), root, new SecureRandom(), Thread::new);
    db = Db.open(dir.resolve("vault.db"), Schema.migrations(), Thread::new);
    customers = new Customers(new BlindIndex(root), IdentifierKinds.NONE);
    capsules = Capsules.of(db, 1 << 20);
    ContextStore store = new ContextStore(customers, keys, clock);
    reads = new PreparedReads(db, new Registry(db), store, customers, capsules, clock);
    for (long id : CUSTOMERS) {
      db.inWrite(c -> enrol(c, id));
    }
  }

  @AfterEach
  void stop() {
    db.close();
    keys.close();
  }

  private static Identifier customer(long id) {
    return new Identifier("customer_number", "C" + id);
  }

  /** Puts a row into every table that a capsule is read from. */
  private int enrol(Connection c, long id) throws SQLException {
    Sql.update(c, "INSERT INTO subject (id) VALUES (?)", id);
    Sql.update(
        c,
        "INSERT INTO identifier (kind, blind, subject, sealed) VALUES ('customer_number', ?, ?, ?)",
        customers.blind(customer(id)),
        id,
        new byte[] {1});
    Sql.update(
        c,
        """
        INSERT INTO value (subject, name, version, observed, source, batch, sealed, clauses)
        VALUES (?, 'tier', 1, ?, 'crm', 'b', ?, 1)\
        """,
        id,
        now.get(),
        new byte[] {2});
    Sql.update(
        c,
        "INSERT INTO derivation (subject, name, kind, rule) VALUES (?, 'tier', 'rule', 'r')",
        id);
    Sql.update(
        c,
        """
        INSERT INTO derivation_ground (subject, name, clause, purpose, recipient, basis, since)
        VALUES (?, 'tier', 1, 'dpv:Marketing', 'shop', 'consent', 1)\
        """,
        id);
    Sql.update(
        c,
        """
        INSERT INTO event (subject, name, observed, id, source, batch, sealed)
        VALUES (?, 'visit', ?, ?, 'crm', 'b', ?)\
        """,
        id,
        now.get(),
        new byte[] {3},
        new byte[] {4});
    Sql.update(
        c,
        """
        INSERT INTO consent_state (subject, purpose, recipient, event, status, explicit, at, since)
        VALUES (?, 'dpv:Marketing', 'shop', 1, 'GIVEN', 1, 1, 1)\
        """,
        id);
    Sql.update(
        c, "INSERT INTO objection (subject, purpose, at) VALUES (?, 'dpv:Marketing', 1)", id);
    return 0;
  }

  private static Attribute attribute(String name, Attribute.Kind kind) {
    return new Attribute(
        name,
        kind,
        Facet.PROFILE,
        DataCategory.parse("pd:Country").orElseThrow(),
        "low",
        "{}",
        ValueRule.of(new ObjectMapper().createObjectNode()),
        Duration.ofDays(100),
        Optional.empty());
  }

  private Snapshot read(long id) {
    ReadRequest ask =
        new ReadRequest(
            "r",
            new Caller(APP, Role.APP, Optional.empty()),
            customer(id),
            "dpv:Marketing",
            ATTRIBUTES,
            Optional.empty());
    return reads.of(List.of(ask)).getFirst().snapshot();
  }

  private boolean isRemembered(long id) {
    Identifier customer = customer(id);
    Capsule.BlindKey key = Capsule.BlindKey.of(customer.kind(), customers.blind(customer));
    return capsules.find(key, now.get()).isPresent();
  }

  private static String text(Snapshot snapshot) {
    return snapshot.subject()
        + " "
        + snapshot.restricted()
        + " "
        + snapshot.consents()
        + " "
        + snapshot.objections()
        + " "
        + snapshot.held();
  }

  @Test
  void aSecondRead_isAnsweredFromMemory_withTheSameFacts() {
    String stored = text(read(1));
    assertThat(isRemembered(1)).isTrue();
    assertThat(text(read(1))).isEqualTo(stored).contains("tier").contains("visit");
  }

  @Test
  void aChangeOfAnyRowThatFactsAreReadFrom_dropsTheCapsuleBeforeItIsAnswered() {
    for (String table : Capsules.TABLES.keySet()) {
      String key = Capsules.TABLES.get(table);
      for (String column : columns(table)) {
        read(1);
        read(3);
        assertThat(isRemembered(1)).as(table).isTrue();
        String sql =
            "UPDATE " + table + " SET " + column + " = " + column + " WHERE " + key + " = ?";
        assertThat((int) db.inWrite(c -> Sql.update(c, sql, 1L))).as(sql).isEqualTo(1);
        assertThat(isRemembered(1)).as(sql).isFalse();
        assertThat(isRemembered(3)).as("another customer after " + sql).isTrue();
      }
    }
  }

  @Test
  void everyTableThatACapsuleIsReadFrom_isWatched() {
    Set<String> read = new TreeSet<>();
    SqlTexts.all().stream()
        .filter(text -> READERS.contains(text.owner()))
        .forEach(text -> read.addAll(text.tables()));
    read.remove("s"); // The name of the customer's row in the statement.
    assertThat(Capsules.TABLES).containsOnlyKeys(read.toArray(String[]::new));
  }

  private List<String> columns(String table) {
    return db.inRead(
        c -> Sql.query(c, "SELECT name FROM pragma_table_info(?)", row -> row.getString(1), table));
  }

  @Test
  void aRowThatIsDeletedWithAnother_dropsTheCapsuleToo() {
    read(1);
    db.inWrite(c -> Sql.update(c, "DELETE FROM value WHERE subject = 1"));
    assertThat(isRemembered(1)).isFalse();
    assertThat(text(read(1))).doesNotContain("tier");
  }

  @Test
  void aRowThatMovesToAnotherCustomer_dropsBothCapsules() {
    read(1);
    read(3);
    db.inWrite(
        c -> Sql.update(c, "UPDATE objection SET subject = 3, purpose = 'p' WHERE subject = 1"));
    assertThat(isRemembered(1)).isFalse();
    assertThat(isRemembered(3)).isFalse();
    assertThat(read(3).objections()).hasSize(2);
  }

  @Test
  void aTransactionThatFails_leavesNothingOldInMemory() {
    read(1);
    try {
      db.inWrite(
          c -> {
            Sql.update(c, "UPDATE subject SET restricted = 1 WHERE id = 1");
            throw new IllegalStateException("on purpose");
          });
    } catch (IllegalStateException onPurpose) {
      assertThat(onPurpose).hasMessage("on purpose");
    }
    assertThat(isRemembered(1)).isFalse();
    assertThat(read(1).restricted()).isFalse();
  }

  @Test
  void aCapsuleReadBeforeAChange_isNotKeptAfterIt() {
    long before = capsules.transactions();
    Wanted nothing = Wanted.of(List.of(), new Extent.Newest(100));
    ContextStore store = new ContextStore(customers, keys, clock);
    Capsule read = db.inRead(c -> store.capsule(c, customer(1), nothing));
    db.inWrite(c -> Sql.update(c, "UPDATE subject SET restricted = 1 WHERE id = 1"));
    capsules.keep(read, before);
    assertThat(isRemembered(1)).isFalse();
    assertThat(read(1).restricted()).isTrue();
  }

  @Test
  void aDerivedValue_leavesMemoryWhenTheConsentThatItRestsOnExpires() {
    db.inWrite(
        c ->
            Sql.update(
                c, "UPDATE consent_state SET expires = ? WHERE subject = 1", now.get() + 1_000));
    assertThat(text(read(1))).contains("tier");
    assertThat(isRemembered(1)).isTrue();
    now.addAndGet(1_000);
    assertThat(isRemembered(1)).isFalse();
    assertThat(text(read(1))).doesNotContain("tier");
  }

  @Test
  void anIdentifierThatMovedToAnotherCustomer_findsThatOne() {
    read(1);
    read(3);
    db.inWrite(
        c ->
            Sql.update(
                c,
                "UPDATE identifier SET subject = 3 WHERE blind = ?",
                (Object) customers.blind(customer(1))));
    read(3);
    assertThat(read(1).subject().orElseThrow().value()).isEqualTo(3);
    assertThat(read(1).subject().orElseThrow().value()).isEqualTo(3);
  }

  @Test
  void aCustomerWhoIsBeingErased_isNotFoundInMemory() {
    read(1);
    db.inWrite(c -> Sql.update(c, "UPDATE subject SET erasing = 1 WHERE id = 1"));
    assertThat(read(1).subject()).isEmpty();
    assertThat(read(1).subject()).isEmpty();
  }

  /**
   * Writers count a consent's event up; what a reader sees may not be older than what was answered.
   */
  @Test
  void aReadThatStartsAfterAnAnsweredChange_neverSeesTheOlderState() throws Exception {
    AtomicLongArray answered = new AtomicLongArray(6);
    List<Future<Long>> work = new ArrayList<>();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      for (long id : CUSTOMERS) {
        work.add(threads.submit(() -> count(answered, id)));
      }
      for (int i = 0; i < 2; i++) {
        int seed = i;
        work.add(threads.submit(() -> compare(answered, seed)));
      }
      for (Future<Long> one : work) {
        assertThat(one.get()).as("stale reads").isZero();
      }
    }
  }

  private long count(AtomicLongArray answered, long id) {
    for (long event = 1; event <= CHANGES; event++) {
      long next = event;
      db.inWrite(
          c -> Sql.update(c, "UPDATE consent_state SET event = ? WHERE subject = ?", next, id));
      answered.set((int) id, next);
    }
    return 0;
  }

  private long compare(AtomicLongArray answered, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long stale = 0;
    while (answered.get(1) < CHANGES) {
      long id = CUSTOMERS.get(random.nextInt(CUSTOMERS.size()));
      long known = answered.get((int) id);
      stale += read(id).consents().getFirst().event() < known ? 1 : 0;
      LockSupport.parkNanos(20_000);
    }
    return stale;
  }
}
