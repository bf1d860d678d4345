package io.contextkeep.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The gated read against reads of other servers that keep customers' records and an audit log:
 * OpenBao and Databunker, from the binaries that the environment variables {@code BAO} and {@code
 * DATABUNKER} name. Each of them holds the answers of the vault as its records, and all are asked
 * in turns. They promise less: neither asks for consent, nor waits for the disk before it answers.
 */
final class OthersBench implements Benchmark {
  private static final int[] CONNECTIONS = {1, 16, 64};

  /** The just-in-time compiler is busy for as long. */
  private static final int WARM_UP_STEPS = 5;

  private interface Start {
    OtherServer from(Path binary, Path dir, Map<String, JsonNode> records)
        throws IOException, InterruptedException;
  }

  private record Server(String name, int port, long pid, Path requests) {}

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    Path dir = settings.directory("others");
    List<OtherServer> others = new ArrayList<>();
    try (VaultProcess vault = VaultProcess.start(dir);
        LoadGenerator load = LoadGenerator.start(dir.resolve("load.log"))) {
      vault.awaitReady();
      RetailVault.fill(vault);
      String shop = vault.token("app", "shop");
      Map<String, JsonNode> records = records(vault, shop);
      records
          .values()
          .forEach(one -> figures.add("others.record", "bytes", one.toString().length()));
      start("BAO", OpenBao::start, dir, records).ifPresent(others::add);
      start("DATABUNKER", Databunker::start, dir, records).ifPresent(others::add);
      Path questions = dir.resolve("questions");
      RetailVault.writeRequests(questions, shop);
      List<Server> servers = new ArrayList<>();
      servers.add(new Server("vault", vault.port(), vault.pid(), questions));
      others.forEach(
          other ->
              servers.add(new Server(other.name(), other.port(), other.pid(), other.requests())));
      measure(settings, figures, load, servers);
      for (OtherServer other : others) {
        figures.add("others." + other.name() + ".audited", "entries", other.audited());
      }
      write(settings, figures, servers);
    } finally {
      for (OtherServer other : others) {
        other.close();
      }
    }
    Trees.delete(dir);
  }

  /** Returns the vault's answer about each customer. */
  private static Map<String, JsonNode> records(VaultProcess vault, String shop)
      throws IOException, InterruptedException {
    ObjectMapper json = new ObjectMapper();
    Map<String, JsonNode> records = new TreeMap<>();
    for (String customer : RetailVault.customers()) {
      String answer = vault.get(RetailVault.path(customer), shop).body();
      records.put(customer, json.readTree(answer));
    }
    return records;
  }

  private static Optional<OtherServer> start(
      String variable, Start start, Path dir, Map<String, JsonNode> records)
      throws IOException, InterruptedException {
    String binary = System.getenv(variable);
    if (binary == null || binary.isEmpty()) {
      System.out.println("  SKIPPED: " + variable + " names no binary, so that is not measured");
      return Optional.empty();
    }
    Path own = Files.createDirectory(dir.resolve(variable.toLowerCase(Locale.ROOT)));
    return Optional.of(start.from(Path.of(binary), own, records));
  }

  private static void measure(
      Settings settings, Figures figures, LoadGenerator load, List<Server> servers)
      throws IOException {
    for (Server server : servers) {
      load.run(server.port(), 64, settings.step().multipliedBy(WARM_UP_STEPS), server.requests());
    }
    for (int round = 0; round < settings.rounds(); round++) {
      for (int connections : CONNECTIONS) {
        for (Server server : servers) {
          record(settings, figures, load, server, connections);
        }
      }
      System.out.println("  round " + (round + 1) + " of " + settings.rounds());
    }
  }

  private static void record(
      Settings settings, Figures figures, LoadGenerator load, Server server, int connections)
      throws IOException {
    Duration before = Program.processorTime(server.pid());
    Load.Result result = load.run(server.port(), connections, settings.step(), server.requests());
    Duration used = Program.processorTime(server.pid()).minus(before);
    double answers = result.ok() + result.other();
    String name = name(server, connections);
    figures.add(name + ".throughput", "requests/s", result.perSecond());
    figures.add(name + ".p50", "ms", result.p50());
    figures.add(name + ".p99", "ms", result.p99());
    figures.add(name + ".errors", "%", 100 * result.other() / answers);
    figures.add(name + ".processor", "us/answer", used.toNanos() / 1e3 / answers);
  }

  private static String name(Server server, int connections) {
    return "others." + server.name() + ".c" + connections;
  }

  /** Writes the medians as one table, to {@code target/others.md} and to the terminal. */
  private static void write(Settings settings, Figures figures, List<Server> servers)
      throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | server | connections | requests/s | p50 ms | p99 ms | errors | processor time |
            |---|---|---|---|---|---|---|
            """);
    for (Server server : servers) {
      for (int connections : CONNECTIONS) {
        String name = name(server, connections);
        table.append(
            String.format(
                Locale.ROOT,
                "| %s | %d | %,.0f | %.2f | %.2f | %.1f %% | %,.0f µs |%n",
                server.name(),
                connections,
                figures.median(name + ".throughput"),
                figures.median(name + ".p50"),
                figures.median(name + ".p99"),
                figures.median(name + ".errors"),
                figures.median(name + ".processor")));
      }
    }
    Files.writeString(settings.root().resolve("target/others.md"), table);
    System.out.print("\n" + table);
  }
}
