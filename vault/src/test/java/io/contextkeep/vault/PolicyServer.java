package io.contextkeep.vault;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.PolicyFailure;
import io.contextkeep.policy.WasmEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLContext;

/** A fake of an OPA server with the vault's policy, which tests can make fail. */
final class PolicyServer implements AutoCloseable {
  static final String REVISION = "7-server";
  static final String DECISION = "4ca636c1-55e4-417a-b1d8-4aceb67960d1";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The handling of a request. */
  interface Manner {
    void answer(HttpExchange exchange) throws Exception;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();
  private final WasmEngine policy =
      new WasmEngine(Bundle.builtIn(), 1, Duration.ofSeconds(60), watchdog);
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile Manner manner = this::decide;

  PolicyServer(Optional<SSLContext> tls) throws IOException {
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    if (tls.isPresent()) {
      HttpsServer secured = HttpsServer.create(free, 0);
      secured.setHttpsConfigurator(new HttpsConfigurator(tls.get()));
      server = secured;
    } else {
      server = HttpServer.create(free, 0);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  void does(Manner other) {
    manner = other;
  }

  void decides() {
    manner = this::decide;
  }

  /** Accepts the question and does not answer. */
  void hangs() {
    manner = _ -> closing.await();
  }

  /** Closes the connection, as if it were killed. */
  void dies() {
    manner = HttpExchange::close;
  }

  void says(int status, String type, String body) {
    manner = exchange -> write(exchange, status, type, body);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      manner.answer(exchange);
    } catch (IOException gone) {
      throw gone;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /** Decides, but handles questions with the text differently. */
  void decidesUnless(String text, Manner other) {
    manner =
        exchange -> {
          String input = input(exchange);
          if (input.contains(text)) {
            other.answer(exchange);
          } else {
            decide(exchange, input);
          }
        };
  }

  private void decide(HttpExchange exchange) throws IOException, PolicyFailure {
    decide(exchange, input(exchange));
  }

  private static String input(HttpExchange exchange) throws IOException {
    return JSON.readTree(exchange.getRequestBody().readAllBytes()).get("input").toString();
  }

  private void decide(HttpExchange exchange, String input) throws IOException, PolicyFailure {
    write(exchange, 200, "application/json", answer(policy.evaluate(input).json().toString()));
  }

  /** Returns a result in OPA's format. */
  static String answer(String result) {
    return """
    {"decision_id": "%s", "provenance": {"bundles": {"b": {"revision": "%s"}}}, "result": %s}\
    """
        .formatted(DECISION, REVISION, result);
  }

  private static void write(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
    watchdog.shutdownNow();
  }
}
