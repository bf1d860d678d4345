package io.contextkeep.client;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A real HTTP server with scripted answers that a vault would never give; the last one is repeated.
 */
final class OddServer implements AutoCloseable {
  /** A received request. */
  record Heard(String method, String path, Headers headers, String body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<HttpHandler> script = new ConcurrentLinkedQueue<>();
  private final List<Heard> heard = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  OddServer(HttpHandler... answers) throws IOException {
    this(0, answers);
  }

  OddServer(int port, HttpHandler... answers) throws IOException {
    script.addAll(List.of(answers));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  URI base() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  List<Heard> heard() {
    return heard;
  }

  static HttpHandler json(String body) {
    return answer(200, "application/json", body);
  }

  static HttpHandler problem(int status, String body) {
    return answer(status, "application/problem+json", body);
  }

  static HttpHandler answer(int status, String contentType, String body) {
    return answer(status, contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  static HttpHandler answer(int status, String contentType, byte[] body) {
    return exchange -> {
      exchange.getResponseHeaders().set("Content-Type", contentType);
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    };
  }

  static HttpHandler busy(String retryAfter) {
    return exchange -> {
      exchange.getResponseHeaders().set("Retry-After", retryAfter);
      problem(503, "{}").handle(exchange);
    };
  }

  static HttpHandler redirect(int status, URI to) {
    return exchange -> {
      exchange.getResponseHeaders().set("Location", to.toString());
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    };
  }

  /** Announces a length, sends less, and closes the connection. */
  static HttpHandler cutOff(String body, int after) {
    return exchange -> {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes, 0, after);
      exchange.close();
    };
  }

  /** Never answers. */
  HttpHandler silent() {
    return _ -> awaitEnd();
  }

  /** Begins to answer and never ends. */
  HttpHandler endless(String beginning) {
    return exchange -> {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(beginning.getBytes(StandardCharsets.UTF_8));
      exchange.getResponseBody().flush();
      awaitEnd();
    };
  }

  /** Sets the answer from now on. */
  void only(HttpHandler answer) {
    script.clear();
    script.add(answer);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    heard.add(
        new Heard(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            exchange.getRequestHeaders(),
            body));
    HttpHandler next = script.size() > 1 ? script.poll() : script.peek();
    if (next == null) {
      throw new IOException("The script is empty");
    }
    next.handle(exchange);
  }

  private void awaitEnd() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.close();
  }
}
