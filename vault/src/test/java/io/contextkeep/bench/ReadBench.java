package io.contextkeep.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditSummary;
import io.contextkeep.audit.EntryType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * A gated, consented, audited read compared with a minimal server: both are measured alternately,
 * and the ratio is of the same minute. Beside it: a bare durable append of as many bytes as a read
 * adds to the log, the server's processor time, batches, and reads while customers change what they
 * allow and sources write. Afterwards the log must hold one entry for each answer.
 */
final class ReadBench implements Benchmark {
  private static final int[] CONNECTIONS = {1, 16, 64};

  /** The batches at once, which a vault takes from one caller. */
  private static final int BATCHES = 4;

  /** The just-in-time compiler is busy for as long, which a server that runs for days is not. */
  private static final int WARM_UP_STEPS = 10;

  /** About what a read adds to the log: its leaf and its sealed private part. */
  private static final int APPENDED = 1_400;

  /** The number of answers with context of this run, which must equal the reads in the log. */
  private long answers;

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    Path dir = settings.directory("read");
    try (VaultProcess vault = VaultProcess.start(dir);
        Program bare = Program.start(dir.resolve("bare.log"), Map.of(), BareServer.class);
        LoadGenerator load = LoadGenerator.start(dir.resolve("load.log"))) {
      Server bareServer = new Server("bare", Integer.parseInt(bare.hear()), bare.pid(), hello(dir));
      vault.awaitReady();
      RetailVault.fill(vault);
      Server gated = new Server("gated", vault.port(), vault.pid(), questions(vault, dir));
      Server batches = new Server("batch", vault.port(), vault.pid(), batches(vault, dir));
      measure(settings, figures, load, bareServer, gated);
      warmChanges(load, vault, gated, settings.step());
      for (int round = 0; round < settings.rounds(); round++) {
        appends(figures, dir, settings.step());
        batch(figures, load, batches, settings.step());
        changing(figures, load, vault, gated, settings.step());
      }
      checkPromise(vault);
    }
    Trees.delete(dir);
  }

  private record Server(String name, int port, long pid, Path requests) {
    /** Returns how many customers a request names. */
    int customers() {
      return name.equals("batch") ? RetailVault.BATCH : 1;
    }

    boolean isGated() {
      return !name.equals("bare");
    }
  }

  private void measure(
      Settings settings, Figures figures, LoadGenerator load, Server bare, Server gated)
      throws IOException {
    ask(load, bare, 64, settings.step());
    ask(load, gated, 64, settings.step().multipliedBy(WARM_UP_STEPS));
    for (int round = 0; round < settings.rounds(); round++) {
      for (int connections : CONNECTIONS) {
        double plain = record(figures, load, bare, connections, settings.step());
        double guarded = record(figures, load, gated, connections, settings.step());
        figures.add("read.ratio.c" + connections, "of bare", guarded / plain);
      }
      System.out.println("  round " + (round + 1) + " of " + settings.rounds());
    }
  }

  private double record(
      Figures figures, LoadGenerator load, Server server, int connections, Duration step)
      throws IOException {
    Duration before = Program.processorTime(server.pid());
    Load.Result result = ask(load, server, connections, step);
    Duration used = Program.processorTime(server.pid()).minus(before);
    String name = "read." + server.name() + ".c" + connections;
    figures.add(name + ".throughput", "reads/s", result.perSecond());
    figures.add(name + ".p50", "ms", result.p50());
    figures.add(name + ".p99", "ms", result.p99());
    figures.add(name + ".processor", "us/read", used.toNanos() / 1e3 / result.ok());
    figures.add(name + ".refused", "answers", result.other());
    return result.perSecond();
  }

  /** Appends to a file, each time with a sync of its own, as the least that a durable log does. */
  private static void appends(Figures figures, Path dir, Duration step) throws IOException {
    Histogram latencies = new Histogram(3);
    try (FileChannel file =
        FileChannel.open(
            dir.resolve("appended"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      long end = System.nanoTime() + step.toNanos();
      while (System.nanoTime() < end) {
        long begun = System.nanoTime();
        file.write(ByteBuffer.allocate(APPENDED));
        file.force(false);
        latencies.recordValue(System.nanoTime() - begun);
      }
    }
    figures.add("read.append.p50", "ms", latencies.getValueAtPercentile(50) / 1e6);
  }

  private void batch(Figures figures, LoadGenerator load, Server batches, Duration step)
      throws IOException {
    Load.Result result = ask(load, batches, BATCHES, step);
    figures.add("read.batch.throughput", "customers/s", result.perSecond() * RetailVault.BATCH);
    figures.add("read.batch.p99", "ms", result.p99());
  }

  /** Lets the code of changes be compiled, as that of reads is before they are measured. */
  private void warmChanges(LoadGenerator load, VaultProcess vault, Server gated, Duration step)
      throws IOException, InterruptedException {
    try (RetailChanges _ = RetailChanges.begin(vault)) {
      ask(load, gated, 64, step.multipliedBy(WARM_UP_STEPS));
    }
  }

  /** Reads while 200 consents and 1,000 values come in each second. */
  private void changing(
      Figures figures, LoadGenerator load, VaultProcess vault, Server gated, Duration step)
      throws IOException, InterruptedException {
    double quiet = ask(load, gated, 64, step).perSecond();
    try (RetailChanges changes = RetailChanges.begin(vault)) {
      double busy = ask(load, gated, 64, step).perSecond();
      figures.add("read.changing.ratio", "of quiet", busy / quiet);
      figures.add("read.changing.consents", "consents", changes.consents());
      figures.add("read.changing.values", "values", changes.values());
    }
  }

  private Load.Result ask(LoadGenerator load, Server server, int connections, Duration time)
      throws IOException {
    Load.Result result = load.run(server.port(), connections, time, server.requests());
    PromiseBroken.unless(result.ok() > 0, "no answer of the " + server.name() + " server was 200");
    answers += server.isGated() ? result.ok() * server.customers() : 0;
    return result;
  }

  private void checkPromise(VaultProcess vault)
      throws IOException, InterruptedException, SQLException {
    long recorded = recordedReads(vault.database());
    PromiseBroken.unless(
        recorded == answers, answers + " answers with context, " + recorded + " entries of reads");
    String auditor = vault.token("auditor", "bench");
    JsonNode verification =
        new ObjectMapper().readTree(vault.get("/v1/audit/verification", auditor).body());
    PromiseBroken.unless(
        verification.path("whole").asBoolean(), "the log does not verify: " + verification);
    System.out.println("  " + answers + " answers, as many entries in a log that verifies");
  }

  /** Returns how many permitted reads the log of a vault has. */
  static long recordedReads(Path database) throws SQLException {
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + database)) {
      // One snapshot, since entries pass from the log's end into its index meanwhile.
      c.setAutoCommit(false);
      AuditQuery permits = AuditQuery.ALL.withType(EntryType.READ);
      return AuditSummary.of(
              c, permits, List.of(AuditSummary.By.DECISION), AuditSummary.Bucket.ALL, 10)
          .stream()
          .filter(group -> group.values().equals(List.of("permit")))
          .mapToLong(AuditSummary.Group::entries)
          .sum();
    }
  }

  private static Path questions(VaultProcess vault, Path dir)
      throws IOException, InterruptedException {
    Path file = dir.resolve("questions");
    RetailVault.writeRequests(file, vault.token("app", "shop"));
    return file;
  }

  private static Path batches(VaultProcess vault, Path dir)
      throws IOException, InterruptedException {
    Path file = dir.resolve("batches");
    RetailVault.writeBatches(file, vault.token("app", "shop"));
    return file;
  }

  private static Path hello(Path dir) throws IOException {
    return Files.writeString(dir.resolve("hello"), "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  }
}
