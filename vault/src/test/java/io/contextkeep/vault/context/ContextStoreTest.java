package io.contextkeep.vault.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.Question;
import io.contextkeep.policy.WasmEngine;
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
import io.contextkeep.vault.derived.Derivable;
import io.contextkeep.vault.ingest.Ingest;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Facet;
import io.contextkeep.vault.registry.ValueRule;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads with a permit, by the real policy, store and keys. */
final class ContextStoreTest {
  private static final Extent EVERYTHING = new Extent.Everything(Optional.empty());
  private static final Identifier ANN = new Identifier("email", "ann@example.com");
  private static final Identifier BOB = new Identifier("email", "bob@example.com");

  @TempDir Path dir;
  private final InstantSource clock = InstantSource.system();
  private final ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();
  private Db db;
  private SubjectKeys keys;
  private WasmEngine engine;
  private PolicyGate gate;
  private ContextStore store;

  @BeforeEach
  void start() throws Exception {
    SecureRandom random = new SecureRandom();
    RootKey root = FileRootKey.openOrCreate(dir.resolve("root.key"));
    keys = new SubjectKeys(dir.resolve("keys.db"), root, random, Thread::new);
    db = Db.open(dir.resolve("vault.db"), Schema.migrations(), Thread::new);
    engine = new WasmEngine(Bundle.builtIn(), 1, Duration.ofSeconds(10), watchdog);
    gate = new PolicyGate(engine, random);
    BlindIndex blindIndex = new BlindIndex(root);
    Customers customers = new Customers(blindIndex, IdentifierKinds.NONE);
    store = new ContextStore(customers, keys, clock);
    AuditLog log = Inside.log(dir, db, root);
    Ingest ingest = Inside.ingest(db, root, keys, customers, log);
    for (Identifier customer : List.of(ANN, BOB)) {
      SourceLine line =
          new SourceLine(
              1,
              List.of(customer),
              country(),
              Optional.empty(),
              clock.millis(),
              TextNode.valueOf("Iceland"));
      var prepared = ingest.prepare("crm", List.of(line));
      db.inWrite(c -> ingest.write(c, "crm", "b", List.of(line), prepared, Derivable.NOTHING));
    }
  }

  @AfterEach
  void stop() {
    engine.close();
    watchdog.shutdownNow();
    db.close();
    keys.close();
  }

  private static Attribute country() {
    var schema = new ObjectMapper().createObjectNode();
    return new Attribute(
        "country",
        Attribute.Kind.VALUE,
        Facet.PROFILE,
        DataCategory.parse("pd:Country").orElseThrow(),
        "low",
        "{}",
        ValueRule.of(schema),
        Duration.ofDays(1),
        Optional.empty());
  }

  private Snapshot snapshot(Identifier customer) {
    return db.inRead(c -> store.snapshot(c, customer, "customer", List.of(country()), EVERYTHING));
  }

  /** A customer's own read, with or without the identifiers. */
  private Permit permit(Snapshot snapshot, boolean identifiers) {
    TreeMap<String, Question.Attribute> asked = new TreeMap<>();
    asked.put("country", new Question.Attribute("pd:Country", false, 0));
    if (identifiers) {
      asked.put(Identifier.ATTRIBUTE, new Question.Attribute("pd:Identifier", false, 0));
    }
    return (Permit)
        gate.decide(
            new Question(
                new Question.Caller("customer", "customer", List.of()),
                "dpv:RightsFulfilment",
                new Question.Subject(snapshot.subject(), false, true),
                List.of(),
                List.of(),
                asked));
  }

  /** Returns every statement of a snapshot, in order. */
  private List<String> statements(Identifier customer, Extent extent) {
    List<String> statements = new ArrayList<>();
    var snapshot =
        db.inRead(
            c -> store.snapshot(listening(c, statements), customer, "shop", catalogue(), extent));
    assertThat(snapshot.held()).hasSize(1);
    return statements;
  }

  private static List<Attribute> catalogue() {
    Attribute country = country();
    Attribute visit =
        new Attribute(
            "visit",
            Attribute.Kind.EVENT,
            country.facet(),
            country.category(),
            "low",
            "{}",
            country.rule(),
            Duration.ofDays(1),
            Optional.empty());
    return List.of(country, visit);
  }

  private static Connection listening(Connection c, List<String> statements) {
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("equals")) {
                // Not the connection itself, whose statements are prepared already.
                return proxy == arguments[0];
              }
              if (method.getName().equals("prepareStatement")) {
                statements.add((String) arguments[0]);
              }
              return method.invoke(c, arguments);
            });
  }

  @Test
  void unknownCustomer_isSearchedByTheSameStatementsAsAKnownOne() {
    Identifier unknown = new Identifier("email", "nobody@example.com");
    for (Extent extent : List.of(new Extent.Newest(10), EVERYTHING)) {
      assertThat(statements(unknown, extent)).isEqualTo(statements(ANN, extent)).isNotEmpty();
    }
  }

  @Test
  void decoyValues_areNeverOpened_andStandInKeysAreNotReused() {
    Snapshot snapshot = snapshot(new Identifier("email", "nobody@example.com"));
    assertThat(snapshot.subject()).isEmpty();
    var standIn = snapshot.standIn().orElseThrow();
    assertThat(standIn.isNobody()).isTrue();
    byte[] sealed = keys.standInKey(standIn).seal(new byte[] {1}, new byte[0]);
    assertThat(keys.standInKey(standIn).open(sealed, new byte[0])).containsExactly(1);
    assertThat(keys.find(standIn)).as("cached, but for its own purpose only").isEmpty();
    assertThatThrownBy(() -> keys.standInKey(snapshot(ANN).subject().orElseThrow()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void permit_opensValuesAndIdentifiersOnce() {
    Snapshot snapshot = snapshot(ANN);
    Permit permit = permit(snapshot, true);
    Plaintext plaintext = store.read(permit, snapshot);
    assertThat(plaintext.items()).hasSize(1);
    assertThat(plaintext.identifiers()).containsExactly(ANN);
    assertThatThrownBy(() -> store.read(permit, snapshot))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void permitWithoutIdentifiers_opensNone_evenIfTheSnapshotHasThem() {
    Snapshot snapshot = snapshot(ANN);
    assertThat(snapshot.identifiers()).hasSize(1);
    assertThat(store.read(permit(snapshot, false), snapshot).identifiers()).isEmpty();
  }

  @Test
  void permit_opensNothingOfAnotherCustomer() {
    Permit permit = permit(snapshot(ANN), true);
    assertThatThrownBy(() -> store.read(permit, snapshot(BOB)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void eventPlace_isParsedFromItsTextOnly() {
    EventPlace place = new EventPlace("purchase", 1_764_072_000_000L, "00ff");
    assertThat(EventPlace.parse(place.text())).contains(place);
    for (String text :
        List.of("", "..", "purchase.1.", "purchase.-1.00", "Purchase.1.00", "p.1.0")) {
      assertThat(EventPlace.parse(text)).as(text).isEmpty();
    }
  }
}
