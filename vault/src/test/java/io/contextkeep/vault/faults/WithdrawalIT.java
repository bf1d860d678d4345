package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Withdraw, then read at once, a thousand times, while others read, write and consent: no read that
 * starts after the withdrawal's reply succeeds.
 */
@Timeout(300)
@Order(1)
final class WithdrawalIT {
  private static final int CUSTOMERS = 8;
  private static final int ROUNDS = 1_000 / CUSTOMERS;
  private static final int STRANGERS = 4;

  @TempDir Path dir;

  /**
   * A customer who gives and withdraws consent; odd from the withdrawal's reply to the next grant.
   */
  private record Customer(String number, AtomicInteger state) {}

  private final List<Customer> customers = new ArrayList<>();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicInteger permitted = new AtomicInteger();
  private final AtomicInteger afterWithdrawal = new AtomicInteger();

  @Test
  void noReadThatStartsAfterTheWithdrawalsReply_succeeds() throws Exception {
    try (LiveVault vault = LiveVault.start(dir, Map.of());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      vault.parties().furnish();
      for (int i = 0; i < CUSTOMERS; i++) {
        customers.add(new Customer("n" + i, new AtomicInteger()));
        vault.parties().write("n" + i, "country", "\"France\"").ok();
      }
      List<Future<?>> strangers = new ArrayList<>();
      List<Future<?>> owners = new ArrayList<>();
      try {
        for (int i = 0; i < STRANGERS; i++) {
          strangers.add(threads.submit(() -> readAnybody(vault)));
        }
        strangers.add(threads.submit(() -> writeAnybody(vault)));
        for (Customer customer : customers) {
          owners.add(threads.submit(() -> giveAndWithdraw(vault, customer)));
        }
        for (Future<?> owner : owners) {
          owner.get();
        }
      } finally {
        stop.set(true);
      }
      for (Future<?> stranger : strangers) {
        stranger.get();
      }
    }
    assertThat(permitted.get()).isPositive();
    assertThat(afterWithdrawal.get()).isGreaterThanOrEqualTo(CUSTOMERS * ROUNDS);
  }

  private void giveAndWithdraw(LiveVault vault, Customer customer) {
    for (int round = 0; round < ROUNDS; round++) {
      if (customer.state().get() % 2 == 1) {
        customer.state().incrementAndGet();
      }
      // A grant in the very millisecond of the withdrawal before it does not count: give again.
      do {
        vault.parties().consent(customer.number()).ok();
      } while (vault.answered(vault.parties().ask(customer.number())).status() != 200);
      vault.parties().withdraw(customer.number()).ok();
      customer.state().incrementAndGet();
      read(vault, customer);
    }
  }

  private void readAnybody(LiveVault vault) {
    while (!stop.get()) {
      read(vault, customers.get(ThreadLocalRandom.current().nextInt(CUSTOMERS)));
    }
  }

  /** Checks that a read fails if consent was withdrawn from before the read until after it. */
  private void read(LiveVault vault, Customer customer) {
    int before = customer.state().get();
    Answer answer = vault.answered(vault.parties().ask(customer.number()));
    boolean withdrawn = before % 2 == 1 && customer.state().get() == before;
    if (withdrawn) {
      assertThat(answer.status()).as("%s", answer).isEqualTo(403);
      afterWithdrawal.incrementAndGet();
    } else if (answer.status() == 200) {
      permitted.incrementAndGet();
    }
  }

  private void writeAnybody(LiveVault vault) {
    while (!stop.get()) {
      int n = ThreadLocalRandom.current().nextInt(CUSTOMERS);
      vault.parties().write("n" + n, "language", "\"fr\"").ok();
    }
  }
}
