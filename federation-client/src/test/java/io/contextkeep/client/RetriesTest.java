package io.contextkeep.client;

import static io.contextkeep.client.Samples.ANN;
import static io.contextkeep.client.Samples.ATTRIBUTES;
import static io.contextkeep.client.Samples.DISCLOSED;
import static io.contextkeep.client.Samples.PURPOSE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.TextNode;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The conditions of retries and the waits between them. */
final class RetriesTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-24T12:00:00Z"));
  private static final String REPORT =
      "{\"batch\": \"b1\", \"kept\": 1, \"repeated\": 0, \"refused\": []}";
  private static final List<ContextLine> LINES =
      List.of(ContextLine.attribute(ANN, "country", CLOCK.instant(), TextNode.valueOf("Norway")));

  private final List<Duration> waits = new ArrayList<>();
  private final AtomicInteger tokens = new AtomicInteger();

  @Test
  void aBusyVault_isRetriedWithAFreshToken_afterTheRequestedTime() throws IOException {
    try (OddServer server = new OddServer(OddServer.busy("2"), OddServer.json(DISCLOSED));
        VaultClient client = client(server.base())) {
      assertThat(client.ask(PURPOSE, ANN, ATTRIBUTES)).isInstanceOf(Disclosed.class);
      assertThat(waits).hasSize(1);
      assertThat(waits.getFirst()).isBetween(Duration.ofSeconds(2), Duration.ofMillis(2_100));
      assertThat(server.heard())
          .extracting(heard -> heard.headers().getFirst("Authorization"))
          .containsExactly("Bearer t1", "Bearer t2");
    }
  }

  @Test
  void aVaultThatStaysBusy_isUnavailable_afterBoundedRandomWaits() throws IOException {
    try (OddServer server = new OddServer(OddServer.answer(503, "text/html", "<html>"));
        VaultClient client = client(server.base())) {
      assertThat(client.ask(PURPOSE, ANN, ATTRIBUTES))
          .isEqualTo(new Unavailable(Unavailable.Cause.BUSY, Optional.empty()));
      assertThat(server.heard()).hasSize(4);
      assertThat(waits).hasSize(3).doesNotHaveDuplicates();
      for (int i = 0; i < waits.size(); i++) {
        assertThat(waits.get(i)).isBetween(Duration.ZERO, Duration.ofMillis(100L << i));
      }
    }
  }

  @Test
  void waits_neverGrowBeyondTheirBound() {
    Backoff backoff = new Backoff(new Random(1));
    for (int failed = 1; failed < 100; failed++) {
      assertThat(backoff.after(failed, Optional.empty()).orElseThrow())
          .isBetween(Duration.ZERO, Duration.ofSeconds(5));
    }
  }

  @Test
  void aLongRetryAfter_isNotWaitedFor_butReportedToTheCaller() throws IOException {
    assertThat(hintOf("3600")).contains(Duration.ofHours(1));
    assertThat(hintOf("Tue, 24 Nov 2026 13:00:00 GMT")).contains(Duration.ofHours(1));
    assertThat(hintOf("999999999")).contains(Duration.ofDays(1));
    assertThat(waits).isEmpty();
  }

  @Test
  void anInvalidOrPastRetryAfter_isIgnored() throws IOException {
    assertThat(hintOf("soon")).isEmpty();
    assertThat(hintOf("-5")).isEmpty();
    assertThat(hintOf("99999999999999999999")).isEmpty();
    assertThat(hintOf("Tue, 24 Nov 2026 11:00:00 GMT")).contains(Duration.ZERO);
  }

  @Test
  void anUnreachableVault_isRetriedUntilItAnswers() throws IOException {
    int port = freePort();
    List<OddServer> started = new ArrayList<>();
    Pause startsIt = _ -> started.add(start(port));
    try (VaultClient client =
        new VaultClient(settings(loopback(port)), CLOCK, new Random(1), startsIt)) {
      assertThat(client.ask(PURPOSE, ANN, ATTRIBUTES)).isInstanceOf(Disclosed.class);
    } finally {
      started.forEach(OddServer::close);
    }
    assertThat(started).hasSize(1);
  }

  @Test
  void aVaultThatStaysUnreachable_isUnavailable_forEveryCustomer() throws IOException {
    CustomerId bob = new CustomerId("email", "bob@example.com");
    try (VaultClient client = client(loopback(freePort()))) {
      Unavailable away = Unavailable.of(Unavailable.Cause.UNREACHABLE);
      assertThat(client.askAll(PURPOSE, List.of(bob, ANN), ATTRIBUTES))
          .isEqualTo(Map.of(ANN, away, bob, away))
          .containsOnlyKeys(bob, ANN);
      assertThat(client.write(LINES, "k1")).isEqualTo(away);
      assertThat(waits).hasSize(6);
    }
  }

  @Test
  void aReadThatMayHaveBeenAnswered_isNotRepeated() throws IOException {
    for (HttpHandler answer :
        List.of(
            OddServer.cutOff(DISCLOSED, 100),
            OddServer.answer(502, "text/html", ""),
            OddServer.answer(504, "text/html", ""))) {
      try (OddServer server = new OddServer(answer);
          VaultClient client = client(server.base())) {
        assertThat(client.ask(PURPOSE, ANN, ATTRIBUTES))
            .isEqualTo(Unavailable.of(Unavailable.Cause.NO_ANSWER));
        assertThat(server.heard()).hasSize(1);
      }
    }
  }

  @Test
  void aWriteThatMayHaveSucceeded_isRepeatedWithTheSameKeyAndBytes() throws IOException {
    try (OddServer server =
            new OddServer(
                OddServer.cutOff(REPORT, 10), OddServer.busy("0"), OddServer.json(REPORT));
        VaultClient client = client(server.base())) {
      assertThat(client.write(LINES, "k1")).isEqualTo(new WriteReport("b1", 1, 0, List.of()));
      assertThat(server.heard())
          .hasSize(3)
          .allSatisfy(
              heard -> {
                assertThat(heard.method() + " " + heard.path()).isEqualTo("POST /v1/ingest");
                assertThat(heard.headers().get("Idempotency-Key")).containsExactly("k1");
                assertThat(heard.body()).isEqualTo(server.heard().getFirst().body());
              });
    }
  }

  @Test
  void aProblem_isNotRetried() throws IOException {
    String failed = "{\"status\": 500, \"code\": \"internal_error\", \"detail\": \"It failed\"}";
    try (OddServer server = new OddServer(OddServer.problem(500, failed));
        VaultClient client = client(server.base())) {
      assertThatExceptionOfType(VaultProblem.class)
          .isThrownBy(() -> client.ask(PURPOSE, ANN, ATTRIBUTES))
          .satisfies(problem -> assertThat(problem.status()).isEqualTo(500));
      assertThatExceptionOfType(VaultProblem.class).isThrownBy(() -> client.write(LINES, "k1"));
      assertThat(server.heard()).hasSize(2);
    }
  }

  @Test
  void anInterruptedWait_endsTheCall_andTheThreadStaysInterrupted() throws IOException {
    Pause interrupted =
        _ -> {
          throw new InterruptedException();
        };
    try (OddServer server = new OddServer(OddServer.busy("1"));
        VaultClient client =
            new VaultClient(settings(server.base()), CLOCK, new Random(1), interrupted)) {
      assertThatExceptionOfType(CancellationException.class)
          .isThrownBy(() -> client.ask(PURPOSE, ANN, ATTRIBUTES));
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private Optional<Duration> hintOf(String retryAfter) throws IOException {
    try (OddServer server = new OddServer(OddServer.busy(retryAfter));
        VaultClient client = client(server.base())) {
      return ((Unavailable) client.ask(PURPOSE, ANN, ATTRIBUTES)).retryAfter();
    }
  }

  private VaultClient client(URI base) {
    return new VaultClient(settings(base), CLOCK, new Random(1), waits::add);
  }

  private VaultSettings settings(URI base) {
    return VaultSettings.of(base, () -> "t" + tokens.incrementAndGet());
  }

  private static OddServer start(int port) {
    try {
      return new OddServer(port, OddServer.json(DISCLOSED));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static URI loopback(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
