package io.contextkeep.vault.rights;

import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.HeldRows;
import java.io.IOException;
import java.util.List;

/** The register of rights requests, and the rules by which they are answered. */
public record RightsCases(RulePacks rules, Cases cases, Casework casework) {

  /**
   * Returns the rows that tie cases to customers. Those of open cases stay until {@link
   * Casework#erased} has ended the cases.
   */
  public static List<HeldRows> held() {
    return List.of(Cases.HELD);
  }

  /**
   * @param moved called when a case changes its state
   */
  public static RightsCases of(Core core, RightsSettings settings, Cases.Watcher moved)
      throws IOException {
    RulePacks rules = RulePacks.load(settings);
    Cases cases = new Cases(moved);
    Casework casework =
        new Casework(
            cases, rules, core.log(), core.keys(), core.clock(), core.settled(), core.random());
    core.metrics()
        .requests(
            Clock.DUE_SOON.code(),
            () -> core.db().inRead(c -> cases.dueSoon(c, core.clock().instant())));
    core.metrics()
        .requests(
            Clock.OVERDUE.code(),
            () -> core.db().inRead(c -> cases.overdue(c, core.clock().instant())));
    return new RightsCases(rules, cases, casework);
  }
}
