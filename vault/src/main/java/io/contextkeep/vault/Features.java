package io.contextkeep.vault;

import io.contextkeep.vault.accountability.AccountabilityModule;
import io.contextkeep.vault.analytics.AnalyticsModule;
import io.contextkeep.vault.auditlog.AuditLogModule;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.consent.ConsentModule;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.customers.CustomersModule;
import io.contextkeep.vault.derived.Derivations;
import io.contextkeep.vault.graph.GraphModule;
import io.contextkeep.vault.jobs.Threads;
import io.contextkeep.vault.lineage.LineageModule;
import io.contextkeep.vault.net.Outgoing;
import io.contextkeep.vault.portability.PortabilityModule;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.registry.RegistryModule;
import io.contextkeep.vault.rights.RightsModule;
import io.contextkeep.vault.simulation.Evidence;
import io.contextkeep.vault.simulation.SimulationModule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;

/** The features of a vault, each built from earlier ones. */
record Features(
    Governance governance,
    PersonalData data,
    AuditLogModule auditLog,
    AnalyticsModule analytics,
    GraphModule graph,
    Outgoing outgoing,
    List<Module> all) {

  /**
   * @param threads the executor of requests
   */
  static Features of(
      VaultConfig config,
      Storage storage,
      Governance governance,
      PersonalData data,
      ExecutorService threads,
      Threads vital,
      Opened opened)
      throws IOException {
    Core core = storage.core();
    CustomersModule customers = data.customers();
    AuditLogModule auditLog =
        AuditLogModule.of(
            core,
            customers,
            governance.staff(),
            storage.publication(config, vital, opened),
            config.audit().retention(),
            config.operations().retentionSweep());
    storage.readiness().note(auditLog::note);
    GraphModule graph =
        GraphModule.of(
            core, Vault.graphDirectory(config), customers.looks(), vital.vital("graph-projector"));
    opened.add(graph.projector());
    Outgoing outgoing =
        opened.add(new Outgoing(config.web().internalHosts(), Threads.virtual("outgoing")));
    AnalyticsModule analytics =
        AnalyticsModule.of(
            core,
            governance.registry(),
            data.context(),
            governance.staff(),
            config.statistics(),
            threads);
    List<Module> all =
        new ArrayList<>(
            List.of(
                data.context(),
                data.ingest(),
                customers,
                data.derived(),
                data.erasure(),
                auditLog,
                analytics,
                governance.policy(),
                graph));
    all.addAll(ofChoices(core, governance, data));
    all.addAll(ofChanges(config, core, governance, data, analytics, outgoing));
    return new Features(governance, data, auditLog, analytics, graph, outgoing, List.copyOf(all));
  }

  /** Returns the modules of customers' choices, exports and evidence. */
  private static List<Module> ofChoices(Core core, Governance governance, PersonalData data) {
    Registry registry = governance.registry();
    CustomersModule customers = data.customers();
    ConsentLedger consents = data.consents().ledger();
    Derivations derivations = data.derived().derivations();
    return List.of(
        ConsentModule.of(
            core,
            data.consents(),
            customers,
            registry,
            governance.policy()::allowed,
            governance.limits()),
        PortabilityModule.of(
            core,
            registry,
            customers,
            consents,
            derivations,
            data.context().reads(),
            data.register()),
        LineageModule.of(core, registry, customers, consents, derivations),
        AccountabilityModule.of(
            core,
            registry,
            customers,
            data.consents(),
            data.context(),
            governance.policy().past(),
            governance.candidates(),
            AnalyticsModule::populations));
  }

  /** Returns the modules of operators' changes, their evidence, and customers' rights. */
  private static List<Module> ofChanges(
      VaultConfig config,
      Core core,
      Governance governance,
      PersonalData data,
      AnalyticsModule analytics,
      Outgoing outgoing) {
    Registry registry = governance.registry();
    RegistryModule registrations =
        RegistryModule.of(
            core,
            registry,
            config.identity().identifierKinds(),
            outgoing,
            governance.people(),
            List.of(data.register().registration(), analytics.budgets()));
    Evidence evidence =
        SimulationModule.evidence(core, registry, data.context(), governance.candidates());
    RightsModule rights =
        RightsModule.of(
            core,
            registry,
            data.register(),
            new RightsModule.With(
                data.customers(),
                data.consents(),
                data.derived(),
                data.ingest(),
                data.erasure(),
                evidence,
                registrations.changes(),
                outgoing),
            governance.policy()::allowed,
            governance.limits(),
            config.operations().retentionSweep());
    return List.of(
        registrations,
        rights,
        SimulationModule.of(
            core,
            evidence,
            registry,
            registrations,
            data.customers(),
            data.consents().ledger(),
            governance.policy().policies()));
  }
}
