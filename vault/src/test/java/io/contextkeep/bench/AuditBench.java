package io.contextkeep.bench;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.LogKeys;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.audit.note.SignerKey;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.Inside;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.jobs.Job;
import io.contextkeep.vault.jobs.Jobs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import org.HdrHistogram.Histogram;

/**
 * Durable, signed appends to a real log, from 1 to 256 writers at once, while it is indexed,
 * published and checkpointed as in a vault. Alternating with it, the same without signatures and
 * without fsync: the differences are the costs of the two guarantees.
 */
final class AuditBench implements Benchmark {
  private static final int[] WRITERS = {1, 16, 64, 256};
  private static final int SUBJECTS = 500;
  private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().factory();

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    Path dir = settings.directory("audit");
    try (Subject durable = new Subject(dir.resolve("durable"), "FULL", own -> own);
        Subject unsigned = new Subject(dir.resolve("unsigned"), "FULL", AuditBench::unsigned);
        Subject unsafe = new Subject(dir.resolve("unsafe"), "OFF", own -> own)) {
      durable.append(64, settings.step());
      unsigned.append(64, settings.step());
      unsafe.append(64, settings.step());
      for (int round = 0; round < settings.rounds(); round++) {
        for (int writers : WRITERS) {
          measure(figures, "audit.append.w" + writers, durable, writers, settings.step());
          measure(figures, "audit.unsigned.w" + writers, unsigned, writers, settings.step());
          measure(figures, "audit.nofsync.w" + writers, unsafe, writers, settings.step());
        }
        System.out.println("  round " + (round + 1) + " of " + settings.rounds());
      }
      durable.checkPromise();
    }
    Trees.delete(dir);
  }

  /** Writes zeroes of the same length in place of a signature. */
  private static LogKeys unsigned(LogKeys keys) {
    SignerKey none =
        SignerKey.ed25519HeldElsewhere(
            keys.origin(), keys.signer().verifier().publicKey(), _ -> new byte[64]);
    return new LogKeys(keys.origin(), none, keys.cosigner(), List.of());
  }

  private static void measure(
      Figures figures, String name, Subject subject, int writers, Duration time) throws Exception {
    Histogram latencies = subject.append(writers, time);
    figures.add(name, "appends/s", latencies.getTotalCount() * 1e9 / time.toNanos());
    figures.add(name + ".p50", "ms", latencies.getValueAtPercentile(50) / 1e6);
    figures.add(name + ".p99", "ms", latencies.getValueAtPercentile(99) / 1e6);
  }

  /** A log in a separate database. */
  private static final class Subject implements AutoCloseable {
    private final SubjectKeys keys;
    private final Db db;
    private final AuditLog log;
    private final List<AuditEntry> entries;
    private long appended;

    Subject(Path dir, String synchronous, UnaryOperator<LogKeys> signing) throws IOException {
      Files.createDirectories(dir);
      SecureRandom random = new SecureRandom();
      keys =
          new SubjectKeys(
              dir.resolve("keys.db"),
              FileRootKey.openOrCreate(dir.resolve("root.key")),
              random,
              THREADS);
      db = Db.open(dir.resolve("vault.db"), AuditLog.migrations(), THREADS);
      db.inWrite(c -> synchronise(c, synchronous));
      log = Inside.log(dir, db, FileRootKey.openOrCreate(dir.resolve("root.key")), signing);
      entries = entries(keys, random);
    }

    /** Sets the pragma, which takes effect only between transactions. */
    private static int synchronise(Connection c, String mode) throws SQLException {
      c.setAutoCommit(true);
      try (Statement statement = c.createStatement()) {
        statement.execute("PRAGMA synchronous = " + mode);
      }
      c.setAutoCommit(false);
      return 0;
    }

    /** Makes entries like those of reads, each about another customer. */
    private static List<AuditEntry> entries(SubjectKeys keys, SecureRandom random) {
      List<AuditEntry> entries = new ArrayList<>();
      for (int i = 0; i < SUBJECTS; i++) {
        SubjectId subject = SubjectId.random(random);
        keys.create(List.of(subject));
        SubjectKey key = keys.find(subject).orElseThrow();
        entries.add(
            AuditEntry.of(EntryType.READ, facts())
                .about(
                    subject.value(),
                    key,
                    Map.of(
                        "asked", List.of("country", "first_purchase", "last_purchase"),
                        "released", List.of("country", "first_purchase", "last_purchase"),
                        "consents", List.of(1L),
                        "question", "1." + "A".repeat(164),
                        "said", List.of(1L))));
      }
      return entries;
    }

    private static Map<String, Object> facts() {
      return Map.ofEntries(
          Map.entry("request", "0b8a4c1e-7a0e-4f0e-9a59-6a3f6c1d2e3f"),
          Map.entry("actor", "shop"),
          Map.entry("role", "app"),
          Map.entry("purpose", "dpv:ServicePersonalisation"),
          Map.entry("basis", "eu-gdpr:A6-1-a"),
          Map.entry("decision", "permit"),
          Map.entry("decisionId", "00112233445566778899aabbccddeeff"),
          Map.entry("revision", "bench"),
          Map.entry("policy", "0".repeat(64)),
          Map.entry("data", "0".repeat(64)),
          Map.entry("categories", List.of("pd:Country", "pd:Purchase")),
          Map.entry("fields", 3));
    }

    /**
     * Appends from a number of threads for some time; latencies are of the appends done in time.
     */
    Histogram append(int writers, Duration time) throws Exception {
      Histogram all = new Histogram(1, 120_000_000_000L, 3);
      long end = System.nanoTime() + time.toNanos();
      try (Jobs jobs = jobs();
          ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Callable<Histogram>> loops = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
          int first = i;
          loops.add(() -> appendUntil(end, first));
        }
        for (Future<Histogram> one : threads.invokeAll(loops)) {
          all.add(one.get());
        }
      }
      // Each writer's last append ended after the time and is not in the figures.
      appended += all.getTotalCount() + writers;
      return all;
    }

    /** Begins what a vault does beside the writer, as often as it does. */
    private Jobs jobs() {
      Jobs jobs = new Jobs(_ -> THREADS, Jobs.Watch.NONE);
      jobs.start(Job.every("audit-publisher", Duration.ofSeconds(1), this::publish).toItsEnd());
      jobs.start(Job.every("checkpoint", Duration.ofMillis(500), db::checkpoint).toItsEnd());
      return jobs;
    }

    private void publish() {
      log.index();
      log.publish();
    }

    private Histogram appendUntil(long end, int first) {
      Histogram latencies = new Histogram(1, 120_000_000_000L, 3);
      int next = first;
      while (true) {
        long begun = System.nanoTime();
        log.append(entries.get(next++ % SUBJECTS));
        long done = System.nanoTime();
        if (done >= end) {
          return latencies;
        }
        latencies.recordValue(done - begun);
      }
    }

    void checkPromise() {
      LogVerifier.Verification verification = db.inRead(LogVerifier::verify);
      PromiseBroken.unless(verification.whole(), "the log: " + verification.problems());
      long entries = verification.size() - 1;
      PromiseBroken.unless(
          entries == appended, appended + " appends returned, " + entries + " are in the log");
    }

    @Override
    public void close() {
      db.close();
      keys.close();
    }
  }
}
