package io.contextkeep.vault;

import io.contextkeep.vault.analytics.AnalyticsModule;
import io.contextkeep.vault.consent.Consents;
import io.contextkeep.vault.context.ContextModule;
import io.contextkeep.vault.context.HeldData;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.HeldRows;
import io.contextkeep.vault.customers.CustomersModule;
import io.contextkeep.vault.derived.Derivations;
import io.contextkeep.vault.derived.DerivedModule;
import io.contextkeep.vault.erasure.Erasure;
import io.contextkeep.vault.erasure.ErasureModule;
import io.contextkeep.vault.ingest.IngestModule;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.rights.RightsCases;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The features that hold customers' context and their choices about it. */
record PersonalData(
    CustomersModule customers,
    Consents consents,
    ContextModule context,
    DerivedModule derived,
    IngestModule ingest,
    RightsCases register,
    ErasureModule erasure) {

  /**
   * @param address the vault's address
   */
  static PersonalData of(
      VaultConfig config, Core core, Governance governance, Supplier<String> address)
      throws IOException {
    Registry registry = governance.registry();
    Derivations derivations = new Derivations(registry, core.keys(), core.log(), core.clock());
    Consents consents =
        Consents.of(core, derivations, address, governance.policy().policies()::saleOrSharing);
    CustomersModule customers =
        CustomersModule.of(
            core,
            config.identity().identifierKinds(),
            consents.signal(),
            governance.limits(),
            governance.tokens());
    ContextModule context =
        ContextModule.of(
            core,
            registry,
            customers.directory(),
            governance.engine(),
            governance.limits(),
            config.store().capsuleBytes());
    DerivedModule derived =
        DerivedModule.of(
            core, registry, derivations, context, config.operations().retentionSweep());
    IngestModule ingest = IngestModule.of(core, registry, customers, derived);
    RightsCases register = RightsCases.of(core, config.rights());
    ErasureModule erasure =
        ErasureModule.of(
            core,
            customers,
            new Erasure.Held(
                (c, subject) -> HeldData.categories(c, subject, registry),
                held(),
                register::erased),
            config.rights().erasure());
    return new PersonalData(customers, consents, context, derived, ingest, register, erasure);
  }

  /**
   * Returns the rows that the features hold about customers, in the order in which an erasure
   * deletes them: rows that depend on others go before them, and the identifiers last.
   */
  static List<HeldRows> held() {
    return Stream.of(
            DerivedModule.held(),
            ContextModule.held(),
            Consents.held(),
            AnalyticsModule.held(),
            RightsCases.held(),
            CustomersModule.held())
        .flatMap(List::stream)
        .toList();
  }
}
