package io.contextkeep.vault.lineage;

import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.customers.CustomersModule;
import io.contextkeep.vault.derived.Derivations;
import io.contextkeep.vault.provenance.Batches;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Routes;
import java.util.List;

/** The lineage of attributes: where values came from and who has read them. */
public record LineageModule(List<Routes.Api> routes) implements Module {

  public static LineageModule of(
      Core core,
      Registry registry,
      CustomersModule customers,
      ConsentLedger consents,
      Derivations derivations) {
    return new LineageModule(
        List.of(
            new LineageApi(
                customers.session(),
                core.db(),
                registry,
                new LineageReader(registry, derivations, consents, core.clock())),
            new OpenLineageExport(
                core.db(), new Batches(), core.log(), customers.looks(), core.clock())));
  }
}
