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
 * Looks for a new bundle from time to time, at no fixed distance, so that the vaults of one bundle
 * server do not all ask at once.
 */
final class PolicyWatch {
  private final BundleSource source;
  private final Policies policies;
  private final Duration least;
  private final Duration most;
  private final RandomGenerator random;
  private String seen = "";
  private Optional<BundleRejected> refused = Optional.empty();

  PolicyWatch(
      BundleSource source, Policies policies, PolicySettings settings, RandomGenerator random) {
    this.source = source;
    this.policies = policies;
    this.least = settings.least();
    this.most = settings.most();
    this.random = random;
  }

  /** The first look is at once, and waited for: without a policy nothing is allowed. */
  void start(Jobs jobs) {
    look();
    jobs.start(
        Job.whenever(
            "policy-watch",
            this::pause,
            () -> {
              lookAgain();
              return false;
            }));
  }

  private Duration pause() {
    return Duration.ofMillis(random.nextLong(least.toMillis(), most.toMillis() + 1));
  }

  private void lookAgain() {
    try {
      look();
    } catch (RuntimeException bug) {
      policies.failed(Policies.INTERNAL_ERROR);
      throw bug;
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
}
