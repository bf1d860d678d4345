package io.contextkeep.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The counts of the load generator, which equal the server's for answers in any pieces. */
final class LoadTest {
  private static final List<ByteBuffer> REQUEST =
      List.of(StandardCharsets.US_ASCII.encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));

  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong answered = new AtomicLong();

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  @Test
  void everyAnswer_isCountedByItsStatus() throws Exception {
    int port = server(2, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");

    Load.Result result = Load.run(port, 3, Duration.ofMillis(300), REQUEST);

    assertThat(result.ok() + result.other()).isEqualTo(answered.get());
    assertThat(result.other()).isEqualTo(answered.get() / 2);
    assertThat(result.timely()).isBetween(1L, result.ok());
    assertThat(result.p99()).isGreaterThanOrEqualTo(result.p50()).isPositive();
  }

  @Test
  void anAnswerWithoutALength_isAnError() throws Exception {
    int port = server(0, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    assertThatThrownBy(() -> Load.run(port, 1, Duration.ofMillis(300), REQUEST))
        .hasRootCauseMessage("A response has no Content-Length");
  }

  /** Starts a server that answers every n-th request with 503, and all of them in pieces. */
  private int server(int every, String answer) {
    return vertx
        .createNetServer()
        .connectHandler(socket -> socket.handler(request -> answer(socket, every, answer)))
        .listen(0, "127.0.0.1")
        .await()
        .actualPort();
  }

  private void answer(NetSocket socket, int every, String answer) {
    boolean refused = every > 0 && answered.incrementAndGet() % every == 0;
    String whole = refused ? answer.replace("200 OK", "503 No") : answer;
    int half = whole.length() / 3;
    socket
        .write(Buffer.buffer(whole.substring(0, half)))
        .onSuccess(_ -> vertx.setTimer(1, _ -> socket.write(Buffer.buffer(whole.substring(half)))));
  }
}
