package io.contextkeep.vault.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.AggregatePermit;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.PolicyDocument;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyFailure;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.policy.WasmEngine;
import io.contextkeep.vault.consent.ConsentRow;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.registry.Amount;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who takes part in a statistic, and with which values: the same as if the policy were asked about
 * each customer alone.
 */
final class CohortPathTest {
  private static final Instant NOW = Instant.parse("2026-12-01T00:00:00Z");
  private static final Caller ANA = new Caller("ana", Role.ANALYST, Optional.empty());

  /** Two purposes that need consent, and one that does not. */
  private static final List<String> PURPOSES =
      List.of(
          "dpv:ServiceUsageAnalytics",
          "dpv:ProvidePersonalisedRecommendations",
          "dpv:CustomerCare");

  /** What customers speak of: the purposes, broader ones, and another. */
  private static final List<String> SPOKEN_OF =
      List.of(
          "dpv:ServiceUsageAnalytics",
          "dpv:ProvidePersonalisedRecommendations",
          "dpv:CustomerCare",
          "dpv:ServiceManagement",
          "dpv:ServicePersonalisation",
          "dpv:CustomerManagement",
          "dpv:Marketing");

  private static final List<String> RECIPIENTS = List.of("shop", "other", "*");

  @TempDir Path dir;
  private final SecureRandom secure = new SecureRandom();
  private final ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final InstantSource clock = InstantSource.fixed(NOW);
  private Db db;
  private SubjectKeys keys;
  private Registry registry;
  private Asked asked;
  private PolicyGate gate;
  private CohortPath path;

  @BeforeEach
  void open() throws Exception {
    RootKey root = FileRootKey.openOrCreate(dir.resolve("root.key"));
    db = Db.open(dir.resolve("vault.db"), Schema.migrations(), Executors.defaultThreadFactory());
    keys = new SubjectKeys(dir.resolve("keys.db"), root, secure, Executors.defaultThreadFactory());
    registry = new Registry(db);
    register(PURPOSES, Duration.ofDays(365));
    asked = new Asked(new WasmEngine(Bundle.builtIn(), 2, Duration.ofSeconds(10), watchdog));
    gate = new PolicyGate(asked, secure);
    ContextStore store =
        new ContextStore(new Customers(new BlindIndex(root), IdentifierKinds.NONE), keys, clock);
    path = new CohortPath(db, registry, store, keys, gate, clock, threads);
  }

  @AfterEach
  void close() {
    threads.close();
    keys.close();
    db.close();
    asked.close();
    watchdog.shutdownNow();
  }

  /** A policy that counts how often it is asked each question. */
  private record Asked(PolicyEngine policy, Map<String, Integer> times) implements PolicyEngine {
    Asked(PolicyEngine policy) {
      this(policy, new ConcurrentHashMap<>());
    }

    @Override
    public PolicyDocument evaluate(String input) throws PolicyFailure {
      times.merge(input, 1, Integer::sum);
      return policy.evaluate(input);
    }

    @Override
    public PolicyIdentity identity() {
      return policy.identity();
    }

    @Override
    public void close() {
      policy.close();
    }
  }

  private void register(List<String> purposes, Duration retention) throws Exception {
    Attribute amount = Amount.keptFor(retention);
    db.inWrite(
        c -> {
          for (String app : List.of("shop", "other")) {
            registry.put(
                c,
                new App(
                    app,
                    app,
                    null,
                    null,
                    Set.copyOf(purposes),
                    Set.of(),
                    null,
                    null,
                    Set.of(),
                    false));
          }
          registry.put(c, amount);
          return 0;
        });
    registry.refresh();
  }

  private Attribute amount() {
    return registry.attribute("amount").orElseThrow();
  }

  /** Adds customers with random facts and values, of whom a few have lost their key. */
  private List<SubjectId> customers(Random random, int many) {
    List<SubjectId> subjects = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      subjects.add(new SubjectId(random.nextLong() >>> 1 | 1));
    }
    keys.create(subjects);
    db.inWrite(
        c -> {
          for (SubjectId subject : subjects) {
            Sql.update(c, "INSERT INTO subject (id) VALUES (?)", subject.value());
            change(c, random, subject);
          }
          return 0;
        });
    for (SubjectId subject : subjects) {
      if (random.nextInt(20) == 0) {
        keys.shred(subject, NOW);
      }
    }
    return subjects;
  }

  /** Gives a customer other facts and another value. */
  private void change(Connection c, Random random, SubjectId subject) throws SQLException {
    for (String table : List.of("consent_state", "objection", "value")) {
      Sql.update(c, "DELETE FROM " + table + " WHERE subject = ?", subject.value());
    }
    Sql.update(
        c,
        "UPDATE subject SET restricted = ?, erasing = ? WHERE id = ?",
        random.nextInt(10) == 0,
        random.nextInt(20) == 0,
        subject.value());
    for (String purpose : SPOKEN_OF) {
      for (String recipient : RECIPIENTS) {
        if (random.nextInt(SPOKEN_OF.indexOf(purpose) < 2 ? 3 : 12) == 0) {
          say(c, random, subject, purpose, recipient);
        }
      }
      if (random.nextInt(15) == 0) {
        Sql.update(
            c,
            "INSERT INTO objection (subject, purpose, at) VALUES (?, ?, 1)",
            subject.value(),
            purpose);
      }
    }
    if (random.nextInt(10) > 0) {
      give(c, random, subject);
    }
  }

  private static void say(
      Connection c, Random random, SubjectId subject, String purpose, String recipient)
      throws SQLException {
    boolean usual = random.nextBoolean();
    ConsentStatus status =
        usual
            ? ConsentStatus.GIVEN
            : ConsentStatus.values()[random.nextInt(ConsentStatus.values().length)];
    Long expires = NOW.toEpochMilli() + random.nextInt(3) - 1;
    Sql.update(
        c,
        """
        INSERT INTO consent_state
          (subject, purpose, recipient, event, status, explicit, at, expires, yields, since)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)\
        """,
        subject.value(),
        purpose,
        recipient,
        random.nextLong() >>> 1,
        status.name(),
        random.nextBoolean(),
        (long) random.nextInt(4),
        random.nextInt(3) == 0 ? expires : null,
        status.denies() && random.nextBoolean());
  }

  /** Stores a value: of some age, collected or derived, with or without its ground. */
  private void give(Connection c, Random random, SubjectId subject) throws SQLException {
    long age = Duration.ofDays(random.nextInt(400)).toMillis();
    byte[] sealed =
        keys.find(subject)
            .map(
                key ->
                    key.seal(
                        "value/amount",
                        1,
                        String.valueOf(random.nextInt(1_000)).getBytes(StandardCharsets.UTF_8)))
            .orElse(new byte[0]);
    boolean derived = random.nextInt(5) == 0;
    Sql.update(
        c,
        """
        INSERT INTO value (subject, name, version, observed, source, batch, sealed, clauses)
        VALUES (?, 'amount', 1, ?, 'crm', 'b', ?, ?)\
        """,
        subject.value(),
        NOW.toEpochMilli() - age,
        sealed,
        derived ? 1 : 0);
    if (derived && random.nextBoolean()) {
      Sql.update(
          c,
          """
          INSERT INTO derivation (subject, name, kind, rule) VALUES (?, 'amount', 'k', 'r')\
          """,
          subject.value());
      Sql.update(
          c,
          """
          INSERT INTO derivation_ground (subject, name, clause, purpose, recipient, basis)
          VALUES (?, 'amount', 0, 'dpv:Marketing', 'shop', 'eu-gdpr:A6-1-f')\
          """,
          subject.value());
    }
  }

  private AggregatePermit permit(String purpose) {
    return (AggregatePermit) path.decide(ANA, purpose, "shop", "sum", List.of(amount()), 1, 0);
  }

  /** Returns the values that the scan counts, by customer; an empty text stands for none. */
  private Map<Long, String> counted(AggregatePermit permit, CohortPath.Watch watch) {
    Map<Long, String> counted = new ConcurrentSkipListMap<>();
    path.each(
        permit,
        new CohortPath.Wanted(List.of(amount()), 0, Long.MAX_VALUE),
        watch,
        () ->
            (subject, items) ->
                assertThat(
                        counted.put(
                            subject, items.isEmpty() ? "" : items.getFirst().value().asText()))
                    .isNull());
    return counted;
  }

  /** Returns the same by asking about each customer alone, as a read by the app would. */
  private Map<Long, String> expected(String purpose, List<SubjectId> subjects) {
    AggregatePermit permit = permit(purpose);
    Facts facts = new Facts(registry, clock);
    Map<Long, String> expected = new TreeMap<>();
    for (SubjectId subject : subjects) {
      if (keys.find(subject).isPresent() && db.inRead(c -> Customers.isActive(c, subject))) {
        Snapshot snapshot = db.inRead(c -> snapshot(c, subject));
        boolean takesPart =
            gate.eligibility(
                    permit,
                    facts.question(permit.population(), purpose, snapshot, List.of(amount())))
                .takesPart();
        if (takesPart) {
          expected.put(subject.value(), db.inRead(c -> value(c, subject)));
        }
      }
    }
    return expected;
  }

  private static Snapshot snapshot(Connection c, SubjectId subject) throws SQLException {
    return new Snapshot(
        Optional.of(subject),
        Optional.empty(),
        Sql.number(c, "SELECT restricted FROM subject WHERE id = ?", subject.value()) == 1,
        Sql.query(
            c,
            """
            SELECT 0, event, explicit, purpose, recipient, status, expires, at, yields
            FROM consent_state WHERE subject = ? AND recipient IN ('shop', '*')\
            """,
            row -> ConsentRow.of(row, 7),
            subject.value()),
        Sql.query(
            c,
            "SELECT purpose FROM objection WHERE subject = ?",
            row -> row.getString(1),
            subject.value()),
        new Snapshot.Contents(List.of(), List.of(), List.of(), Optional.empty()));
  }

  private String value(Connection c, SubjectId subject) throws SQLException {
    Optional<ValidValues.Value> valid =
        ValidValues.of(c, subject, "amount", NOW.toEpochMilli())
            .filter(value -> value.observed() >= NOW.minus(amount().retention()).toEpochMilli());
    return valid.isEmpty()
        ? ""
        : Sql.one(
                c,
                "SELECT sealed FROM value WHERE subject = ?",
                row -> row.getBytes(1),
                subject.value())
            .map(bytes -> keys.find(subject).orElseThrow().opener().open("value/amount", 1, bytes))
            .map(text -> new String(text, StandardCharsets.UTF_8))
            .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aScan_countsWhomThePolicyWouldShowToTheApp_whateverTheySaidAndWhateverChanges(long seed)
      throws Exception {
    Random random = new Random(seed);
    List<SubjectId> subjects = customers(random, 400);
    for (int round = 0; round < 3; round++) {
      for (String purpose : PURPOSES) {
        Map<Long, String> counted = counted(permit(purpose), new PatientWatch());
        assertThat(counted).as(purpose).isNotEmpty().isEqualTo(expected(purpose, subjects));
      }
      db.inWrite(
          c -> {
            for (SubjectId subject : subjects) {
              if (random.nextInt(3) == 0) {
                change(c, random, subject);
              }
            }
            return 0;
          });
      register(PURPOSES, Duration.ofDays(300 - 100L * round));
    }
  }

  @Test
  void aStatistic_keepsTheRegistrationThatItWasPermittedUnder() throws Exception {
    List<SubjectId> subjects = customers(new Random(4), 200);
    AggregatePermit permit = permit(PURPOSES.getFirst());
    Map<Long, String> expected = expected(PURPOSES.getFirst(), subjects);
    register(List.of("dpv:CustomerCare"), Duration.ofDays(365));
    assertThat(counted(permit, new PatientWatch())).isEqualTo(expected);
  }

  @Test
  void customersWithEqualFacts_areOneQuestion_howeverManyTheyAre() {
    List<SubjectId> subjects = customers(new Random(5), 3_000);
    db.inWrite(
        c -> {
          for (SubjectId subject : subjects) {
            String purpose = PURPOSES.getFirst();
            Sql.update(c, "DELETE FROM consent_state WHERE subject = ?", subject.value());
            Sql.update(c, "DELETE FROM objection WHERE subject = ?", subject.value());
            say(c, new Random(subject.value() % 2), subject, purpose, "shop");
          }
          return 0;
        });
    AggregatePermit permit = permit(PURPOSES.getFirst());
    asked.times.clear();
    assertThat(counted(permit, new PatientWatch())).hasSizeGreaterThan(1_000);
    // Two things that they said or nothing, restricted or not; two threads may ask the same.
    assertThat(asked.times).hasSizeBetween(3, 6);
    assertThat(asked.times.values())
        .allMatch(times -> times <= Runtime.getRuntime().availableProcessors());
  }

  @Test
  void whoeverWithdrawsDuringAScan_isNotInWhatIsReadLater() {
    List<SubjectId> subjects = customers(new Random(6), 500);
    ReentrantLock one = new ReentrantLock();
    long later = Long.MAX_VALUE / 64 * Runtime.getRuntime().availableProcessors();
    AggregatePermit permit = permit(PURPOSES.getFirst());
    Map<Long, String> counted =
        counted(
            permit,
            new PatientWatch() {
              @Override
              public Optional<Set<Long>> among(Connection c, long first, long last) {
                one.lock();
                try {
                  db.inWrite(w -> Sql.update(w, "UPDATE consent_state SET status = 'WITHDRAWN'"));
                } finally {
                  one.unlock();
                }
                return Optional.empty();
              }
            });
    assertThat(subjects).anyMatch(subject -> subject.value() > later);
    assertThat(counted.keySet()).allMatch(subject -> subject <= later);
  }
}
