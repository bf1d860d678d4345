package io.contextkeep.vault.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.contextkeep.vault.TestCertificate;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class OutgoingTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final byte[] BODY = "{}".getBytes(StandardCharsets.US_ASCII);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Outgoing outgoing = new Outgoing(Set.of("127.0.0.1", "crm.internal"), threads);

  @AfterEach
  void close() {
    outgoing.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://agent.example/status",
        "https://agent.example:8443/status?case=1",
        "https://1.1.1.1/",
        "https://[2606:4700::1111]/",
        "https://xn--mnchen-3ya.example/",
        "https://crm.internal/notices",
        "http://127.0.0.1:8080/notices"
      })
  void addressesOfTheInternet_andThoseThatTheOperatorLists_areAccepted(String url) {
    assertThat(outgoing.accepts(url)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://agent.example/",
        "http://crm.internal/",
        "ftp://agent.example/",
        "//agent.example/",
        "agent.example",
        "https://user:secret@agent.example/",
        "https://agent.example/#part",
        "https://agent.example:70000/",
        "https://localhost/",
        "https://LocalHost./",
        "https://vault.localhost/",
        "https://0.0.0.0/",
        "https://10.0.0.1/",
        "https://100.64.0.1/",
        "https://127.0.0.2/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://127.0.0.1.:443/x y",
        "https://168.63.129.16/",
        "https://169.254.169.254/latest/meta-data",
        "https://172.31.255.255/",
        "https://192.168.1.1/",
        "https://198.19.0.1/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://[::]/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[64:ff9b:1::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[2001:0:1::]/",
        "https://[2001:db8::1]/",
        "https://[fc00::1]/",
        "https://[fd00:ec2::254]/",
        "https://[fe80::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[fec0::1]/",
        "https://[ff02::1]/"
      })
  void internalAddresses_areRefused_whenGivenAndWhenUsed(String url) {
    assertThat(outgoing.accepts(url)).isFalse();
    if (!url.contains(" ")) {
      assertThatIOException()
          .isThrownBy(() -> outgoing.post(URI.create(url), "application/json", BODY, TIMEOUT))
          .withMessageContaining("The address is refused");
    }
  }

  @Test
  void aNameThatResolvesToThisMachine_isNotConnectedTo() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (List<String> addresses :
          List.of(List.of("127.0.0.1"), List.of("1.1.1.1", "10.0.0.1"), List.<String>of())) {
        Deque<List<String>> answers = new ArrayDeque<>(List.of(addresses));
        Outgoing guarded = resolving(Set.of(), answers);
        assertThatIOException()
            .isThrownBy(
                () ->
                    guarded.post(
                        URI.create("https://rebound.example:" + server.getLocalPort() + "/"),
                        "application/json",
                        BODY,
                        TIMEOUT))
            .withStackTraceContaining("an address that is not public");
      }
    }
  }

  /** Checks that the name is resolved once, since a second answer could lead elsewhere. */
  @Test
  void aNameThatChangesItsAddress_isResolvedOnce() throws IOException {
    try (Stranger server = new Stranger("HTTP/1.1 202 Accepted\r\n\r\n")) {
      Deque<List<String>> answers =
          new ArrayDeque<>(List.of(List.of("127.0.0.1"), List.of("127.0.0.99")));
      Outgoing guarded = resolving(Set.of("localhost"), answers);
      URI url = URI.create("http://localhost:" + server.port() + "/");
      assertThat(guarded.post(url, "application/json", BODY, TIMEOUT)).isEqualTo(202);
      assertThat(answers).hasSize(1);
    }
  }

  @Test
  void theRequest_isComplete_andClosesTheConnection() throws IOException {
    try (Stranger server =
        new Stranger("HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\nxyz")) {
      URI url = URI.create("http://127.0.0.1:" + server.port() + "/a%20b?c=d");
      assertThat(outgoing.post(url, "application/json", BODY, TIMEOUT)).isEqualTo(200);
      assertThat(server.heard())
          .startsWith("POST /a%20b?c=d HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n")
          .contains("\r\nContent-Type: application/json\r\n", "\r\nContent-Length: 2\r\n")
          .contains("\r\nConnection: close\r\n")
          .endsWith("\r\n\r\n{}");
    }
  }

  @Test
  void aRedirect_isAFailure_andIsNotFollowed() throws IOException {
    try (Stranger elsewhere = new Stranger("HTTP/1.1 200 OK\r\n\r\n");
        Stranger server =
            new Stranger(
                "HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:%d/\r\n\r\n"
                    .formatted(elsewhere.port()))) {
      URI url = URI.create("http://127.0.0.1:" + server.port() + "/");
      assertThat(outgoing.post(url, "application/json", BODY, TIMEOUT)).isEqualTo(307);
      assertThat(elsewhere.wasAsked()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "HTTP/1.1 200 OK\r\nA: ", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n"})
  void incompleteAnswers_areRejected(String answer) throws IOException {
    try (Stranger server = new Stranger(answer)) {
      URI url = URI.create("http://127.0.0.1:" + server.port() + "/");
      assertThatIOException()
          .isThrownBy(() -> outgoing.post(url, "application/json", BODY, TIMEOUT));
    }
  }

  @Test
  void endlessAnswers_areAborted() throws IOException {
    for (String endless :
        List.of(
            "HTTP/1.1 200 " + "x".repeat(100_000),
            "HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(50_000),
            "HTTP/1.1 100 Wait\r\n\r\n".repeat(20),
            "HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(70_000),
            "HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + "x".repeat(70_000))) {
      try (Stranger server = new Stranger(endless)) {
        URI url = URI.create("http://127.0.0.1:" + server.port() + "/");
        assertThatIOException()
            .isThrownBy(() -> outgoing.post(url, "application/json", BODY, TIMEOUT));
      }
    }
  }

  @Test
  void silentServers_timeOut() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      threads.execute(
          () -> {
            try (Socket socket = server.accept()) {
              socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
              // A reset is an end as well.
            }
            left.countDown();
          });
      URI url = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
      assertThatIOException()
          .isThrownBy(() -> outgoing.post(url, "application/json", BODY, Duration.ofMillis(200)));
      left.await();
    }
  }

  @Test
  void overTls_onlyAServerWithTheNamesCertificate_getsTheRequest(@TempDir Path dir)
      throws Exception {
    TestCertificate ours = TestCertificate.make(dir, "ours");
    SSLSocketFactory trusting =
        PemTrust.context(Optional.of(ours.pem()), "test").getSocketFactory();
    for (String host : List.of("127.0.0.1", "localhost")) {
      Outgoing guarded =
          new Outgoing(
              Set.of(host),
              _ -> List.of(InetAddress.ofLiteral("127.0.0.1")),
              () -> trusting,
              threads);
      ServerSocket secured =
          ours.context()
              .getServerSocketFactory()
              .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
      try (Stranger server = new Stranger(secured, "HTTP/1.1 200 OK\r\n\r\n")) {
        URI url = URI.create("https://" + host + ":" + server.port() + "/");
        if (host.equals("localhost")) {
          assertThatIOException()
              .isThrownBy(() -> guarded.post(url, "application/json", BODY, TIMEOUT))
              .withStackTraceContaining("localhost");
          assertThat(server.heard()).isEmpty();
        } else {
          assertThat(guarded.post(url, "application/json", BODY, TIMEOUT)).isEqualTo(200);
        }
      }
    }
  }

  private Outgoing resolving(Set<String> internal, Deque<List<String>> answers) {
    return new Outgoing(
        internal,
        _ -> answers.remove().stream().map(InetAddress::ofLiteral).toList(),
        () -> (SSLSocketFactory) SSLSocketFactory.getDefault(),
        threads);
  }

  /** Gives one answer to one connection, for any request. */
  private final class Stranger implements AutoCloseable {
    private final ServerSocket server;
    private final StringBuffer heard = new StringBuffer();
    private volatile boolean asked;

    Stranger(String answer) throws IOException {
      this(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()), answer);
    }

    Stranger(ServerSocket server, String answer) {
      this.server = server;
      threads.execute(
          () -> {
            try (Socket socket = server.accept()) {
              asked = true;
              for (int c = 0; c >= 0 && !heard.toString().endsWith("{}"); ) {
                c = socket.getInputStream().read();
                heard.append(c < 0 ? "" : (char) c);
              }
              socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
              // The other side closed the connection.
            }
          });
    }

    int port() {
      return server.getLocalPort();
    }

    String heard() {
      return heard.toString();
    }

    boolean wasAsked() {
      return asked;
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
