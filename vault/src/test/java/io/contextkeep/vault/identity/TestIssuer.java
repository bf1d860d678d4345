package io.contextkeep.vault.identity;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * An OpenID Connect issuer for tests: a real HTTP server with its keys, and tokens signed by them.
 */
public final class TestIssuer implements AutoCloseable {
  public static final String NAME = "https://login.example";

  /** The handling of a request. */
  interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final InstantSource clock;
  private final AtomicInteger asked = new AtomicInteger();
  private volatile Handler handler;

  public TestIssuer(InstantSource clock, TestKey... keys) {
    this.clock = clock;
    this.handler = exchange -> answer(exchange, 200, set(keys));
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext(
        "/jwks",
        exchange -> {
          asked.incrementAndGet();
          try (exchange) {
            handler.handle(exchange);
          }
        });
    server.start();
  }

  public URI jwks() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/jwks");
  }

  /** Returns how often its keys were requested. */
  int asked() {
    return asked.get();
  }

  void publish(TestKey... keys) {
    handler = exchange -> answer(exchange, 200, set(keys));
  }

  void answering(int status, String body) {
    handler = exchange -> answer(exchange, status, body);
  }

  void handling(Handler how) {
    handler = how;
  }

  IssuerSettings settings(Role... roles) {
    return new IssuerSettings(
        "corp", NAME, jwks(), "vault", java.util.Set.of(roles), "role", "account", "sub");
  }

  /** Returns the claims of a valid token of this issuer, which tests change. */
  public Map<String, Object> claims(String subject, String audience) {
    Instant now = clock.instant();
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", NAME);
    claims.put("sub", subject);
    claims.put("aud", List.of(audience, "someone-else"));
    claims.put("iat", now.getEpochSecond());
    claims.put("exp", now.plusSeconds(300).getEpochSecond());
    return claims;
  }

  static String set(TestKey... keys) {
    return Arrays.stream(keys)
        .map(TestKey::publicJson)
        .collect(Collectors.joining(",", "{\"keys\":[", "]}"));
  }

  static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
