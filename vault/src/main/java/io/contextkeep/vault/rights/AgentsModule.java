package io.contextkeep.vault.rights;

import io.contextkeep.vault.changes.Changes;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.net.Outgoing;
import io.contextkeep.vault.outbox.Channel;
import io.contextkeep.vault.web.Routes;
import java.util.List;
import java.util.Optional;

/** Agents who make requests for customers, by the Data Rights Protocol. */
public record AgentsModule(List<Routes.Api> routes, List<Channel> channels) implements Module {

  /**
   * @param business the name of this vault's business in the protocol; empty where agents are not
   *     answered
   */
  public static AgentsModule of(
      Core core,
      Agents agents,
      AgentRegistration registration,
      Changes changes,
      Customers customers,
      RightsCases register,
      RightsRequestService requests,
      Optional<String> business,
      Outgoing outgoing) {
    return new AgentsModule(
        List.of(
            new AgentsApi(core.db(), agents, core.log(), registration, changes),
            new DataRightsApi(
                core.db(),
                customers,
                agents,
                requests,
                register,
                business,
                outgoing,
                core.clock())),
        List.of(new StatusCallbacks(core.db(), agents, register.cases())));
  }
}
