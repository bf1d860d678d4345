package io.contextkeep.bench;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * Withdrawals while sixteen connections read: the time of a withdrawal, the time from its reply to
 * the next refused read, and the lag of the graph. A read that starts after the reply and is
 * answered with context breaks the guarantee.
 */
final class WithdrawalBench implements Benchmark {
  private static final int READERS = 16;
  private static final int CUSTOMERS = 50;
  private static final Duration TOKENS = Duration.ofHours(1);
  private static final Pattern LAG =
      Pattern.compile("(?m)^contextkeep_graph_lag\\{what=\"consents\"\\} (\\S+)$");

  private record Customer(String token, String path) {}

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    Path dir = settings.directory("withdrawal");
    try (VaultProcess vault = VaultProcess.start(dir);
        LoadGenerator load = LoadGenerator.start(dir.resolve("load.log"));
        ExecutorService aside = Executors.newSingleThreadExecutor()) {
      vault.awaitReady();
      RetailVault.fill(vault);
      String shop = vault.token("app", "shop");
      Path questions = dir.resolve("questions");
      RetailVault.writeRequests(questions, shop);
      List<Customer> customers = customers(vault);
      for (int round = 0; round <= settings.rounds(); round++) {
        Future<Load.Result> readers =
            aside.submit(() -> load.run(vault.port(), READERS, settings.step(), questions));
        Histogram withdrawn = new Histogram(3);
        Histogram refused = new Histogram(3);
        Histogram lag = new Histogram(3);
        withdraw(vault, shop, customers, readers, withdrawn, refused, lag);
        double behind = untilCaughtUp(vault);
        if (round > 0) {
          figures.add("withdrawal.reads.beside", "reads/s", readers.get().perSecond());
          figures.add("withdrawal.p50", "ms", withdrawn.getValueAtPercentile(50) / 1e6);
          figures.add("withdrawal.p99", "ms", withdrawn.getValueAtPercentile(99) / 1e6);
          figures.add("withdrawal.refused.p50", "ms", refused.getValueAtPercentile(50) / 1e6);
          figures.add("withdrawal.refused.p99", "ms", refused.getValueAtPercentile(99) / 1e6);
          figures.add("withdrawal.count", "withdrawals", withdrawn.getTotalCount());
          figures.add("withdrawal.graph.lag.p50", "events", lag.getValueAtPercentile(50));
          figures.add("withdrawal.graph.lag.max", "events", lag.getMaxValue());
          figures.add("withdrawal.graph.behind", "ms after", behind);
        }
      }
    }
    Trees.delete(dir);
  }

  private static List<Customer> customers(VaultProcess vault) throws IOException {
    List<Customer> customers = new ArrayList<>();
    for (String number : RetailVault.customers().subList(0, CUSTOMERS)) {
      String account = "customer_number:" + number;
      customers.add(
          new Customer(vault.issuer().issueToCustomer(account, TOKENS), RetailVault.path(number)));
    }
    return customers;
  }

  private static void withdraw(
      VaultProcess vault,
      String shop,
      List<Customer> customers,
      Future<?> whileTheyRead,
      Histogram withdrawn,
      Histogram refused,
      Histogram lag)
      throws IOException, InterruptedException {
    for (int i = 0; !whileTheyRead.isDone(); i++) {
      Customer customer = customers.get(i % customers.size());
      // A consent in the same millisecond as the refusal before it does not count.
      do {
        ok(vault.send("PUT", RetailVault.CONSENT, customer.token()));
      } while (vault.get(customer.path(), shop).statusCode() != 200);
      long begun = System.nanoTime();
      ok(vault.send("DELETE", RetailVault.CONSENT, customer.token()));
      long replied = System.nanoTime();
      int status = vault.get(customer.path(), shop).statusCode();
      PromiseBroken.unless(status == 403, "a read after a withdrawal was answered " + status);
      refused.recordValue(System.nanoTime() - replied);
      withdrawn.recordValue(replied - begun);
      lag.recordValue(lag(vault));
    }
  }

  private static void ok(HttpResponse<String> answer) {
    PromiseBroken.unless(answer.statusCode() == 200, "the answer was " + answer.statusCode());
  }

  /** Milliseconds. */
  private static double untilCaughtUp(VaultProcess vault) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    while (lag(vault) > 0) {
      Thread.sleep(1);
    }
    return (System.nanoTime() - begun) / 1e6;
  }

  private static long lag(VaultProcess vault) throws IOException, InterruptedException {
    Matcher lag = LAG.matcher(vault.get("/metrics", VaultProcess.METRICS_TOKEN).body());
    PromiseBroken.unless(lag.find(), "the metrics do not say how far the graph is");
    return (long) Double.parseDouble(lag.group(1));
  }
}
