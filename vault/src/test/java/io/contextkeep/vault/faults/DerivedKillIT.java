package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.identity.Role;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A vault that is killed while values are derived and the consents to it are withdrawn and given
 * again: values derived before an acknowledged withdrawal are never served again, and remaining
 * values have all their grounds. {@code -Dfaults.rounds=200} for a long run.
 */
@Timeout(3600)
@Order(2)
final class DerivedKillIT {
  private static final int ROUNDS = Integer.getInteger("faults.rounds", 1);
  private static final int WORKERS = 6;
  private static final int MAX_REPLIES = 300;
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/brain";

  @TempDir Path dir;
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  /** The acknowledged history of a customer. */
  private static final class Known {
    final String number = UUID.randomUUID().toString();
    volatile boolean derived;
    volatile boolean withdrawalSent;
    volatile boolean withdrawn;
  }

  @Test
  void valuesDerivedBeforeAWithdrawal_areNeverServedAgain() throws Exception {
    ChildVault vault = ChildVault.start(dir);
    try (Parties parties = vault.parties()) {
      furnish(parties);
    }
    int withdrawn = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Queue<Known> customers = loadUntilKilled(vault);
      vault = ChildVault.start(dir);
      try (Parties parties = vault.parties()) {
        for (Known known : customers) {
          assertEnded(parties, known);
          withdrawn += known.withdrawn ? 1 : 0;
        }
        JsonNode verification = parties.verification().ok().json();
        assertThat(verification.path("whole").booleanValue()).as("%s", verification).isTrue();
      }
    }
    vault.close();
    assertThat(withdrawn).as("seed %s", seed).isPositive();
  }

  private static void furnish(Parties parties) {
    parties.furnish();
    parties
        .register(
            "/v1/apps/brain",
            """
            {"name": "Brain", "facets": ["intent"], "purposes": ["dpv:ServicePersonalisation"]}\
            """)
        .ok();
    parties
        .register(
            "/v1/attributes/churn",
            """
            {"kind": "value", "facet": "intent", "category": "pd:Interest", "sensitivity": "low",
             "schema": {"type": "string"}, "retentionDays": 30}\
            """)
        .ok();
  }

  private Queue<Known> loadUntilKilled(ChildVault vault) throws Exception {
    Queue<Known> customers = new ConcurrentLinkedQueue<>();
    Semaphore acknowledged = new Semaphore(0);
    try (Parties parties = vault.parties();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        workers.add(threads.submit(() -> loadUntilGone(parties, customers, acknowledged)));
      }
      acknowledged.acquire(50 + random.nextInt(MAX_REPLIES - 50));
      LockSupport.parkNanos(random.nextInt(3_000_000));
      vault.kill();
      for (Future<?> worker : workers) {
        worker.get();
      }
    }
    return customers;
  }

  private static void loadUntilGone(
      Parties parties, Queue<Known> customers, Semaphore acknowledged) {
    try {
      while (true) {
        live(parties, customers, acknowledged);
      }
    } catch (UncheckedIOException killed) {
      // An unacknowledged request may have happened or not.
    } finally {
      acknowledged.release(MAX_REPLIES);
    }
  }

  private static void live(Parties parties, Queue<Known> customers, Semaphore acknowledged) {
    Known known = new Known();
    parties.write(known.number, "country", "\"France\"").ok();
    parties.consent(known.number).ok();
    String customer = parties.customer(known.number);
    parties.send("PUT", CONSENT, customer, "", Map.of()).ok();
    customers.add(known);
    acknowledged.release();
    known.derived = derive(parties, known.number).path("kept").intValue() == 1;
    acknowledged.release();
    known.withdrawalSent = true;
    parties.send("DELETE", CONSENT, customer, "", Map.of()).ok();
    known.withdrawn = true;
    acknowledged.release();
  }

  private static JsonNode derive(Parties parties, String number) {
    String line =
        """
        {"customer":{"customer_number":"%s"},"attribute":"churn","observed":"%s","value":"high",\
        "derived":{"from":["country"],"rule":"churn.v3","purpose":"dpv:ServicePersonalisation",\
        "kind":"inferred"}}\
        """
            .formatted(number, Instant.now());
    return parties
        .send(
            "POST",
            "/v1/ingest",
            parties.token(Role.SOURCE, "brain"),
            line,
            Map.of("Idempotency-Key", UUID.randomUUID().toString()))
        .ok()
        .json();
  }

  private static void assertEnded(Parties parties, Known known) {
    if (known.derived && !known.withdrawalSent) {
      assertThat(served(parties, known.number)).isTrue();
    }
    if (known.withdrawn) {
      assertThat(served(parties, known.number)).isFalse();
      parties.send("PUT", CONSENT, parties.customer(known.number), "", Map.of()).ok();
      assertThat(served(parties, known.number)).isFalse();
    }
  }

  private static boolean served(Parties parties, String number) {
    return parties.view(number).ok().json().path("values").has("churn");
  }
}
