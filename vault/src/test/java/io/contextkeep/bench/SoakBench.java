package io.contextkeep.bench;

import io.contextkeep.audit.LogVerifier;
import io.contextkeep.vault.LoggedEntries;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.demo.Api;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Fifty well-behaved callers, beside {@link Abuse} of every kind at once. It fails if one of the
 * fifty waited for more than a second or was refused, if a read was answered after a withdrawal, or
 * if an answer is not in the log. {@code -Dbench.soak} is the duration in seconds; by default 60.
 */
final class SoakBench implements Benchmark {
  private static final int CUSTOMERS = 32;
  private static final int READERS = 16;
  private static final int EACH_READS = 5;
  private static final int AUDITORS = 2;
  private static final Duration MAX_LENGTH = Duration.ofSeconds(1);
  private static final Duration TOKENS = Duration.ofHours(3);

  /** The pause between changes, within the limit of one customer per minute. */
  private static final Duration BETWEEN_CHANGES = Duration.ofMillis(1_500);

  private static final Duration BETWEEN_READS = Duration.ofMillis(100);

  /**
   * The limit of direct memory, a fraction of the JVM's, which leaks of connections would exceed.
   */
  private static final double MAX_DIRECT = 256;

  private static final Pattern DIRECT =
      Pattern.compile("(?m)^netty_allocator_memory_used\\{[^}]*type=\"direct\"[^}]*} (\\S+)$");
  private static final Pattern HEAP =
      Pattern.compile("(?m)^jvm_memory_used_bytes\\{area=\"heap\",[^}]*} (\\S+)$");

  private final Histogram changes = new ConcurrentHistogram(3);
  private final Histogram reads = new ConcurrentHistogram(3);
  private final Histogram looks = new ConcurrentHistogram(3);
  private final AtomicLong disclosed = new AtomicLong();
  private final AtomicLong turnedAway = new AtomicLong();
  private final AtomicLong readAfterWithdrawal = new AtomicLong();
  private final AtomicBoolean done = new AtomicBoolean();

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    Duration time = Duration.ofSeconds(Integer.getInteger("bench.soak", 60));
    Path dir = settings.directory("soak");
    try (VaultProcess vault = VaultProcess.start(dir)) {
      vault.awaitReady();
      RetailVault.register(vault);
      register(vault);
      consent(vault);
      try (Abuse abuse = Abuse.start(vault);
          ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> callers = callers(vault, threads);
        try {
          watch(vault, time, figures);
        } finally {
          done.set(true);
        }
        for (Future<?> caller : callers) {
          caller.get();
        }
        abuse.figures(figures);
      }
    }
    add(figures, "changes", changes);
    add(figures, "reads", reads);
    add(figures, "looks", looks);
    figures.add("soak.turned.away", "requests", turnedAway.get());
    checkPromises(dir);
    Trees.delete(dir);
  }

  private static void register(VaultProcess vault) throws IOException, InterruptedException {
    String olga = vault.token("operator", "olga");
    String otto = vault.token("operator", "otto");
    new Api(vault.base(), () -> olga)
        .register(
            new Api(vault.base(), () -> otto),
            "/v1/apps/" + Abuse.APP,
            """
            {"name": "Greedy", "facets": [], "purposes": ["dpv:ServicePersonalisation"]}\
            """);
  }

  private static void consent(VaultProcess vault) throws IOException, InterruptedException {
    for (String number : RetailVault.customers().subList(0, CUSTOMERS + READERS * EACH_READS)) {
      String token = vault.issuer().issueToCustomer("customer_number:" + number, TOKENS);
      int status = vault.send("PUT", RetailVault.CONSENT, token).statusCode();
      PromiseBroken.unless(status == 200, "a consent was answered " + status);
    }
  }

  private List<Future<?>> callers(VaultProcess vault, ExecutorService threads)
      throws IOException, InterruptedException {
    String shop = vault.token("app", "shop");
    String auditor = vault.token("auditor", "bench");
    List<String> numbers = RetailVault.customers();
    List<Future<?>> callers = new ArrayList<>();
    for (int i = 0; i < CUSTOMERS; i++) {
      String number = numbers.get(i);
      String token = vault.issuer().issueToCustomer("customer_number:" + number, TOKENS);
      callers.add(threads.submit(() -> changesTheirMind(vault, token, shop, number)));
    }
    for (int i = 0; i < READERS; i++) {
      List<String> own =
          numbers.subList(CUSTOMERS + i * EACH_READS, CUSTOMERS + (i + 1) * EACH_READS);
      callers.add(threads.submit(() -> reads(vault, shop, own)));
    }
    for (int i = 0; i < AUDITORS; i++) {
      callers.add(threads.submit(() -> looks(vault, auditor)));
    }
    return callers;
  }

  private int changesTheirMind(VaultProcess vault, String token, String shop, String number)
      throws IOException, InterruptedException {
    while (!done.get()) {
      timed(changes, () -> vault.send("PUT", RetailVault.CONSENT, token));
      timed(reads, () -> vault.get(RetailVault.path(number), shop), 200, 403);
      if (timed(changes, () -> vault.send("DELETE", RetailVault.CONSENT, token)) == 200
          && timed(reads, () -> vault.get(RetailVault.path(number), shop), 403) == 200) {
        readAfterWithdrawal.incrementAndGet();
      }
      Thread.sleep(BETWEEN_CHANGES);
    }
    return 0;
  }

  private int reads(VaultProcess vault, String shop, List<String> numbers)
      throws IOException, InterruptedException {
    for (int i = 0; !done.get(); i++) {
      String number = numbers.get(i % numbers.size());
      timed(reads, () -> vault.get(RetailVault.path(number), shop), 200);
      Thread.sleep(BETWEEN_READS);
    }
    return 0;
  }

  private int looks(VaultProcess vault, String auditor) throws IOException, InterruptedException {
    while (!done.get()) {
      timed(looks, () -> vault.get("/v1/audit/entries?limit=20", auditor));
      Thread.sleep(BETWEEN_CHANGES);
    }
    return 0;
  }

  private interface Call {
    HttpResponse<String> send() throws IOException, InterruptedException;
  }

  private int timed(Histogram times, Call call, Integer... expected)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    HttpResponse<String> answer = call.send();
    times.recordValue(System.nanoTime() - begun);
    int status = answer.statusCode();
    if (!(expected.length == 0 ? List.of(200) : List.of(expected)).contains(status)) {
      turnedAway.incrementAndGet();
    }
    if (status == 200 && answer.body().contains("\"values\"")) {
      disclosed.incrementAndGet();
    }
    return status;
  }

  /** The resources of the vault's process, at the beginning, meanwhile and at the end. */
  private static void watch(VaultProcess vault, Duration time, Figures figures)
      throws IOException, InterruptedException {
    long step = Math.max(1_000, time.toMillis() / 20);
    for (long waited = 0; waited < time.toMillis(); waited += step) {
      Thread.sleep(step);
      figures.add("soak.descriptors", "open", descriptors(vault.pid()));
      String metrics = vault.get("/metrics", VaultProcess.METRICS_TOKEN).body();
      figures.add("soak.heap", "MB", megabytes(HEAP, metrics));
      double direct = megabytes(DIRECT, metrics);
      figures.add("soak.direct", "MB", direct);
      PromiseBroken.unless(direct < MAX_DIRECT, "buffers take " + direct + " MB");
      figures.add("soak.database", "MB", megabytes(vault.database()));
      figures.add("soak.program.log", "MB", megabytes(vault.log()));
    }
  }

  private static long descriptors(long pid) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return open.count();
    }
  }

  private static double megabytes(Pattern gauge, String metrics) {
    Matcher areas = gauge.matcher(metrics);
    double bytes = 0;
    while (areas.find()) {
      bytes += Double.parseDouble(areas.group(1));
    }
    return bytes / (1 << 20);
  }

  private static double megabytes(Path file) throws IOException {
    return Files.size(file) / (double) (1 << 20);
  }

  private static void add(Figures figures, String what, Histogram times) {
    figures.add("soak." + what, "requests", times.getTotalCount());
    figures.add("soak." + what + ".p50", "ms", times.getValueAtPercentile(50) / 1e6);
    figures.add("soak." + what + ".p99", "ms", times.getValueAtPercentile(99) / 1e6);
    figures.add("soak." + what + ".max", "ms", times.getMaxValue() / 1e6);
  }

  private void checkPromises(Path dir) {
    PromiseBroken.unless(
        readAfterWithdrawal.get() == 0, readAfterWithdrawal + " reads after a withdrawal");
    try (Db db =
        Db.open(
            dir.resolve("data/vault.db"),
            Schema.migrations(),
            Thread.ofPlatform().daemon().factory())) {
      PromiseBroken.unless(
          db.inRead(LogVerifier::verify).problems().isEmpty(), "the log does not verify");
      long permits = db.<Long>inRead(LoggedEntries::permits);
      PromiseBroken.unless(
          permits == disclosed.get(), disclosed + " answers, but " + permits + " in the log");
    }
    PromiseBroken.unless(turnedAway.get() == 0, turnedAway + " good requests were refused");
    for (Histogram times : List.of(changes, reads, looks)) {
      PromiseBroken.unless(
          times.getMaxValue() <= MAX_LENGTH.toNanos(),
          "a caller waited for " + times.getMaxValue() / 1_000_000 + " ms");
    }
  }
}
