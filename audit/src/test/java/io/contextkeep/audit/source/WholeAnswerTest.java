package io.contextkeep.audit.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.contextkeep.audit.TestServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class WholeAnswerTest {

  /** Answers its headers at once and each byte before a timeout between two bytes would fire. */
  @Test
  void aTricklingAnswer_timesOut() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpClient client = HttpClient.newHttpClient()) {
      Thread.ofVirtual().start(() -> trickle(server, left));
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"))
              .timeout(Duration.ofSeconds(30))
              .build();
      assertThatIOException()
          .isThrownBy(() -> WholeAnswer.of(client, request, Duration.ofMillis(300), 1_000))
          .withMessageContaining("no complete answer");
      left.await();
    }
  }

  @Test
  void anAnswerThatIsTooLong_isRefused() throws Exception {
    try (TestServer server =
            new TestServer((_, _) -> new TestServer.Reply(200, "text/plain", new byte[1_001]));
        HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(server.url()).build();
      assertThatIOException()
          .isThrownBy(() -> WholeAnswer.of(client, request, Duration.ofSeconds(30), 1_000));
      assertThat(WholeAnswer.of(client, request, Duration.ofSeconds(30), 1_001).body())
          .hasSize(1_001);
    }
  }

  private static void trickle(ServerSocket server, CountDownLatch left) {
    try (Socket socket = server.accept()) {
      OutputStream out = socket.getOutputStream();
      out.write(
          "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      while (true) {
        out.write('x');
        out.flush();
        Thread.sleep(20);
      }
    } catch (IOException | InterruptedException e) {
      left.countDown();
    }
  }
}
