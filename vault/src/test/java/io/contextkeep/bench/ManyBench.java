package io.contextkeep.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Reads of a vault with many customers against those of a small one, which is measured in turns
 * with it: of a hundredth of the customers again and again, and of any customer. Then a tenth of
 * them is asked for, and the heap that is in use after a collection is taken. {@code
 * -Dbench.customers} is their number; of several the greatest is taken.
 */
final class ManyBench implements Benchmark {
  private static final int SMALL = 500;
  private static final int CONNECTIONS = 64;

  /** The just-in-time compiler is busy for as long. */
  private static final int WARM_UP_STEPS = 5;

  /** More draws than one step asks for. */
  private static final int DRAWN = 60_000;

  private static final Pattern HEAP =
      Pattern.compile("(?m)^jvm_memory_used_bytes\\{area=\"heap\",[^}]*} (\\S+)$");

  private final SplittableRandom random = new SplittableRandom();

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    int customers =
        Arrays.stream(System.getProperty("bench.customers", "1000000").split(","))
            .mapToInt(Integer::parseInt)
            .max()
            .orElseThrow();
    Path dir = settings.directory("many");
    furnish(dir.resolve("small"), SMALL);
    figures.add("many.fill", "s", furnish(dir.resolve("many"), customers));
    long begun = System.nanoTime();
    try (VaultProcess small = VaultProcess.start(dir.resolve("small"));
        VaultProcess many = VaultProcess.start(dir.resolve("many"));
        LoadGenerator load = LoadGenerator.start(dir.resolve("load.log"))) {
      small.awaitReady();
      many.awaitReady();
      figures.add("many.start", "s", (System.nanoTime() - begun) / 1e9);
      figures.add("many.database", "MB", Files.size(many.database()) / 1e6);
      Asked few = new Asked("small", small, SMALL, dir.resolve("requests.small"), load);
      Asked all = new Asked("many", many, customers, dir.resolve("requests.many"), load);
      measure(settings, figures, few, all);
      heap(settings, figures, all);
      few.checkPromise();
      all.checkPromise();
    }
    Trees.delete(dir);
  }

  /**
   * Has a vault make its files and registrations, and adds customers while it is stopped.
   *
   * @return how many seconds the customers took
   */
  private static double furnish(Path dir, int customers) throws IOException, InterruptedException {
    Files.createDirectories(dir);
    try (VaultProcess vault = VaultProcess.start(dir)) {
      vault.awaitReady();
      RetailVault.register(vault);
      vault.close();
      long begun = System.nanoTime();
      ManyCustomers.fill(vault.database(), vault.keys(), customers);
      return (System.nanoTime() - begun) / 1e9;
    }
  }

  private void measure(Settings settings, Figures figures, Asked few, Asked all)
      throws IOException {
    int[] everyone = IntStream.range(0, SMALL).toArray();
    int[] hot = drawn(all.customers, Math.max(1, all.customers / 100));
    for (int step = 0; step < WARM_UP_STEPS; step++) {
      few.ask(settings, everyone);
      all.ask(settings, drawn(all.customers, DRAWN));
    }
    for (int round = 0; round < settings.rounds(); round++) {
      double small = record(settings, figures, "many.small", few, everyone);
      all.ask(settings, hot);
      double again = record(settings, figures, "many.hot", all, hot);
      double any = record(settings, figures, "many.uniform", all, drawn(all.customers, DRAWN));
      figures.add("many.hot.ratio", "of small", again / small);
      figures.add("many.uniform.ratio", "of small", any / small);
      System.out.println("  round " + (round + 1) + " of " + settings.rounds());
    }
  }

  private static double record(
      Settings settings, Figures figures, String name, Asked asked, int[] whom) throws IOException {
    Duration before = asked.vault.processorTime();
    Load.Result result = asked.ask(settings, whom);
    Duration used = asked.vault.processorTime().minus(before);
    figures.add(name + ".throughput", "reads/s", result.perSecond());
    figures.add(name + ".p50", "ms", result.p50());
    figures.add(name + ".p99", "ms", result.p99());
    figures.add(name + ".processor", "us/read", used.toNanos() / 1e3 / result.ok());
    return result.perSecond();
  }

  /** Asks for a tenth of the customers, each at least once, and takes the heap. */
  private void heap(Settings settings, Figures figures, Asked all)
      throws IOException, InterruptedException {
    int tenth = Math.max(1, all.customers / 10);
    int asked = 0;
    while (asked < tenth) {
      int[] next = IntStream.range(asked, Math.min(tenth, asked + DRAWN)).toArray();
      asked += (int) Math.min(next.length, all.ask(settings, next).ok());
    }
    Process collection =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(all.vault.pid()),
                "GC.run")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    PromiseBroken.unless(collection.waitFor(1, TimeUnit.MINUTES), "jcmd did not end");
    PromiseBroken.unless(collection.exitValue() == 0, "jcmd collected nothing");
    Matcher areas = HEAP.matcher(all.vault.get("/metrics", VaultProcess.METRICS_TOKEN).body());
    figures.add(
        "many.heap",
        "MB in use",
        areas.results().mapToDouble(area -> Double.parseDouble(area.group(1))).sum() / 1e6);
  }

  private int[] drawn(int customers, int many) {
    return random.ints(many, 0, customers).toArray();
  }

  /** A vault that is asked for its customers. */
  private static final class Asked {
    final VaultProcess vault;
    final int customers;
    private final String name;
    private final Path requests;
    private final LoadGenerator load;
    private final String shop;
    private long answers;

    Asked(String name, VaultProcess vault, int customers, Path requests, LoadGenerator load)
        throws IOException, InterruptedException {
      this.name = name;
      this.vault = vault;
      this.customers = customers;
      this.requests = requests;
      this.load = load;
      this.shop = vault.token("app", "shop");
    }

    Load.Result ask(Settings settings, int[] whom) throws IOException {
      List<String> numbers = Arrays.stream(whom).mapToObj(ManyCustomers::number).toList();
      RetailVault.writeRequests(requests, shop, numbers);
      Load.Result result = load.run(vault.port(), CONNECTIONS, settings.step(), requests);
      PromiseBroken.unless(
          result.ok() > 0 && result.other() == 0,
          result.other() + " reads of the " + name + " vault were not answered with 200");
      answers += result.ok();
      return result;
    }

    void checkPromise() throws Exception {
      long recorded = ReadBench.recordedReads(vault.database());
      PromiseBroken.unless(
          recorded == answers,
          answers + " answers of the " + name + " vault, " + recorded + " entries of reads");
    }
  }
}
