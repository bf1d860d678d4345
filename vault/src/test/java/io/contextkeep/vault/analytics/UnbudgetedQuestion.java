package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.policy.AggregatePermit;
import io.contextkeep.vault.analytics.noise.Draws;
import io.contextkeep.vault.context.CohortPath;
import io.contextkeep.vault.context.PatientWatch;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.registry.Registry;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.SecretKey;

/** A question about a population that is charged to no budget, for the benchmarks. */
public final class UnbudgetedQuestion {
  private final Plan plan;
  private final SecretKey choice;

  /**
   * @param choice the key by which rows of a customer are chosen
   */
  public UnbudgetedQuestion(Registry registry, JsonNode question, SecretKey choice) {
    this.plan = Plan.of(new QueryReader(registry).read(question));
    this.choice = choice;
  }

  /** Asks the policy and all customers, and returns how many were counted, with noise. */
  public double counted(CohortPath path, Caller caller, SecureRandom random) {
    Query query = plan.query();
    AggregatePermit permit =
        (AggregatePermit)
            path.decide(
                caller,
                query.purpose(),
                query.population(),
                query.measure().code(),
                query.attributes().values(),
                plan.cost().rho(),
                plan.cost().delta());
    List<Tally> tallies = new ArrayList<>();
    path.each(
        permit,
        new CohortPath.Wanted(query.attributes().values(), 0, Long.MAX_VALUE),
        new PatientWatch(),
        () -> {
          Tally tally = new Tally(plan, choice);
          tallies.add(tally);
          return tally::add;
        });
    Tally all = new Tally(plan, choice);
    tallies.forEach(all::take);
    return Answers.results(plan, all.release(new Draws(random::nextBytes))).counted().doubleValue();
  }
}
