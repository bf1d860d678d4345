package io.contextkeep.bench;

import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.MemoisedEngine;
import io.contextkeep.policy.WasmEngine;
import io.contextkeep.vault.context.ReadParts;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/**
 * The parts of a read, each by itself on one thread, in nanoseconds: the facts from memory, the
 * remembered decision, the log entry, and a group of entries on disk. They do not add up to a read,
 * which also parses, opens and writes.
 */
final class PartsBench implements Benchmark {
  /** Between two looks at the clock. */
  private static final int RUN = 64;

  /** What was made last, so that no part is optimised away. */
  private volatile Object made = "";

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    Path dir = settings.directory("parts");
    Path keys = Files.createDirectory(dir.resolve("keys"));
    Path database = dir.resolve("vault.db");
    ManyCustomers.fill(database, keys, 1);
    ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();
    try (MemoisedEngine engine =
            new MemoisedEngine(
                new WasmEngine(Bundle.builtIn(), 1, Duration.ofSeconds(10), watchdog), 1_000);
        ReadParts parts =
            new ReadParts(
                database,
                keys,
                engine,
                ManyCustomers.identifier(0),
                List.copyOf(ManyCustomers.VALUES.keySet()))) {
      measure(settings, figures, parts);
    } finally {
      watchdog.shutdownNow();
    }
    Trees.delete(dir);
  }

  /** The first round warms up and is not in the figures. */
  private void measure(Settings settings, Figures figures, ReadParts parts) {
    Map<String, Supplier<Object>> all = new LinkedHashMap<>();
    all.put("capsule.hit", parts::capsule);
    all.put("decision.known", parts::decision);
    all.put("decision.equal", parts::equalDecision);
    all.put("entry.made", parts::entry);
    for (int round = 0; round <= settings.rounds(); round++) {
      for (Map.Entry<String, Supplier<Object>> part : all.entrySet()) {
        Cost cost = cost(part.getValue(), RUN, settings.step());
        if (round > 0) {
          figures.add("parts." + part.getKey(), "ns", cost.nanos());
          figures.add("parts." + part.getKey() + ".processor", "ns", cost.processor());
        }
      }
      double group = cost(parts::group, 1, settings.step()).nanos();
      if (round > 0) {
        figures.add("parts.group.committed", "ns", group);
        figures.add("parts.group.entry", "ns/entry", group / ReadParts.GROUP);
      }
      parts.tidy();
    }
  }

  /**
   * What one run of a part costs on average.
   *
   * @param processor the processor time of the calling thread, which other work on the machine
   *     hardly changes
   */
  private record Cost(double nanos, double processor) {}

  private Cost cost(Supplier<Object> part, int atOnce, Duration time) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long done = 0;
    long processor = threads.getCurrentThreadCpuTime();
    long begun = System.nanoTime();
    long end = begun + time.toNanos();
    long now = begun;
    while (now < end) {
      for (int i = 0; i < atOnce; i++) {
        made = part.get();
      }
      done += atOnce;
      now = System.nanoTime();
    }
    double used = threads.getCurrentThreadCpuTime() - processor;
    return new Cost((now - begun) / (double) done, used / done);
  }
}
