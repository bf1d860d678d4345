package io.contextkeep.vault.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers of other systems that are late, endless or too large. */
@Timeout(60)
final class PeerTest {
  private static final Duration SOON = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final int MAX = 100;

  /** Writes the body of an answer. */
  private interface Body {
    void to(OutputStream out) throws Exception;
  }

  @Test
  void anAnswerInTime_isReturned() throws Exception {
    assertThat(
            asked(
                "Content-Length: 2", out -> out.write("ok".getBytes(StandardCharsets.UTF_8)), LONG))
        .isEqualTo("ok");
  }

  @Test
  void aTricklingBody_timesOut() {
    assertThatThrownBy(
            () ->
                asked(
                    "Content-Length: 90",
                    out -> {
                      while (true) {
                        out.write('.');
                        out.flush();
                        Thread.sleep(50);
                      }
                    },
                    SOON))
        .isInstanceOf(IOException.class);
  }

  @Test
  void anOversizedBody_isRefused() {
    assertThatThrownBy(() -> asked("Content-Length: 1000", out -> out.write(new byte[1_000]), LONG))
        .isInstanceOf(IOException.class);
  }

  @Test
  void anInterruptedThread_staysInterrupted() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> asked("Content-Length: 90", _ -> Thread.sleep(LONG), LONG))
        .isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  private static String asked(String header, Body body, Duration timeout) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpClient client = HttpClient.newHttpClient()) {
      Thread.ofVirtual().start(() -> serve(server, header, body));
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getLocalPort())).build();
      try {
        return new String(Peer.ask(client, request, timeout, MAX).body(), StandardCharsets.UTF_8);
      } finally {
        client.shutdownNow();
      }
    }
  }

  private static void serve(ServerSocket server, String header, Body body) {
    try (Socket socket = server.accept()) {
      socket.getInputStream().read(new byte[8_192]);
      OutputStream out = socket.getOutputStream();
      out.write(("HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      body.to(out);
      out.flush();
      socket.getInputStream().read();
    } catch (Exception theClientIsGone) {
      Thread.currentThread().interrupt();
    }
  }
}
