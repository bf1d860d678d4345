package io.contextkeep.bench;

import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * The wait of customers for their withdrawals while one customer with 10, 1,000 or 100,000 earlier
 * events makes endless changes. No customer may wait because of another's history.
 */
final class HistoryBench implements Benchmark {
  private static final int[] EVENTS = {10, 1_000, 100_000};
  private static final int WITHDRAWALS = 300;
  private static final Duration MAX_LENGTH = Duration.ofSeconds(1);
  private static final Duration TOKENS = Duration.ofHours(1);
  private static final Pattern LAG =
      Pattern.compile("(?m)^contextkeep_graph_lag\\{what=\"consents\"\\} (\\S+)$");

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    for (int events : EVENTS) {
      Path dir = settings.directory("history");
      String talker;
      try (VaultProcess vault = VaultProcess.start(dir)) {
        vault.awaitReady();
        RetailVault.register(vault);
        talker = vault.issuer().issueToCustomer("customer_number:talker", TOKENS);
        ok(vault.send("PUT", RetailVault.CONSENT, talker));
      }
      say(dir, events);
      try (VaultProcess vault = VaultProcess.start(dir)) {
        vault.awaitReady();
        untilTheGraphFollows(vault);
        Histogram withdrawn = withdrawals(vault, talker);
        String size = ".n" + events;
        figures.add(
            "history.withdrawal.p50" + size, "ms", withdrawn.getValueAtPercentile(50) / 1e6);
        figures.add(
            "history.withdrawal.p99" + size, "ms", withdrawn.getValueAtPercentile(99) / 1e6);
        figures.add("history.withdrawal.max" + size, "ms", withdrawn.getMaxValue() / 1e6);
        PromiseBroken.unless(
            withdrawn.getMaxValue() < MAX_LENGTH.toNanos(),
            "somebody waited " + withdrawn.getMaxValue() / 1e6 + " ms for another's history");
      }
      Trees.delete(dir);
    }
  }

  /** Adds that many earlier events of the customer. */
  private static void say(Path dir, int events) {
    try (Db db =
        Db.open(
            dir.resolve("data/vault.db"),
            Schema.migrations(),
            Thread.ofPlatform().daemon().factory())) {
      db.inWrite(c -> said(c, events));
    }
  }

  private static int said(Connection c, int events) throws SQLException {
    return Sql.update(
        c,
        """
        INSERT INTO consent_event
          (subject, purpose, recipient, status, explicit, notice, language, method, at, expires,
           said_by)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
        SELECT subject, purpose, recipient, iif(i % 2 = 0, 'GIVEN', 'WITHDRAWN'), explicit, notice,
          language, method, at - i * 1000, NULL, said_by
        FROM consent_event, n WHERE consent_event.id = 1\
        """,
        events);
  }

  private static Histogram withdrawals(VaultProcess vault, String talker) throws Exception {
    Histogram withdrawn = new Histogram(3);
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService aside = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> talking =
          aside.submit(
              () -> {
                while (!done.get()) {
                  vault.send("DELETE", RetailVault.CONSENT, talker);
                  vault.send("PUT", RetailVault.CONSENT, talker);
                }
                return 0;
              });
      try {
        for (int i = 0; i < WITHDRAWALS; i++) {
          String customer = vault.issuer().issueToCustomer("customer_number:other-" + i, TOKENS);
          ok(vault.send("PUT", RetailVault.CONSENT, customer));
          long begun = System.nanoTime();
          ok(vault.send("DELETE", RetailVault.CONSENT, customer));
          withdrawn.recordValue(System.nanoTime() - begun);
        }
      } finally {
        done.set(true);
      }
      talking.get();
    }
    return withdrawn;
  }

  private static void ok(HttpResponse<String> answer) {
    PromiseBroken.unless(answer.statusCode() == 200, "the answer was " + answer.statusCode());
  }

  private static void untilTheGraphFollows(VaultProcess vault)
      throws IOException, InterruptedException {
    while (true) {
      Matcher lag = LAG.matcher(vault.get("/metrics", VaultProcess.METRICS_TOKEN).body());
      PromiseBroken.unless(lag.find(), "the metrics do not say how far the graph is");
      if (Double.parseDouble(lag.group(1)) == 0) {
        return;
      }
      Thread.sleep(50);
    }
  }
}
