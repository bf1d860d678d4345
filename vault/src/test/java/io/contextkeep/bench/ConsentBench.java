package io.contextkeep.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStates;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.Inside;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.consent.ReceiptedEvents;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.JwsKey;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.derived.Derivations;
import io.contextkeep.vault.graph.Projector;
import io.contextkeep.vault.graph.Rebuild;
import io.contextkeep.vault.jobs.Job;
import io.contextkeep.vault.jobs.Jobs;
import io.contextkeep.vault.provenance.Batches;
import io.contextkeep.vault.registry.Registry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Consent events, five of each customer, appended as the API appends them: with the state, the
 * receipt and the log's entry, but some hundred customers to a transaction. The graph follows
 * meanwhile, and the vault's own jobs take entries into the index and checkpoint the database. Then
 * an auditor asks what an app could see of a customer, and the graph is rebuilt. {@code
 * -Dbench.consents} is the number of events; by default 10,000.
 */
final class ConsentBench implements Benchmark {
  private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().factory();
  private static final ThreadMXBean THREAD_TIMES = ManagementFactory.getThreadMXBean();
  private static final Instant BEGIN = Instant.parse("2025-01-01T00:00:00Z");
  private static final Duration BETWEEN = Duration.ofDays(60);
  private static final Duration TIMEOUT = Duration.ofHours(3);
  private static final int BATCH = 200;
  private static final int LOOKS = 20_000;
  private static final int QUESTIONS = 1_000;
  private static final String KIND = "customer_number";

  /** The choices of each customer, in order. */
  private record Said(String purpose, String recipient, ConsentStatus status) {}

  private static final List<Said> STORY =
      List.of(
          new Said("dpv:ServicePersonalisation", "shop", ConsentStatus.GIVEN),
          new Said("dpv:DirectMarketing", "shop", ConsentStatus.GIVEN),
          new Said("dpv:DirectMarketing", "shop", ConsentStatus.WITHDRAWN),
          new Said("dpv:ServicePersonalisation", "shop", ConsentStatus.RENEWED),
          new Said("dpv:SellDataToThirdParties", "*", ConsentStatus.REFUSED));

  private static final String NOTICE =
      """
      {"controller": {"name": "Shop", "address": "1 High Street", "contact": "privacy@shop.example"},
       "recipients": [{"app": "shop", "name": "Shop", "address": "1 High Street",
                       "contact": "privacy@shop.example"}],
       "purposes": ["dpv:ServicePersonalisation", "dpv:DirectMarketing"],
       "categories": ["pd:Country"], "locations": ["loc:DE"], "retention": "P1Y",
       "jurisdictions": ["loc:DE"], "withdrawAt": "https://shop.example/privacy",
       "texts": [{"language": "en", "title": "Your data", "body": "What we do with it."}]}\
      """;

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    int events = Integer.getInteger("bench.consents", 10_000);
    String size = ".n" + events;
    Path dir = settings.directory("consent");
    Path graph = dir.resolve("data/graph");
    Path secret = Files.createDirectories(dir.resolve("keys"));
    Files.createDirectories(dir.resolve("data"));
    SecureRandom random = new SecureRandom();
    RootKey root = FileRootKey.openOrCreate(secret.resolve("root.key"));
    try (SubjectKeys keys = new SubjectKeys(secret.resolve("keys.db"), root, random, THREADS);
        Db db = open(dir)) {
      AuditLog log = Inside.log(secret, db, root);
      ConsentLedger ledger =
          new ConsentLedger(
              new Derivations(new Registry(db), keys, log, InstantSource.system()),
              InstantSource.system());
      ReceiptedEvents consents =
          new ReceiptedEvents(ledger, new JwsKey("receipts-1", root.subkey("receipts")));
      db.inWrite(
          c -> {
            consents.publish(c, "privacy", NOTICE, BEGIN);
            return 0;
          });
      List<SubjectId> customers =
          enrolled(db, keys, log, new BlindIndex(root), events / STORY.size());
      try (Jobs jobs = jobs(db, log);
          Projector projector =
              Projector.of(db, new Batches(), graph, random, THREADS, InstantSource.system())) {
        projector.start();
        long writer = db.<Long>inWrite(_ -> Thread.currentThread().threadId());
        long before = THREAD_TIMES.getThreadCpuTime(writer);
        double load = seconds(() -> append(db, keys, log, consents, customers));
        double busy = THREAD_TIMES.getThreadCpuTime(writer) - before;
        figures.add("consent.append" + size, "events/s", events / load);
        figures.add("consent.append.writer" + size, "us/event", busy / 1e3 / events);
        figures.add("consent.append.time" + size, "s", load);
        figures.add("consent.graph.lag" + size, "events", projector.lag().consents());
        figures.add(
            "consent.graph.following" + size, "s after load", seconds(() -> follow(projector)));
        PromiseBroken.unless(projector.awaitCaughtUp(TIMEOUT), "the graph is not compacted");
      }
      figures.add("consent.graph.size" + size, "MB", megabytes(graph));
      figures.add("consent.database.size" + size, "MB", megabytes(database(dir)));
      Histogram histories = lookUp(db, ledger, customers);
      figures.add("consent.history.p50" + size, "us", histories.getValueAtPercentile(50) / 1e3);
      figures.add("consent.history.p99" + size, "us", histories.getValueAtPercentile(99) / 1e3);
      checkPromise(db, events);
    }
    Histogram answers = asOf(dir, events / STORY.size());
    figures.add("consent.asof.p50" + size, "ms", answers.getValueAtPercentile(50) / 1e6);
    figures.add("consent.asof.p99" + size, "ms", answers.getValueAtPercentile(99) / 1e6);
    double rebuild =
        seconds(
            () ->
                PromiseBroken.unless(
                    Rebuild.run(graph, () -> open(dir), random).consents() == events,
                    "not all events are in the graph"));
    figures.add("consent.graph.rebuild" + size, "s", rebuild);
    figures.add("consent.graph.compacted" + size, "MB", megabytes(graph));
    Trees.delete(dir);
  }

  /** Starts the jobs of a vault that work beside the writer. */
  private static Jobs jobs(Db db, AuditLog log) {
    Jobs jobs = new Jobs(_ -> THREADS, Jobs.Watch.NONE);
    jobs.start(
        Job.every(
                "audit-publisher",
                Duration.ofSeconds(1),
                () -> {
                  log.index();
                  log.publish();
                })
            .toItsEnd());
    jobs.start(Job.every("checkpoint", Duration.ofMillis(500), db::checkpoint).toItsEnd());
    return jobs;
  }

  private static void follow(Projector projector) throws InterruptedException {
    while (!projector.lag().isNone()) {
      Thread.sleep(50);
    }
  }

  private static Db open(Path dir) {
    return Db.open(database(dir), Schema.migrations(), THREADS);
  }

  private static Path database(Path dir) {
    return dir.resolve("data/vault.db");
  }

  private static List<SubjectId> enrolled(
      Db db, SubjectKeys keys, AuditLog log, BlindIndex blindIndex, int many) {
    SecureRandom random = new SecureRandom();
    List<SubjectId> customers = new ArrayList<>();
    while (customers.size() < many) {
      List<SubjectId> more =
          Stream.generate(() -> SubjectId.random(random))
              .limit(Math.min(BATCH, many - customers.size()))
              .toList();
      keys.create(more);
      db.inWrite(
          c -> {
            int number = customers.size();
            for (SubjectId customer : more) {
              SubjectKey key = keys.find(customer).orElseThrow();
              Sql.update(c, "INSERT INTO subject (id) VALUES (?)", customer.value());
              byte[] name = String.valueOf(number++).getBytes(StandardCharsets.US_ASCII);
              Sql.update(
                  c,
                  "INSERT INTO identifier (kind, blind, subject, sealed) VALUES (?, ?, ?, ?)",
                  KIND,
                  blindIndex.of(KIND, new String(name, StandardCharsets.US_ASCII)),
                  customer.value(),
                  key.seal("identifier/" + KIND, 1, name));
              log.stage(
                  c,
                  AuditEntry.enrolment(
                      Map.of("actor", "bench"), customer.value(), key.viewKey(), key));
            }
            return 0;
          });
      customers.addAll(more);
    }
    return customers;
  }

  private static void append(
      Db db, SubjectKeys keys, AuditLog log, ReceiptedEvents consents, List<SubjectId> customers) {
    for (int chapter = 0; chapter < STORY.size(); chapter++) {
      Said said = STORY.get(chapter);
      Instant at = BEGIN.plus(BETWEEN.multipliedBy(chapter));
      for (int from = 0; from < customers.size(); from += BATCH) {
        List<SubjectId> some = customers.subList(from, Math.min(from + BATCH, customers.size()));
        List<SubjectKey> theirs = some.stream().map(keys::find).flatMap(Optional::stream).toList();
        db.inWrite(
            c -> {
              for (int i = 0; i < some.size(); i++) {
                consents.append(c, event(some.get(i), said, at));
                log.stage(c, entry(some.get(i), said, theirs.get(i)));
              }
              return 0;
            });
      }
    }
  }

  private static ConsentEvent event(SubjectId customer, Said said, Instant at) {
    return new ConsentEvent(
        0,
        customer,
        Purpose.parse(said.purpose()).orElseThrow(),
        said.recipient(),
        said.status(),
        false,
        "privacy.1",
        "en",
        "api",
        at.plusMillis(Math.floorMod(customer.value(), BETWEEN.toMillis())),
        null);
  }

  private static AuditEntry entry(SubjectId customer, Said said, SubjectKey key) {
    return AuditEntry.of(
            said.status().allows() ? EntryType.GRANT : EntryType.WITHDRAW,
            Map.of(
                "actor", "self",
                "role", "customer",
                "purpose", said.purpose(),
                "recipient", said.recipient(),
                "status", said.status().name()))
        .about(customer.value(), key, Map.of());
  }

  /** Returns a customer's events up to an instant, and the resulting state. */
  private static Histogram lookUp(Db db, ConsentLedger ledger, List<SubjectId> customers) {
    Random choice = new Random(1);
    Histogram latencies = new Histogram(1, 60_000_000_000L, 3);
    long standing = 0;
    for (int i = 0; i < LOOKS; i++) {
      SubjectId customer = customers.get(choice.nextInt(customers.size()));
      Instant at = BEGIN.plus(BETWEEN.multipliedBy(choice.nextInt(2 * STORY.size())));
      long begun = System.nanoTime();
      List<ConsentEvent> history = db.inRead(c -> ledger.history(c, customer));
      standing += ConsentStates.stateAt(history, at).allows() ? 1 : 0;
      latencies.recordValue(System.nanoTime() - begun);
    }
    PromiseBroken.unless(standing > 0 && standing < LOOKS, "all instants look alike");
    return latencies;
  }

  /** Asks as an auditor, over HTTP, a vault that runs on these files. */
  private static Histogram asOf(Path dir, int customers) throws Exception {
    Random choice = new Random(1);
    Histogram latencies = new Histogram(1, 60_000_000_000L, 3);
    try (VaultProcess vault = VaultProcess.start(dir)) {
      vault.awaitReady();
      RetailVault.register(vault);
      String auditor = vault.token("auditor", "bench");
      String now = Instant.now().toString();
      for (int i = 0; i < QUESTIONS; i++) {
        String question =
            "/v1/audit/as-of?customer=%s:%d&app=shop&purpose=%s&at=%s"
                .formatted(KIND, choice.nextInt(customers), STORY.getFirst().purpose(), now);
        long begun = System.nanoTime();
        HttpResponse<String> answer = vault.get(question, auditor);
        latencies.recordValue(System.nanoTime() - begun);
        PromiseBroken.unless(
            new ObjectMapper().readTree(answer.body()).path("decision").asText().equals("permit"),
            "an as-of was answered " + answer.statusCode() + " and no permit");
      }
    }
    return latencies;
  }

  private static void checkPromise(Db db, int events) {
    long kept = db.<Long>inRead(ConsentBench::kept);
    PromiseBroken.unless(kept == events, kept + " of " + events + " events were kept");
    PromiseBroken.unless(
        db.inRead(LogVerifier::verify).problems().isEmpty(), "the log does not verify");
  }

  private static long kept(Connection c) throws SQLException {
    return Sql.one(c, "SELECT count(*) FROM consent_event", row -> row.getLong(1)).orElseThrow();
  }

  /** Returns the disk space, since the graph's files are sparse. */
  private static double megabytes(Path path) throws IOException, InterruptedException {
    Process du = new ProcessBuilder("du", "-sk", path.toString()).start();
    String answer = new String(du.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    PromiseBroken.unless(du.waitFor() == 0, "du failed");
    return Long.parseLong(answer.split("\\s", 2)[0]) / 1024.0;
  }

  private interface Work {
    void run() throws Exception;
  }

  private static double seconds(Work work) throws Exception {
    long begun = System.nanoTime();
    work.run();
    return (System.nanoTime() - begun) / 1e9;
  }
}
