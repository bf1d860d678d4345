package io.contextkeep.vault.context;

import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.HeldRows;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Limits;
import io.contextkeep.vault.web.Routes;
import java.util.List;

/** The feature of reads: the store of context, the policy gate, and the path of every read. */
public record ContextModule(
    ContextStore store, PolicyGate gate, ReadPath reads, List<Routes.Api> routes)
    implements Module {

  /** Returns the rows about customers. */
  public static List<HeldRows> held() {
    return List.of(
        new HeldRows(
            "value",
            "SELECT subject, name FROM value WHERE subject = ? LIMIT ?",
            "DELETE FROM value WHERE subject = ? AND name = ?"),
        new HeldRows(
            "source_value",
            "SELECT subject, name, source FROM source_value WHERE subject = ? LIMIT ?",
            "DELETE FROM source_value WHERE subject = ? AND name = ? AND source = ?"),
        new HeldRows(
            "event",
            "SELECT subject, name, observed, id FROM event WHERE subject = ? LIMIT ?",
            "DELETE FROM event WHERE subject = ? AND name = ? AND observed = ? AND id = ?"));
  }

  /**
   * @param capsuleBytes the memory for the facts of the customers who were read last; 0 for none
   */
  public static ContextModule of(
      Core core,
      Registry registry,
      Customers customers,
      PolicyEngine engine,
      Limits limits,
      long capsuleBytes) {
    Capsules capsules = Capsules.of(core.db(), capsuleBytes);
    capsules.publish(core.metrics());
    ContextStore store = new ContextStore(customers, core.keys(), core.clock());
    PolicyGate gate =
        new PolicyGate(
            engine,
            core.random(),
            core.metrics()::decided,
            new HourlyReads(core.db(), core.clock()));
    ReadPath reads =
        new ReadPath(
            new PreparedReads(core.db(), registry, store, customers, capsules, core.clock()),
            store,
            core.keys(),
            gate,
            core.log());
    AppApi api = new AppApi(registry, reads, limits, core.db().arrivals());
    return new ContextModule(store, gate, reads, List.of(api));
  }
}
