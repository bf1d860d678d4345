package io.contextkeep.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The runner of the requested benchmarks, which prints a table and writes {@code
 * target/bench.json}. It exits with 1 if one of them broke a guarantee.
 */
final class Bench {

  private Bench() {}

  private static Map<String, Benchmark> all() {
    Map<String, Benchmark> all = new LinkedHashMap<>();
    all.put("policy", new PolicyBench());
    all.put("parts", new PartsBench());
    all.put("audit", new AuditBench());
    all.put("startup", new StartupBench());
    all.put("ingest", new IngestBench());
    all.put("read", new ReadBench());
    all.put("many", new ManyBench());
    all.put("others", new OthersBench());
    all.put("withdrawal", new WithdrawalBench());
    all.put("oracle", new OracleBench());
    all.put("consent", new ConsentBench());
    all.put("history", new HistoryBench());
    all.put("soak", new SoakBench());
    all.put("analytics", new AnalyticsBench());
    return all;
  }

  public static void main(String[] args) throws Exception {
    Map<String, Benchmark> all = all();
    Settings settings = Settings.of(Path.of(args[0]).toAbsolutePath(), all.keySet());
    Figures figures = new Figures();
    for (Map.Entry<String, Benchmark> one : all.entrySet()) {
      if (settings.only().contains(one.getKey())) {
        System.out.println("Measuring " + one.getKey() + " …");
        run(one.getKey(), one.getValue(), settings, figures);
      }
    }
    Path file = settings.root().resolve("target/bench.json");
    figures.write(file, settings);
    System.out.print("\n" + figures.table() + "\nWritten to target/bench.json\n");
    System.exit(figures.failures().isEmpty() ? 0 : 1);
  }

  private static void run(String name, Benchmark benchmark, Settings settings, Figures figures) {
    try {
      benchmark.run(settings, figures);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      figures.fail(name, "interrupted");
    } catch (Exception e) {
      e.printStackTrace();
      figures.fail(name, String.valueOf(e.getMessage()));
    }
  }
}
