package io.contextkeep.audit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;

/** A real HTTP server on a free loopback port with a given behaviour. */
public final class TestServer implements AutoCloseable {

  /** The behaviour of the server. */
  public record Reply(int status, String contentType, byte[] body) {}

  /** Answers one request. */
  @FunctionalInterface
  public interface Handler {
    Reply reply(HttpExchange request, byte[] body) throws IOException;
  }

  private final HttpServer server;

  public TestServer(Handler handler) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            Reply reply = handler.reply(exchange, exchange.getRequestBody().readAllBytes());
            exchange.getResponseHeaders().add("Content-Type", reply.contentType());
            exchange.sendResponseHeaders(
                reply.status(), reply.body().length == 0 ? -1 : reply.body().length);
            exchange.getResponseBody().write(reply.body());
          }
        });
    server.start();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
