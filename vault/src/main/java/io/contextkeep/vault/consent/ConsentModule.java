package io.contextkeep.vault.consent;

import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.customers.CustomersModule;
import io.contextkeep.vault.policy.Processing;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Limits;
import io.contextkeep.vault.web.Routes;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The API by which customers give and withdraw consent. */
public record ConsentModule(List<Routes.Api> routes) implements Module {

  /**
   * @param allowed the processing that the policy in force allows for each purpose
   */
  public static ConsentModule of(
      Core core,
      Consents consents,
      CustomersModule customers,
      Registry registry,
      Supplier<Map<String, Processing>> allowed,
      Limits limits) {
    ReceivedSignals signals = new ReceivedSignals();
    return new ConsentModule(
        List.of(
            new ConsentApi(
                customers.session(),
                core.db(),
                registry,
                customers.directory(),
                consents,
                signals,
                allowed,
                core.clock()),
            new SignalApi(core, customers, registry, signals, consents.signal(), limits),
            new ConsentReceiptApi(
                customers.session(), core.db(), consents.receipts(), core.clock()),
            new NoticeApi(
                core.db(),
                registry,
                consents.notices(),
                consents.receipts(),
                core.log(),
                core.clock())));
  }
}
