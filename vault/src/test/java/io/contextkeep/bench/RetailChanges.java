package io.contextkeep.bench;

import io.contextkeep.vault.identity.VaultIssuer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Changes of a retail vault, at a steady pace until they are ended: 200 consents a second, given
 * anew by customers who had given them, and 1,000 values a second from a source.
 */
final class RetailChanges implements AutoCloseable {
  private static final int GIVERS = 8;
  private static final Duration BETWEEN_CONSENTS = Duration.ofMillis(5 * GIVERS);
  private static final Duration BETWEEN_LINES = Duration.ofMillis(100);
  private static final int LINES = 100;
  private static final Duration TOKENS = Duration.ofHours(1);

  private final VaultProcess vault;
  private final List<String> customers;
  private final ExecutorService threads = Executors.newFixedThreadPool(GIVERS + 1);
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicLong consents = new AtomicLong();
  private final AtomicLong values = new AtomicLong();

  private RetailChanges(VaultProcess vault, List<String> customers) {
    this.vault = vault;
    this.customers = customers;
  }

  static RetailChanges begin(VaultProcess vault) throws IOException, InterruptedException {
    RetailChanges changes = new RetailChanges(vault, RetailVault.customers());
    VaultIssuer issuer = vault.issuer();
    String crm = vault.token("source", "crm");
    for (int giver = 0; giver < GIVERS; giver++) {
      int first = giver;
      changes.threads.submit(
          () -> changes.every(BETWEEN_CONSENTS, i -> changes.consent(issuer, first + i * GIVERS)));
    }
    changes.threads.submit(() -> changes.every(BETWEEN_LINES, i -> changes.write(crm, i)));
    return changes;
  }

  long consents() {
    return consents.get();
  }

  long values() {
    return values.get();
  }

  private interface Change {
    void make(int i) throws IOException, InterruptedException;
  }

  private Void every(Duration pause, Change change) throws IOException, InterruptedException {
    long next = System.nanoTime();
    for (int i = 0; !ended.get(); i++) {
      change.make(i);
      next += pause.toNanos();
      LockSupport.parkNanos(next - System.nanoTime());
    }
    return null;
  }

  private String customer(int i) {
    return "customer_number:" + customers.get(i % customers.size());
  }

  private void consent(VaultIssuer issuer, int i) throws IOException, InterruptedException {
    checked(
        vault.send("PUT", RetailVault.CONSENT, issuer.issueToCustomer(customer(i), TOKENS)),
        consents,
        1);
  }

  private void write(String crm, int i) throws IOException, InterruptedException {
    StringBuilder lines = new StringBuilder();
    for (int line = 0; line < LINES; line++) {
      lines.append(
          """
          {"customer": {"customer_number": "%s"}, "attribute": "country", "observed": "%s", "value": "Iceland"}
          """
              .formatted(customers.get((i * LINES + line) % customers.size()), Instant.now()));
    }
    checked(vault.ingest(crm, UUID.randomUUID().toString(), lines.toString()), values, LINES);
  }

  private static void checked(HttpResponse<String> answer, AtomicLong count, int made) {
    PromiseBroken.unless(
        answer.statusCode() == 200, "a change was answered " + answer.statusCode());
    count.addAndGet(made);
  }

  @Override
  public void close() throws InterruptedException {
    ended.set(true);
    threads.close();
  }
}
