package io.contextkeep.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.MemoisedEngine;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.WasmEngine;
import io.contextkeep.vault.analytics.UnbudgetedQuestion;
import io.contextkeep.vault.context.CohortPath;
import io.contextkeep.vault.context.ContextStore;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.crypto.SubjectKey;
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
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;

/**
 * Count, sum and histogram over customers who all consented, each with one sealed value, against
 * the same aggregate by SQL over unencrypted rows in the same file. {@code -Dbench.customers} is
 * their number; by default 10,000, then 100,000, then 1,000,000.
 */
final class AnalyticsBench implements Benchmark {
  private static final String PURPOSE = "dpv:ServiceUsageAnalytics";
  private static final int BATCH = 1_000;
  private static final Map<String, String> PLAIN =
      Map.of(
          "count", "SELECT count(*) FROM plain",
          "sum", "SELECT sum(min(100000, max(0, amount))) FROM plain",
          "histogram", "SELECT amount / 10000, count(*) FROM plain GROUP BY 1");

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    for (String size : System.getProperty("bench.customers", "10000,100000,1000000").split(",")) {
      run(settings, figures, Integer.parseInt(size));
    }
  }

  private static void run(Settings settings, Figures figures, int customers) throws Exception {
    Path dir = settings.directory("analytics");
    SecureRandom random = new SecureRandom();
    RootKey root = FileRootKey.openOrCreate(dir.resolve("root.key"));
    ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();
    try (Db db =
            Db.open(
                dir.resolve("vault.db"), Schema.migrations(), Executors.defaultThreadFactory());
        SubjectKeys keys =
            new SubjectKeys(
                dir.resolve("keys.db"), root, random, Executors.defaultThreadFactory());
        MemoisedEngine engine =
            new MemoisedEngine(
                new WasmEngine(Bundle.builtIn(), 2, Duration.ofSeconds(10), watchdog), 1_000);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Registry registry = new Registry(db);
      furnish(db, registry);
      fill(db, keys, random, customers);
      CohortPath path =
          new CohortPath(
              db,
              registry,
              new ContextStore(
                  new Customers(new BlindIndex(root), IdentifierKinds.NONE),
                  keys,
                  InstantSource.system()),
              keys,
              new PolicyGate(engine, random),
              InstantSource.system(),
              threads);
      for (int round = 0; round <= settings.rounds(); round++) {
        for (String measure : List.of("count", "sum", "histogram")) {
          double plain = seconds(() -> plain(db, measure));
          double noisy = seconds(() -> ask(path, registry, root, random, measure, customers));
          if (round > 0) {
            String name = "analytics." + measure + ".n" + customers;
            figures.add(name, "s", noisy);
            figures.add(name + ".ratio", "x plain SQL", noisy / plain);
            figures.add(name + ".heap", "MB in use", heap());
          }
        }
      }
    } finally {
      watchdog.shutdownNow();
    }
  }

  private static double heap() {
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) / 1e6;
  }

  private interface Work {
    void run() throws Exception;
  }

  private static double seconds(Work work) throws Exception {
    long begun = System.nanoTime();
    work.run();
    return (System.nanoTime() - begun) / 1e9;
  }

  private static void plain(Db db, String measure) {
    PromiseBroken.unless(
        !db.<List<Long>>inRead(
                c ->
                    Sql.query(c, Objects.requireNonNull(PLAIN.get(measure)), row -> row.getLong(1)))
            .isEmpty(),
        "no row");
  }

  private static void ask(
      CohortPath path,
      Registry registry,
      RootKey root,
      SecureRandom random,
      String measure,
      int customers)
      throws Exception {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("purpose", PURPOSE).put("population", "shop").put("measure", measure);
    if (!measure.equals("count")) {
      json.put("attribute", "amount");
    }
    if (measure.equals("histogram")) {
      json.put("bins", 10);
    }
    json.putObject("budget").put("rho", 0.5);
    double counted =
        new UnbudgetedQuestion(registry, json, root.subkey("bench"))
            .counted(path, new Caller("ana", Role.ANALYST, Optional.empty()), random);
    PromiseBroken.unless(Math.abs(counted - customers) < 100, "not all customers were counted");
  }

  private static void furnish(Db db, Registry registry) throws Exception {
    Attribute amount = Amount.keptFor(Duration.ofDays(365));
    db.inWrite(
        c -> {
          registry.put(
              c,
              new App(
                  "shop",
                  "Shop",
                  null,
                  null,
                  Set.of(PURPOSE),
                  Set.of(),
                  null,
                  null,
                  Set.of(),
                  false));
          registry.put(c, amount);
          return Sql.update(
              c, "CREATE TABLE plain (subject INTEGER PRIMARY KEY, amount INTEGER) STRICT");
        });
    registry.refresh();
  }

  private static void fill(Db db, SubjectKeys keys, SecureRandom random, int customers) {
    long now = System.currentTimeMillis();
    for (int done = 0; done < customers; done += BATCH) {
      List<SubjectId> subjects =
          Stream.generate(() -> new SubjectId(random.nextLong() >>> 1))
              .limit(Math.min(BATCH, customers - done))
              .toList();
      keys.create(subjects);
      db.inWrite(
          c -> {
            for (SubjectId subject : subjects) {
              int amount = random.nextInt(100_000);
              SubjectKey key = keys.find(subject).orElseThrow();
              Sql.update(c, "INSERT INTO subject (id) VALUES (?)", subject.value());
              Sql.update(c, "INSERT INTO plain VALUES (?, ?)", subject.value(), amount);
              Sql.update(
                  c,
                  """
                  INSERT INTO consent_state
                    (subject, purpose, recipient, event, status, explicit, at)
                  VALUES (?, ?, 'shop', 1, 'GIVEN', 0, 1)\
                  """,
                  subject.value(),
                  PURPOSE);
              Sql.update(
                  c,
                  """
                  INSERT INTO value (subject, name, version, observed, source, batch, sealed)
                  VALUES (?, 'amount', 1, ?, 'crm', 'b', ?)\
                  """,
                  subject.value(),
                  now,
                  key.seal(
                      "value/amount", 1, String.valueOf(amount).getBytes(StandardCharsets.UTF_8)));
            }
            return 0;
          });
    }
  }
}
