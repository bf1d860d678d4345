package io.contextkeep.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;

/**
 * The baseline of reads: a minimal Vert.x server with one event loop, which answers every request
 * with the same JSON of about the size of a context reply. It prints its port.
 */
final class BareServer {
  private static final int SIZE = 600;

  private BareServer() {}

  public static void main(String[] args) {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    String start = "{\"hello\":\"";
    Buffer hello = Buffer.buffer(start + "x".repeat(SIZE - start.length() - 2) + "\"}");
    int port =
        vertx
            .createHttpServer()
            .requestHandler(
                request ->
                    request.response().putHeader("Content-Type", "application/json").end(hello))
            .listen(0, "127.0.0.1")
            .await()
            .actualPort();
    System.out.println(port);
  }
}
