package io.contextkeep.vault.simulation;

import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.context.ContextModule;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.customers.CustomersModule;
import io.contextkeep.vault.policy.Policies;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.registry.RegistryModule;
import io.contextkeep.vault.web.Routes;
import java.util.List;

/** The module of explanations and replays. */
public record SimulationModule(List<Routes.Api> routes) implements Module {

  /** Makes the services that examine decisions. */
  public static Evidence evidence(
      Core core, Registry registry, ContextModule context, Candidates candidates) {
    RecordedDecisions decisions = new RecordedDecisions(core.db(), core.keys());
    HypotheticalQuestions questions =
        new HypotheticalQuestions(core.db(), registry, context.store(), core.clock());
    return new Evidence(
        context.gate(),
        decisions,
        new Replay(decisions, questions, context.gate()),
        candidates,
        questions);
  }

  public static SimulationModule of(
      Core core,
      Evidence evidence,
      Registry registry,
      RegistryModule registrations,
      CustomersModule customers,
      ConsentLedger consents,
      Policies policies) {
    EvidenceApi replays = new EvidenceApi(evidence, core.log(), customers.looks());
    return new SimulationModule(
        List.of(
            new MyEvidenceApi(customers.session(), core.db(), registry, consents, evidence),
            replays,
            new ChangesApi(
                registrations.changes(),
                policies,
                evidence,
                replays,
                registrations.kinds(),
                core.clock())));
  }
}
