package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A vault that is killed under load keeps everything that it acknowledged. {@code
 * -Dfaults.rounds=200} for a long run.
 */
@Timeout(3600)
@Order(2)
final class KillIT {
  private static final int ROUNDS = Integer.getInteger("faults.rounds", 1);
  private static final int WORKERS = 8;

  /** The most answers until the kill. */
  private static final int MAX_REPLIES = 350;

  @TempDir Path dir;
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final AtomicInteger numbers = new AtomicInteger();
  private final Queue<Acknowledged> reads = new ConcurrentLinkedQueue<>();

  /** A customer's acknowledged and sent requests. */
  private static final class Known {
    volatile String country = "";
    volatile String batch = "";
    volatile boolean consentSent;
    volatile boolean consented;
    volatile boolean withdrawalSent;
    volatile boolean withdrawn;
  }

  @Test
  void acknowledgedRequests_surviveTheKill() throws Exception {
    ChildVault vault = ChildVault.start(dir);
    try (Parties parties = vault.parties()) {
      parties.furnish();
    }
    for (int round = 0; round < ROUNDS; round++) {
      Map<String, Known> customers = loadUntilKilled(vault);
      vault = ChildVault.start(dir);
      try (Parties parties = vault.parties()) {
        assertThat(customers).as("seed %s", seed).isNotEmpty();
        customers.forEach((number, known) -> assertKept(parties, number, known));
        JsonNode verification = parties.verification().ok().json();
        assertThat(verification.path("whole").booleanValue()).as("%s", verification).isTrue();
      }
      Evidence.holds(vault.database(), reads);
    }
    vault.close();
    assertThat(reads).isNotEmpty();
    assertThat(Evidence.reads(vault.database())).isGreaterThanOrEqualTo(reads.size());
  }

  /** Writes, consents, reads and withdraws until a random number of answers. */
  private Map<String, Known> loadUntilKilled(ChildVault vault) throws Exception {
    Map<String, Known> customers = new ConcurrentHashMap<>();
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

  private void loadUntilGone(
      Parties parties, Map<String, Known> customers, Semaphore acknowledged) {
    try {
      while (true) {
        int n = numbers.incrementAndGet();
        live(parties, n, customers, acknowledged);
      }
    } catch (UncheckedIOException killed) {
      // An unacknowledged request may have happened or not.
    } finally {
      // A client that fails before the kill must not leave the others waiting.
      acknowledged.release(MAX_REPLIES);
    }
  }

  private void live(Parties parties, int n, Map<String, Known> customers, Semaphore acknowledged) {
    String number = String.valueOf(n);
    Known known = new Known();
    JsonNode written = parties.write(number, "country", "\"land " + n + "\"").ok().json();
    known.batch = written.path("batch").textValue();
    known.country = "land " + n;
    customers.put(number, known);
    acknowledged.release();
    known.consentSent = true;
    parties.consent(number).ok();
    known.consented = true;
    acknowledged.release();
    reads.add(parties.ask(number).receipt());
    acknowledged.release();
    if (n % 2 == 0) {
      known.withdrawalSent = true;
      parties.withdraw(number).ok();
      known.withdrawn = true;
      acknowledged.release();
    }
  }

  private static void assertKept(Parties parties, String number, Known known) {
    JsonNode country = parties.view(number).ok().json().at("/values/country");
    assertThat(country.path("value").textValue()).isEqualTo(known.country);
    assertThat(country.path("batch").textValue()).isEqualTo(known.batch);
    if (known.withdrawn || !known.consentSent) {
      assertThat(parties.ask(number).status()).isEqualTo(403);
    } else if (known.consented && !known.withdrawalSent) {
      parties.ask(number).ok();
    }
  }
}
