package io.contextkeep.bench;

import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStates;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.consent.ConsentReceipts;
import io.contextkeep.vault.consent.Notices;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.JwsKey;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.graph.Projector;
import io.contextkeep.vault.graph.Rebuild;
import io.contextkeep.vault.store.Batches;
import io.contextkeep.vault.store.ConsentLedger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;

/**
 * A million consent events of 200,000 customers, or as many as {@code -Dbench.consents} says, five
 * to each: how long they take to be kept, to be projected and to be projected anew, how much disk
 * the graph takes, and how long it takes to look up what one customer said.
 *
 * <p>Events are appended by what the API appends with, receipts and states included, a thousand to
 * a transaction; what HTTP, tokens, the audit entry and an fsync for each would add is not in it.
 */
final class ConsentBench implements Benchmark {
  private static final int EACH = 5;
  private static final int BATCH = 200;
  private static final int LOOKUPS = 10_000;
  private static final Duration LONGEST = Duration.ofHours(2);
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private final ConsentLedger ledger = new ConsentLedger();

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    int events = Integer.getInteger("bench.consents", 1_000_000);
    Path dir = settings.directory("consent");
    Path graph = dir.resolve("graph");
    SecureRandom random = new SecureRandom();
    try (Db db = open(dir)) {
      List<SubjectId> customers =
          new Random(1).longs(events / EACH, 1, Long.MAX_VALUE).mapToObj(SubjectId::new).toList();
      double load = seconds(() -> load(db, dir, customers));
      figures.add("consent.load", "s", load);
      figures.add("consent.load.rate", "events/s", customers.size() * EACH / load);
      try (Projector projector =
          Projector.of(
              db, ledger, new Batches(), graph, random, Executors.defaultThreadFactory())) {
        figures.add("consent.projection", "s", seconds(() -> project(projector)));
      }
      figures.add("consent.graph.projected", "MB on disk", diskUse(graph));
      lookUp(db, customers, figures);
    }
    figures.add(
        "consent.rebuild",
        "s",
        seconds(
            () -> {
              Rebuild.Report report = Rebuild.run(graph, () -> open(dir), random);
              PromiseBroken.unless(
                  report.consents() == events / EACH * EACH, "events are missing in the graph");
            }));
    figures.add("consent.graph.compacted", "MB on disk", diskUse(graph));
    Trees.delete(dir);
  }

  private static Db open(Path dir) {
    return Db.open(dir.resolve("vault.db"), Schema.migrations(), Executors.defaultThreadFactory());
  }

  private void load(Db db, Path dir, List<SubjectId> customers) throws Exception {
    JwsKey key =
        new JwsKey(
            "bench",
            FileRootKey.openOrCreate(dir.resolve("root.key")).subkey("consent-receipts/v1"));
    ConsentReceipts receipts = new ConsentReceipts(ledger, new Notices(), key, "urn:bench");
    for (int done = 0; done < customers.size(); done += BATCH) {
      List<SubjectId> some = customers.subList(done, Math.min(done + BATCH, customers.size()));
      db.inWrite(
          c -> {
            for (SubjectId customer : some) {
              Sql.update(c, "INSERT INTO subject (id) VALUES (?)", customer.value());
              for (int event = 0; event < EACH; event++) {
                receipts.append(c, List.of(said(customer, event)));
              }
            }
            return 0;
          });
    }
  }

  /** Yes to two apps, no to one of them, yes again, and a no to all to something else. */
  private static ConsentEvent said(SubjectId customer, int event) {
    boolean yes = event != 2 && event != 4;
    return new ConsentEvent(
        0,
        customer,
        Purpose.parse(event == 4 ? "dpv:DirectMarketing" : "dpv:ServicePersonalisation")
            .orElseThrow(),
        event == 4 ? "*" : event == 1 ? "ads" : "shop",
        yes ? ConsentStatus.GIVEN : event == 2 ? ConsentStatus.WITHDRAWN : ConsentStatus.REFUSED,
        false,
        "unversioned",
        "und",
        "api",
        BEGIN.plusSeconds(event),
        null);
  }

  private static void project(Projector projector) {
    projector.start();
    PromiseBroken.unless(projector.awaitCaughtUp(LONGEST), "the graph did not catch up");
  }

  /** The whole history of one customer, and what it comes to at an instant. */
  private void lookUp(Db db, List<SubjectId> customers, Figures figures) {
    Random random = new Random(2);
    Latencies latencies = new Latencies("µs");
    for (int i = 0; i < 2 * LOOKUPS; i++) {
      SubjectId customer = customers.get(random.nextInt(customers.size()));
      long begun = System.nanoTime();
      List<ConsentEvent> history = db.inRead(c -> ledger.history(c, customer));
      ConsentStatus then =
          ConsentStates.stateAt(
              history.stream().filter(event -> event.recipient().equals("shop")).toList(),
              BEGIN.plusSeconds(2));
      double micros = (System.nanoTime() - begun) / 1e3;
      PromiseBroken.unless(
          history.size() == EACH && then == ConsentStatus.WITHDRAWN, "another history");
      if (i >= LOOKUPS) {
        latencies.add(micros);
      }
    }
    latencies.add(figures, "consent.history");
  }

  private interface Work {
    void run() throws Exception;
  }

  private static double seconds(Work work) throws Exception {
    long begun = System.nanoTime();
    work.run();
    return (System.nanoTime() - begun) / 1e9;
  }

  /** What the files take, not what they say: TDB2's are sparse. */
  private static double diskUse(Path path) throws IOException, InterruptedException {
    Process du = new ProcessBuilder("du", "-sk", path.toString()).start();
    String said = new String(du.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    PromiseBroken.unless(du.waitFor() == 0, "du failed");
    return Long.parseLong(said.split("\\s")[0]) / 1024.0;
  }
}
