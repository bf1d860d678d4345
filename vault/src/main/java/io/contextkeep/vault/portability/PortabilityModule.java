package io.contextkeep.vault.portability;

import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.context.ReadPath;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.customers.CustomersModule;
import io.contextkeep.vault.derived.Derivations;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.rights.RightsCases;
import io.contextkeep.vault.web.Routes;
import java.util.List;

/** The export of all data held about a customer. */
public record PortabilityModule(List<Routes.Api> routes) implements Module {

  public static PortabilityModule of(
      Core core,
      Registry registry,
      CustomersModule customers,
      ConsentLedger consents,
      Derivations derivations,
      ReadPath reads,
      RightsCases requests) {
    return new PortabilityModule(
        List.of(
            new ExportApi(
                core,
                customers.session(),
                registry,
                customers.directory(),
                consents,
                derivations,
                reads,
                requests)));
  }
}
