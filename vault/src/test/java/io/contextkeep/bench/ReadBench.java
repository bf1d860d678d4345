package io.contextkeep.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditSummary;
import io.contextkeep.audit.EntryType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A gated, consented, audited read compared with a minimal server: both are measured alternately,
 * and the ratio is of the same minute. Afterwards the log must hold one entry for each answer.
 */
final class ReadBench implements Benchmark {
  private static final int[] CONNECTIONS = {1, 16, 64};

  /** The number of answers with context of this run, which must equal the reads in the log. */
  private long answers;

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    Path dir = settings.directory("read");
    try (VaultProcess vault = VaultProcess.start(dir);
        Program bare = Program.start(dir.resolve("bare.log"), Map.of(), BareServer.class);
        LoadGenerator load = LoadGenerator.start(dir.resolve("load.log"))) {
      Server bareServer = new Server("bare", Integer.parseInt(bare.hear()), hello(dir));
      vault.awaitReady();
      RetailVault.fill(vault);
      Server gated = new Server("gated", vault.port(), questions(vault, dir));
      measure(settings, figures, load, bareServer, gated);
      checkPromise(vault);
    }
    Trees.delete(dir);
  }

  private record Server(String name, int port, Path requests) {}

  private void measure(
      Settings settings, Figures figures, LoadGenerator load, Server bare, Server gated)
      throws IOException {
    Duration warmUp = settings.step().multipliedBy(3);
    ask(load, bare, 64, warmUp);
    ask(load, gated, 64, warmUp);
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
    Load.Result result = ask(load, server, connections, step);
    String name = "read." + server.name() + ".c" + connections;
    figures.add(name + ".throughput", "reads/s", result.perSecond());
    figures.add(name + ".p50", "ms", result.p50());
    figures.add(name + ".p99", "ms", result.p99());
    figures.add(name + ".refused", "answers", result.other());
    return result.perSecond();
  }

  private Load.Result ask(LoadGenerator load, Server server, int connections, Duration time)
      throws IOException {
    Load.Result result = load.run(server.port(), connections, time, server.requests());
    PromiseBroken.unless(result.ok() > 0, "no answer of the " + server.name() + " server was 200");
    answers += server.name().equals("gated") ? result.ok() : 0;
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

  private static long recordedReads(Path database) throws SQLException {
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + database)) {
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

  private static Path hello(Path dir) throws IOException {
    return Files.writeString(dir.resolve("hello"), "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  }
}
