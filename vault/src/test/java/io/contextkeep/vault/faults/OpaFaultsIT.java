package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.OpaProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * OPA's own server is suspended, killed and started again below a vault under load, {@code
 * faults.opa.rounds} times. Every read is answered: with context and its entry, or with a refusal
 * and its entry. Skips with a message without opa.
 */
@Timeout(300)
final class OpaFaultsIT {
  private static final int ROUNDS = Integer.getInteger("faults.opa.rounds", 1);
  private static final Path ROOT = Path.of(System.getProperty("contextkeep.root"));
  private static final int READERS = 8;
  private static final int SOME = 20;
  private static final Set<String> NO_DECISION = Set.of("POLICY_TIMEOUT", "POLICY_UNAVAILABLE");

  @TempDir Path dir;
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicInteger permitted = new AtomicInteger();
  private final Collection<Acknowledged> refused = new ConcurrentLinkedQueue<>();

  @Test
  void aHangingOrDeadPolicyServer_causesRefusals_untilItIsBack() throws Exception {
    assumeTrue(OpaProcess.program().isPresent(), "SKIPPED: opa is not on the PATH");
    try (OpaProcess opa = OpaProcess.start(ROOT, dir);
        LiveVault vault = LiveVault.start(dir, settings(opa));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      vault.furnish("n1");
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        readers.add(threads.submit(() -> read(vault)));
      }
      try {
        for (int round = 0; round < ROUNDS; round++) {
          awaitMorePermits(readers);
          opa.suspend();
          awaitMoreRefusals(readers);
          opa.resume();
          awaitMorePermits(readers);
          opa.kill();
          awaitMoreRefusals(readers);
          opa.restart();
        }
        awaitMorePermits(readers);
      } finally {
        stop.set(true);
      }
      for (Future<?> reader : readers) {
        reader.get();
      }
      Evidence.holds(vault.database(), refused);
      assertThat(Evidence.reads(vault.database())).isEqualTo(permitted.get());
    }
    System.out.println(
        "OPA was suspended and killed "
            + ROUNDS
            + " times: "
            + permitted
            + " reads were permitted, "
            + refused.size()
            + " refused, each with its entry");
  }

  private static Map<String, String> settings(OpaProcess opa) {
    return Map.of(
        // Every read of this test may be refused.
        "CONTEXTKEEP_LIMITS_REFUSALS_PER_MINUTE",
        "1000000",
        "CONTEXTKEEP_POLICY_SERVER",
        opa.url().toString(),
        "CONTEXTKEEP_POLICY_DEADLINE_MILLIS",
        "1000");
  }

  private void read(LiveVault vault) {
    while (!stop.get()) {
      Answer answer = vault.answered(vault.parties().ask("n1"));
      if (answer.status() == 200) {
        permitted.incrementAndGet();
      } else {
        refused.add(refusal(answer));
      }
    }
  }

  private static Acknowledged refusal(Answer answer) {
    assertThat(answer.status()).as("%s", answer).isEqualTo(503);
    JsonNode body = answer.json();
    assertThat(body.has("values")).isFalse();
    assertThat(NO_DECISION).contains(body.path("reasons").path(0).asText());
    return answer.entry();
  }

  private void awaitMorePermits(List<Future<?>> readers) throws Exception {
    int before = permitted.get();
    while (permitted.get() < before + SOME) {
      pause(readers);
    }
  }

  private void awaitMoreRefusals(List<Future<?>> readers) throws Exception {
    int before = refused.size();
    while (refused.size() < before + SOME) {
      pause(readers);
    }
  }

  /** Asserts that no reader has ended, which means a failure. */
  private static void pause(List<Future<?>> readers) throws Exception {
    Thread.sleep(5);
    for (Future<?> reader : readers) {
      if (reader.isDone()) {
        reader.get();
      }
    }
  }
}
