package io.contextkeep.vault.policy;

import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.policy.bundle.BundleRejected;
import io.contextkeep.policy.bundle.BundleRejected.Step;
import io.contextkeep.vault.jobs.Job;
import io.contextkeep.vault.jobs.Jobs;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Polls a source for a new bundle, at random intervals so that the vaults of one bundle server do
 * not all ask at once.
 */
final class PolicyWatch {
  private final BundleSource source;
  private final Policies policies;
  private final Duration minInterval;
  private final Duration maxInterval;
  private final RandomGenerator random;
  private String seen = "";
  private Optional<BundleRejected> refused = Optional.empty();

  PolicyWatch(
      BundleSource source, Policies policies, PolicySettings settings, RandomGenerator random) {
    this.source = source;
    this.policies = policies;
    this.minInterval = settings.minInterval();
    this.maxInterval = settings.maxInterval();
    this.random = random;
  }

  /** Polls at once and waits for the result, as nothing is allowed without a policy. */
  void start(Jobs jobs) {
    poll();
    jobs.start(
        Job.whenever(
            "policy-watch",
            this::pause,
            () -> {
              pollAgain();
              return false;
            }));
  }

  private Duration pause() {
    return Duration.ofMillis(random.nextLong(minInterval.toMillis(), maxInterval.toMillis() + 1));
  }

  private void pollAgain() {
    try {
      poll();
    } catch (RuntimeException bug) {
      policies.failed(Policies.INTERNAL_ERROR);
      throw bug;
    }
  }

  /** Polls the source once. A refused bundle is read again only after the source has changed. */
  synchronized void poll() {
    Optional<BundleSource.Found> found;
    try {
      found = source.fetch(seen);
    } catch (IOException e) {
      policies.failed(Policies.BUNDLE_UNREACHABLE);
      return;
    }
    if (found.isEmpty()) {
      refused.ifPresentOrElse(policies::failed, policies::recovered);
      return;
    }
    try {
      policies.offer(found.get().bundle(), source.kind());
      seen = found.get().tag();
      refused = Optional.empty();
    } catch (BundleRejected e) {
      policies.failed(e);
      refused = Optional.of(e);
      // A golden decision may have timed out on a busy machine, so that bundle is tried again.
      seen = e.step() == Step.GOLDEN ? seen : found.get().tag();
    } catch (IOException e) {
      policies.failed(Policies.LAST_GOOD_UNWRITABLE);
    } catch (StoreUnavailable e) {
      policies.failed(e);
    }
  }
}
