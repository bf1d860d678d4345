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

/** What answers as an OPA server with the vault's own policy does, until it is told otherwise. */
final class PolicyServer implements AutoCloseable {
  static final String REVISION = "7-server";
  static final String DECISION = "4ca636c1-55e4-417a-b1d8-4aceb67960d1";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What it does with a request. */
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

  /** It takes the question and says nothing for as long as this runs. */
  void hangs() {
    manner = _ -> closing.await();
  }

  /** It ends the connection, as when it is killed. */
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

  /** It decides, but does something else about a question that holds the text. */
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

  /** A result in the words in which OPA gives one. */
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
