package io.contextkeep.vault.rights;

import io.contextkeep.audit.Receipt;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.HeldRows;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.rights.RightsCase.Evidence;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * The register of rights requests, the rules by which they are answered, and the agents who may
 * make them.
 *
 * @param registration the registrations of agents
 */
public record RightsCases(
    RightsSettings settings,
    RulePacks rules,
    Cases cases,
    Casework casework,
    Agents agents,
    AgentRegistration registration) {

  /**
   * Returns the rows that tie cases to customers. Those of open cases stay until {@link #erased}
   * has ended the cases.
   */
  public static List<HeldRows> held() {
    return List.of(Cases.HELD);
  }

  public static RightsCases of(Core core, RightsSettings settings) throws IOException {
    RulePacks rules = RulePacks.load(settings);
    Agents agents = new Agents(core.random(), core.settled());
    Cases cases = new Cases(agents::moved);
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
    return new RightsCases(
        settings, rules, cases, casework, agents, new AgentRegistration(agents, core.clock()));
  }

  /**
   * Fulfils the requests that wait for the customer to fetch their data.
   *
   * @param index the entry of the export
   * @param leafHash the hash of the entry
   */
  public void exported(Connection c, Actor actor, SubjectId subject, long index, String leafHash)
      throws SQLException {
    casework.taken(c, actor, subject, new Evidence(index, leafHash));
  }

  /**
   * Ends the cases of an erased customer, in the transaction that deletes the customer's last rows.
   *
   * @return the number of rows that were deleted, by table
   */
  public Map<String, Long> erased(Connection c, SubjectId subject, Receipt erasure)
      throws SQLException {
    return casework.erased(c, subject, erasure);
  }

  /** Deletes cases that are past their retention, records that, and returns how many. */
  public int sweep(Db db) {
    return casework.sweep(db);
  }
}
