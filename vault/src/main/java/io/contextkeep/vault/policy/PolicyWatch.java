package io.contextkeep.vault.policy;

import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.policy.bundle.BundleRejected;
import io.contextkeep.policy.bundle.BundleRejected.Step;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for a new bundle from time to time, at no fixed distance, so that the vaults of one bundle
 * server do not all ask at once.
 */
final class PolicyWatch implements AutoCloseable {
  /** How long the look that is under way may take to end. */
  private static final Duration ENDING = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(PolicyWatch.class);

  private final BundleSource source;
  private final Policies policies;
  private final Duration least;
  private final Duration most;
  private final RandomGenerator random;
  private final ScheduledExecutorService scheduler;
  private String seen = "";
  private Optional<BundleRejected> refused = Optional.empty();

  PolicyWatch(
      BundleSource source,
      Policies policies,
      PolicySettings settings,
      RandomGenerator random,
      ScheduledExecutorService scheduler) {
    this.source = source;
    this.policies = policies;
    this.least = settings.least();
    this.most = settings.most();
    this.random = random;
    this.scheduler = scheduler;
  }

  /** The first look is at once, and waited for: without a policy nothing is allowed. */
  void start() {
    look();
    later();
  }

  private void later() {
    long delay = random.nextLong(least.toMillis(), most.toMillis() + 1);
    try {
      scheduler.schedule(this::lookAndGoOn, delay, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      // The vault is stopping.
    }
  }

  private void lookAndGoOn() {
    try {
      look();
    } catch (RuntimeException bug) {
      LOG.atError().addKeyValue("thrown", bug.getClass().getName()).log("policy watch failed");
      policies.failed(Policies.INTERNAL_ERROR);
    } finally {
      later();
    }
  }

  /** What was refused is looked at again only when the source has another. */
  synchronized void look() {
    Optional<BundleSource.Found> found;
    try {
      found = source.look(seen);
    } catch (IOException e) {
      policies.failed(Policies.BUNDLE_UNREACHABLE);
      return;
    }
    if (found.isEmpty()) {
      refused.ifPresentOrElse(policies::failed, policies::wentWell);
      return;
    }
    try {
      policies.offer(found.get().bundle(), source.kind());
      seen = found.get().tag();
      refused = Optional.empty();
    } catch (BundleRejected e) {
      policies.failed(e);
      refused = Optional.of(e);
      // A golden question may have waited too long on a busy machine: that one is tried again.
      seen = e.step() == Step.GOLDEN ? seen : found.get().tag();
    } catch (IOException e) {
      policies.failed(Policies.LAST_GOOD_UNWRITABLE);
    } catch (StoreUnavailable e) {
      policies.failed(e);
    }
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
    try {
      if (!scheduler.awaitTermination(ENDING.toMillis(), TimeUnit.MILLISECONDS)) {
        policies.failed(Policies.STOPPING);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
