package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.vault.BareHttp.Reply;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stop under load: accepted requests are answered completely, others are refused, and every
 * answer has its entry.
 */
final class ShutdownIT {
  private static final String CONTEXT =
      "/v1/customers/customer_number:17850/context"
          + "?purpose=dpv:ServicePersonalisation&attributes=country";
  private static final int CLIENTS = 8;
  private static final int ANSWERS_BEFORE = 100;

  @TempDir Path dir;
  private TestVault vault;
  private String token;

  /** The outcome of each request. */
  private record Outcomes(
      AtomicInteger answered, AtomicInteger unavailable, AtomicInteger refused) {
    Outcomes() {
      this(new AtomicInteger(), new AtomicInteger(), new AtomicInteger());
    }
  }

  @BeforeEach
  void start() {
    vault = TestVault.furnished(dir);
    vault.write("17850", "country", "\"" + CANARY + "land\"");
    ok(
        vault.put(
            vault.customer("customer_number:17850"),
            "/v1/me/consents/dpv:ServicePersonalisation/shop",
            ""));
    token = vault.token(Role.APP, "shop");
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  /** Sends requests until the vault refuses connections. */
  private List<Future<?>> load(ExecutorService threads, int port, Outcomes outcomes) {
    List<Future<?>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(
          threads.submit(
              () -> {
                while (true) {
                  Optional<Reply> reply = BareHttp.ask(port, token, CONTEXT);
                  if (reply.isEmpty()) {
                    outcomes.refused().incrementAndGet();
                    return;
                  }
                  switch (reply.get().status()) {
                    case 200 -> {
                      assertThat(reply.get().body()).contains(CANARY, "receipt");
                      outcomes.answered().incrementAndGet();
                    }
                    case 503 -> outcomes.unavailable().incrementAndGet();
                    default -> throw new AssertionError(reply.get().toString());
                  }
                }
              }));
    }
    return clients;
  }

  private static void await(Outcomes outcomes, List<Future<?>> clients) throws Exception {
    while (outcomes.answered().get() < ANSWERS_BEFORE) {
      for (Future<?> client : clients) {
        if (client.isDone()) {
          client.get();
        }
      }
      Thread.sleep(5);
    }
  }

  private static void finish(List<Future<?>> clients) throws Exception {
    for (Future<?> client : clients) {
      client.get();
    }
  }

  private long permits() {
    return vault.vault().db().<Long>inRead(LoggedEntries::permits);
  }

  @Test
  void aVaultClosedUnderLoad_answersAcceptedRequestsOnly() throws Exception {
    Outcomes outcomes = new Outcomes();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = load(threads, vault.vault().port(), outcomes);
      await(outcomes, clients);
      vault.stop();
      finish(clients);
    }
    assertThat(outcomes.refused().get()).isEqualTo(CLIENTS);
    vault.startAgain();
    assertThat(permits()).isEqualTo(outcomes.answered().get());
    vault.disclosed(outcomes.answered().get());
  }

  @Test
  void theProgramStoppedUnderLoad_answersAcceptedRequests_andExitsNormally() throws Exception {
    vault.stop();
    Outcomes outcomes = new Outcomes();
    Path settings = Program.settings(dir, Map.of());
    try (Program program = Program.start(dir, "serve", settings.toString());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = load(threads, program.port(), outcomes);
      await(outcomes, clients);
      program.terminate();
      finish(clients);
      assertThat(program.exitCode()).as(program.err()).isEqualTo(128 + 15);
      assertThat(program.err()).contains("\"stopped\"").doesNotContain(CANARY, "ERROR");
    }
    vault.startAgain();
    assertThat(permits()).isEqualTo(outcomes.answered().get());
    vault.disclosed(outcomes.answered().get());
  }

  @Test
  void aRequestInProgress_isFinished_evenIfItWaitsLong() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.submit(() -> vault.vault().db().inWrite(c -> hold(writing, go)));
      writing.await();
      int port = vault.vault().port();
      Future<Optional<Reply>> waiting = threads.submit(() -> BareHttp.ask(port, token, CONTEXT));
      while (vault.watched("/metrics").contains("contextkeep_http_in_progress 0.0")) {
        Thread.sleep(1);
      }
      Future<?> stopping = threads.submit(vault::stop);
      // A load balancer sees the stop, and new requests are refused while the last one is answered.
      while (BareHttp.get(port, "/health/ready").orElseThrow().status() == 200) {
        Thread.sleep(1);
      }
      while (!BareHttp.ask(port, token, CONTEXT).orElseThrow().body().contains("\"stopping\"")) {
        Thread.sleep(1);
      }
      assertThat(waiting.isDone()).isFalse();
      go.countDown();
      assertThat(waiting.get().orElseThrow().status()).isEqualTo(200);
      stopping.get();
    }
    vault.startAgain();
    vault.disclosed(1);
  }

  private static int hold(CountDownLatch writing, CountDownLatch go) {
    writing.countDown();
    try {
      go.await();
      return 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
