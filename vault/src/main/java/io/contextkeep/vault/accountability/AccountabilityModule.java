package io.contextkeep.vault.accountability;

import io.contextkeep.vault.consent.Consents;
import io.contextkeep.vault.context.ContextModule;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.customers.CustomersModule;
import io.contextkeep.vault.policy.PastPolicies;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.simulation.Candidates;
import io.contextkeep.vault.web.Routes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedSet;

/** The module of a controller's accountability. */
public record AccountabilityModule(List<Routes.Api> routes) implements Module {

  /** The statistics that may be made. */
  @FunctionalInterface
  public interface Statistics {
    /** Returns the populations that have a budget, each after its purpose and a space. */
    SortedSet<String> populations(Connection c) throws SQLException;
  }

  public static AccountabilityModule of(
      Core core,
      Registry registry,
      CustomersModule customers,
      Consents consents,
      ContextModule context,
      PastPolicies policies,
      Candidates candidates,
      Statistics statistics) {
    StateAsOf past = new StateAsOf(registry, customers.directory(), consents.ledger());
    ProcessingRecords records =
        new ProcessingRecords(core.db(), past, policies, consents.notices(), statistics);
    AsOf asOf = new AsOf(core.db(), past, policies, context.gate(), candidates);
    return new AccountabilityModule(
        List.of(
            new ProcessingRecordsApi(records, customers.looks(), core.clock()),
            new AsOfApi(asOf, core.db(), customers.directory(), customers.looks(), core.clock()),
            new AffectedApi(new Affected(core.db(), registry), customers.looks())));
  }
}
