package io.contextkeep.vault.derived;

import io.contextkeep.vault.context.ContextModule;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.HeldRows;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.jobs.Job;
import io.contextkeep.vault.registry.Registry;
import java.time.Duration;
import java.util.List;

/** The feature of derived values, and of the retention of all values. */
public record DerivedModule(
    Derivations derivations, Deriving deriving, Retention retention, List<Job> jobs)
    implements Module {

  /** Returns the rows about customers, which go before the values that they are about. */
  public static List<HeldRows> held() {
    return List.of(
        new HeldRows(
            "derivation_ground",
            "SELECT subject, name, clause, purpose, recipient FROM derivation_ground"
                + " WHERE subject = ? LIMIT ?",
            "DELETE FROM derivation_ground WHERE subject = ? AND name = ? AND clause = ?"
                + " AND purpose = ? AND recipient = ?"),
        new HeldRows(
            "derivation_input",
            "SELECT subject, name, input FROM derivation_input WHERE subject = ? LIMIT ?",
            "DELETE FROM derivation_input WHERE subject = ? AND name = ? AND input = ?"),
        new HeldRows(
            "derivation",
            "SELECT subject, name FROM derivation WHERE subject = ? LIMIT ?",
            "DELETE FROM derivation WHERE subject = ? AND name = ?"));
  }

  /**
   * @param sweep the interval between retention sweeps
   */
  public static DerivedModule of(
      Core core,
      Registry registry,
      Derivations derivations,
      ContextModule context,
      Duration sweep) {
    Retention retention = new Retention(core.db(), core.log(), derivations, core.settled());
    return new DerivedModule(
        derivations,
        new Deriving(core.db(), registry, context.store(), context.gate(), core.clock()),
        retention,
        List.of(Job.sweep("retention", sweep, retention::sweep)));
  }

  /** Removes all values that are past their retention and returns their number. */
  public long sweep() {
    return retention.sweep();
  }
}
