package io.contextkeep.vault.rights;

import io.contextkeep.vault.changes.Changes;
import io.contextkeep.vault.consent.Consents;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.customers.CustomersModule;
import io.contextkeep.vault.derived.DerivedModule;
import io.contextkeep.vault.erasure.ErasureModule;
import io.contextkeep.vault.ingest.IngestModule;
import io.contextkeep.vault.jobs.Job;
import io.contextkeep.vault.net.Outgoing;
import io.contextkeep.vault.outbox.Channel;
import io.contextkeep.vault.policy.Processing;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.simulation.Evidence;
import io.contextkeep.vault.web.Limits;
import io.contextkeep.vault.web.Routes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The rights of customers: calls for each right, cases, and agents. */
public record RightsModule(List<Routes.Api> routes, List<Job> jobs, List<Channel> channels)
    implements Module {

  /** The features that rights are exercised with. */
  public record With(
      CustomersModule customers,
      Consents consents,
      DerivedModule derived,
      IngestModule ingest,
      ErasureModule erasure,
      Evidence evidence,
      Changes changes,
      Outgoing outgoing) {}

  /**
   * @param allowed the processing that the policy in force allows for each purpose
   * @param sweep the interval of deleting old cases
   */
  public static RightsModule of(
      Core core,
      Registry registry,
      RightsCases register,
      With with,
      Supplier<Map<String, Processing>> allowed,
      Limits limits,
      Duration sweep) {
    CustomersModule customers = with.customers();
    ProcessingToday processing = new ProcessingToday(registry, allowed);
    CustomerActions actions =
        new CustomerActions(
            registry,
            processing,
            customers.directory(),
            with.consents().ledger(),
            with.ingest().ingest(),
            with.derived().derivations(),
            with.erasure().erasure(),
            core.clock());
    RightsRequestService requests = requests(core, register, with, actions, processing);
    List<Routes.Api> ofCustomers =
        List.of(
            new CustomerApi(
                customers.session(),
                core.db(),
                registry,
                actions,
                with.erasure().erasure(),
                with.erasure().answers(),
                with.changes()),
            new SummaryApi(
                customers.session(), core.db(), registry, register.cases(), core.clock()),
            new RightsApi(registry, allowed),
            new MyRequestsApi(
                customers.session(),
                core.db(),
                actions,
                requests,
                register.rules(),
                register.cases(),
                limits,
                core.clock()),
            new RequestDeskApi(
                core.db(),
                register.cases(),
                register.casework(),
                customers.directory(),
                actions,
                customers.looks(),
                core.clock()));
    List<Routes.Api> ofAgents = ofAgents(core, register, with, requests);
    return new RightsModule(
        Stream.concat(ofCustomers.stream(), ofAgents.stream()).toList(),
        List.of(Job.sweep("old-requests", sweep, () -> register.sweep(core.db()))),
        List.of(new StatusCallbacks(core.db(), register.agents(), register.cases())));
  }

  private static List<Routes.Api> ofAgents(
      Core core, RightsCases register, With with, RightsRequestService requests) {
    return List.of(
        new AgentsApi(
            core.db(), register.agents(), core.log(), register.registration(), with.changes()),
        new DataRightsApi(
            core.db(),
            with.customers().directory(),
            requests,
            register,
            with.outgoing(),
            core.clock()));
  }

  private static RightsRequestService requests(
      Core core,
      RightsCases register,
      With with,
      CustomerActions actions,
      ProcessingToday processing) {
    return new RightsRequestService(
        with.customers().session(),
        core.db(),
        with.customers().directory(),
        actions,
        with.consents().signal(),
        with.evidence(),
        processing,
        register);
  }
}
