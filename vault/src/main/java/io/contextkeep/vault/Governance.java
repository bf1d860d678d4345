package io.contextkeep.vault;

import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.vault.auditlog.Staff;
import io.contextkeep.vault.changes.TwoPeople;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.crypto.StaffNames;
import io.contextkeep.vault.erasure.ErasureModule;
import io.contextkeep.vault.identity.TokenVerifier;
import io.contextkeep.vault.identity.VaultIssuer;
import io.contextkeep.vault.jobs.Jobs;
import io.contextkeep.vault.jobs.Threads;
import io.contextkeep.vault.ops.Operations;
import io.contextkeep.vault.policy.ActivePolicy;
import io.contextkeep.vault.policy.Policies;
import io.contextkeep.vault.policy.PolicyModule;
import io.contextkeep.vault.policy.PolicySettings;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.simulation.Candidates;
import io.contextkeep.vault.web.Limits;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The features that control access: the registry, tokens, limits, and the active policy.
 *
 * @param engine the engine of decisions: the active policy, or an OPA server
 */
record Governance(
    Registry registry,
    Staff staff,
    TwoPeople people,
    TokenVerifier tokens,
    Limits limits,
    PolicyModule policy,
    PolicyEngine engine,
    Candidates candidates) {

  static Governance of(
      VaultConfig config,
      Core core,
      Operations operations,
      Bundle builtIn,
      VaultIssuer issuer,
      Jobs jobs,
      Threads vital,
      Opened opened)
      throws IOException {
    Registry registry = new Registry(core.db(), ErasureModule::registered);
    Staff staff = new Staff(core.db(), new StaffNames(core.root()));
    TwoPeople people = new TwoPeople(staff::isSamePerson);
    ScheduledExecutorService watchdog = vital.scheduler("policy-watchdog");
    opened.then(watchdog::shutdownNow);
    Policies policies =
        PolicyEngines.policies(
            config,
            builtIn,
            core.db(),
            core.log(),
            operations,
            watchdog,
            people,
            core.clock(),
            jobs);
    PolicyEngine engine = PolicyEngines.of(config, policies, operations, core.clock());
    opened.then(engine::close);
    opened.then(policies::close);
    opened.then(core.metrics()::close);
    Candidates candidates =
        new Candidates(
            () -> policies.inForce().map(ActivePolicy::policy).orElse(builtIn),
            Optional.of(config.policy())
                .filter(settings -> settings.keys().isPresent())
                .map(PolicySettings::trust),
            config.policy().deadline(),
            watchdog,
            core.random());
    return new Governance(
        registry,
        staff,
        people,
        new TokenVerifier(
            issuer,
            config.identity().issuers(),
            new RegisteredApps(registry),
            staff::named,
            core.clock()),
        new Limits(config.web().limits(), System::nanoTime),
        PolicyModule.of(policies, builtIn),
        engine,
        candidates);
  }
}
