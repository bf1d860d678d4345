package io.contextkeep.bench;

import io.contextkeep.vault.identity.VaultIssuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Customers withdraw while apps read over 16 connections: how long a withdrawal takes until it is
 * answered, and how far the graph is behind meanwhile, in events and in time. Each read that starts
 * after the answer must be refused: one that is not fails the benchmark.
 */
final class WithdrawalBench implements Benchmark {
  private static final int CONNECTIONS = 16;
  private static final Duration WARM_UP = Duration.ofSeconds(5);
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final Pattern LAG =
      Pattern.compile("contextkeep_graph_lag\\{what=\"consents\"} ([0-9.]+)");

  private final HttpClient http = HttpClient.newHttpClient();

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    Path dir = settings.directory("withdrawal");
    try (VaultProcess vault = VaultProcess.start(dir);
        LoadGenerator load = LoadGenerator.start(dir.resolve("load.log"))) {
      vault.awaitReady();
      RetailVault.fill(vault);
      String shop = vault.token("app", "shop");
      Path requests = dir.resolve("questions");
      RetailVault.writeRequests(requests, shop);
      load.run(vault.port(), CONNECTIONS, WARM_UP, requests);
      for (int round = 0; round < settings.rounds(); round++) {
        CompletableFuture<Load.Result> reads =
            CompletableFuture.supplyAsync(() -> read(load, vault, settings, requests));
        withdraw(vault, shop, reads, figures);
        figures.add("withdrawal.reads", "reads/s", reads.join().perSecond());
      }
    }
    Trees.delete(dir);
  }

  private static Load.Result read(
      LoadGenerator load, VaultProcess vault, Settings settings, Path requests) {
    try {
      return load.run(vault.port(), CONNECTIONS, settings.step(), requests);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One customer after the other, for as long as there is load; each says yes again at the end. */
  private void withdraw(
      VaultProcess vault, String shop, CompletableFuture<Load.Result> reads, Figures figures)
      throws Exception {
    VaultIssuer issuer = vault.issuer();
    List<String> customers = RetailVault.customers();
    Latencies answered = new Latencies("ms");
    Latencies refused = new Latencies("ms");
    Latencies caughtUp = new Latencies("ms");
    double behind = 0;
    long violations = 0;
    int done = 0;
    while (!reads.isDone()) {
      String customer = customers.get(done++ % customers.size());
      String token = issuer.issueToCustomer("customer_number:" + customer, Duration.ofMinutes(5));
      PromiseBroken.unless(send(vault, "PUT", CONSENT, token) == 200, "a yes was not kept");
      PromiseBroken.unless(
          send(vault, "GET", RetailVault.path(customer), shop) == 200, "a yes does not count");
      long begun = System.nanoTime();
      PromiseBroken.unless(send(vault, "DELETE", CONSENT, token) == 200, "a no was not kept");
      long kept = System.nanoTime();
      answered.add((kept - begun) / 1e6);
      violations += send(vault, "GET", RetailVault.path(customer), shop) == 403 ? 0 : 1;
      refused.add((System.nanoTime() - kept) / 1e6);
      if (done % 5 == 0) {
        behind = Math.max(behind, lag(vault));
        while (lag(vault) > 0) {
          Thread.sleep(1);
        }
        caughtUp.add((System.nanoTime() - kept) / 1e6);
      }
      PromiseBroken.unless(send(vault, "PUT", CONSENT, token) == 200, "a yes was not kept");
    }
    answered.add(figures, "withdrawal.answer");
    refused.add(figures, "withdrawal.first.refusal");
    caughtUp.add(figures, "withdrawal.graph.caught.up");
    figures.add("withdrawal.graph.lag", "events", behind);
    figures.add("withdrawal.violations", "reads", violations);
    PromiseBroken.unless(violations == 0, violations + " reads after a withdrawal were answered");
  }

  private static double lag(VaultProcess vault) throws IOException, InterruptedException {
    Matcher lag = LAG.matcher(vault.get("/metrics", "none").body());
    PromiseBroken.unless(lag.find(), "the metrics do not tell the graph's lag");
    return Double.parseDouble(lag.group(1));
  }

  private int send(VaultProcess vault, String method, String path, String token)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(vault.base() + path))
            .header("Authorization", "Bearer " + token)
            .timeout(Duration.ofMinutes(1))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }
}
