package io.contextkeep.vault.accountability;

import io.contextkeep.ontology.Purpose;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.Outcome;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.policy.Question;
import io.contextkeep.policy.bundle.BundleRejected;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.policy.PastPolicies;
import io.contextkeep.vault.simulation.Candidates;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access that an app had to a customer's data at a past time: the situation of that time,
 * decided by the policy of that time. The gate decides, as it decides reads, and nothing is
 * decrypted. If that policy is no longer available, there is no outcome, but the policy is named.
 */
final class AsOf {
  private static final Logger LOG = LoggerFactory.getLogger(AsOf.class);

  private final Db db;
  private final StateAsOf past;
  private final PastPolicies policies;
  private final PolicyGate gate;
  private final Candidates candidates;

  /** Held while a past policy is loaded, which takes a second; the last one is kept. */
  private final ReentrantLock loading = new ReentrantLock();

  private PolicyIdentity loaded = PolicyIdentity.NONE;
  private Optional<PolicyGate> last = Optional.empty();

  public AsOf(
      Db db, StateAsOf past, PastPolicies policies, PolicyGate gate, Candidates candidates) {
    this.db = db;
    this.past = past;
    this.policies = policies;
    this.gate = gate;
    this.candidates = candidates;
  }

  /**
   * A past access.
   *
   * @param policy the policy of that time; empty if it is unknown
   * @param outcome the outcome; empty if that policy is unavailable
   */
  public record Seen(
      StateAsOf.Situation situation,
      Optional<PastPolicies.Then> policy,
      Optional<Outcome> outcome) {}

  private record Found(StateAsOf.Situation situation, Optional<PastPolicies.Then> policy) {}

  public Seen of(Identifier customer, String app, Purpose purpose, Instant at) {
    Found found =
        db.inRead(c -> new Found(past.of(c, customer, app, purpose, at), policies.at(c, at)));
    Optional<Outcome> outcome =
        found.policy().flatMap(then -> decided(found.situation().question(), then));
    return new Seen(found.situation(), found.policy(), outcome);
  }

  private Optional<Outcome> decided(Question question, PastPolicies.Then then) {
    return gate.policy().equals(then.policy())
        ? Optional.of(gate.outcome(question))
        : then.bundle().flatMap(this::gate).map(was -> was.outcome(question));
  }

  private Optional<PolicyGate> gate(Bundle bundle) {
    loading.lock();
    try {
      if (!loaded.equals(bundle.identity())) {
        last = Optional.of(candidates.ofPast(bundle));
        loaded = bundle.identity();
      }
      return last;
    } catch (BundleRejected e) {
      LOG.atWarn().addKeyValue("step", e.step()).log("a past policy no longer passes the checks");
      return Optional.empty();
    } finally {
      loading.unlock();
    }
  }
}
