package io.contextkeep.vault.analytics;

import io.contextkeep.vault.core.HeldRows;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of budgets and charges. {@link #admit} reads what was spent and charges in one
 * transaction of the single writer, so no set of questions exceeds a limit, even if asked
 * concurrently. A charge stays even if its question fails. If a charged question is never released,
 * because it was cancelled or the process died, noise is never drawn for that charge again.
 */
final class Ledger {

  /** Returns the rows about customers. Who takes part in a question is deleted when that ends. */
  public static List<HeldRows> held() {
    return List.of(
        new HeldRows(
            "dp_customer",
            "SELECT subject, purpose, population FROM dp_customer WHERE subject = ? LIMIT ?",
            "DELETE FROM dp_customer WHERE subject = ? AND purpose = ? AND population = ?"));
  }

  public void put(Connection c, Budget budget) throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO dp_budget (purpose, population, rho, delta, rho_each)
        VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (purpose, population) DO UPDATE SET
          rho = excluded.rho, delta = excluded.delta, rho_each = excluded.rho_each\
        """,
        budget.purpose(),
        budget.population(),
        budget.limit().rho(),
        budget.limit().delta(),
        budget.each().orElse(null));
    Sql.update(
        c,
        "DELETE FROM dp_share WHERE purpose = ? AND population = ?",
        budget.purpose(),
        budget.population());
    for (var share : budget.shares().entrySet()) {
      Sql.update(
          c,
          "INSERT INTO dp_share (purpose, population, analyst, rho) VALUES (?, ?, ?, ?)",
          budget.purpose(),
          budget.population(),
          share.getKey(),
          share.getValue());
    }
  }

  public Optional<Budget> budget(Connection c, String purpose, String population)
      throws SQLException {
    SortedMap<String, Long> shares = new TreeMap<>();
    Sql.each(
        c,
        "SELECT analyst, rho FROM dp_share WHERE purpose = ? AND population = ?",
        row -> shares.put(row.getString(1), row.getLong(2)),
        purpose,
        population);
    return Sql.one(
        c,
        "SELECT rho, delta, rho_each FROM dp_budget WHERE purpose = ? AND population = ?",
        row -> budget(row, purpose, population, shares),
        purpose,
        population);
  }

  public List<Budget> budgets(Connection c) throws SQLException {
    record Key(String purpose, String population) {}
    List<Budget> all = new ArrayList<>();
    for (Key key :
        Sql.query(
            c,
            "SELECT purpose, population FROM dp_budget ORDER BY purpose, population",
            row -> new Key(row.getString(1), row.getString(2)))) {
      budget(c, key.purpose, key.population).ifPresent(all::add);
    }
    return all;
  }

  /** Returns the populations that have a budget, each after its purpose and a space. */
  public static SortedSet<String> populations(Connection c) throws SQLException {
    return new TreeSet<>(
        Sql.query(c, "SELECT purpose || ' ' || population FROM dp_budget", r -> r.getString(1)));
  }

  private static Budget budget(
      ResultSet row, String purpose, String population, SortedMap<String, Long> shares)
      throws SQLException {
    long each = row.getLong(3);
    boolean unlimited = row.wasNull();
    return new Budget(
        purpose,
        population,
        new Cost(row.getLong(1), row.getLong(2)),
        shares,
        unlimited ? Optional.empty() : Optional.of(each));
  }

  /** Returns the standing of a budget for an analyst. */
  public Standing standing(Connection c, Budget budget, String analyst) throws SQLException {
    return new Standing(
        budget.limit(), spent(c, budget, null), budget.limitOf(analyst), spent(c, budget, analyst));
  }

  private static Cost spent(Connection c, Budget budget, @Nullable String analyst)
      throws SQLException {
    return Sql.one(
            c,
            """
            SELECT coalesce(sum(rho), 0), coalesce(sum(delta), 0) FROM dp_spent
            WHERE purpose = ? AND population = ? AND analyst = coalesce(?, analyst)\
            """,
            row -> new Cost(row.getLong(1), row.getLong(2)),
            budget.purpose(),
            budget.population(),
            analyst)
        .orElse(Cost.NOTHING);
  }

  /** Charges a question in the caller's transaction, unless it was answered or does not fit. */
  public Admission admit(Connection c, Charge charge) throws SQLException {
    Optional<Budget> found = budget(c, charge.purpose(), charge.population());
    if (found.isEmpty()) {
      return new Admission.NoBudget();
    }
    Optional<Admission> known = known(c, charge);
    if (known.isPresent()) {
      return known.get();
    }
    Standing standing = standing(c, found.get(), charge.analyst());
    if (!standing.spent().plus(charge.cost()).fitsIn(standing.limit())) {
      return new Admission.Exhausted(false, standing);
    }
    if (!standing.own().plus(charge.cost()).fitsIn(standing.share())) {
      return new Admission.Exhausted(true, standing);
    }
    long id = insert(c, charge);
    if (found.get().each().isPresent()) {
      chargeCustomers(c, charge, id, found.get().each().get());
    }
    return new Admission.Charged(id, standing);
  }

  private static Optional<Admission> known(Connection c, Charge charge) throws SQLException {
    return Sql.one(
        c,
        """
        SELECT id, state, release FROM dp_charge
        WHERE question = ? AND epoch = ? AND state IN ('RUNNING', 'RELEASED')\
        """,
        row ->
            row.getString(2).equals("RELEASED")
                ? new Admission.Answered(row.getLong(1), row.getString(3))
                : new Admission.Underway(row.getLong(1)),
        charge.question(),
        charge.epoch());
  }

  private static long insert(Connection c, Charge charge) throws SQLException {
    long id =
        Sql.number(
            c,
            """
            INSERT INTO dp_charge
              (purpose, population, analyst, question, epoch, rho, delta, at, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'RUNNING') RETURNING id\
            """,
            charge.purpose(),
            charge.population(),
            charge.analyst(),
            charge.question(),
            charge.epoch(),
            charge.cost().rho(),
            charge.cost().delta(),
            charge.at());
    addToSpent(c, charge);
    return id;
  }

  /** Stores the running sum of an analyst's charges with each charge. */
  private static void addToSpent(Connection c, Charge charge) throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO dp_spent (purpose, population, analyst, rho, delta) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (purpose, population, analyst) DO UPDATE SET
          rho = dp_spent.rho + excluded.rho, delta = dp_spent.delta + excluded.delta\
        """,
        charge.purpose(),
        charge.population(),
        charge.analyst(),
        charge.cost().rho(),
        charge.cost().delta());
  }

  /**
   * Charges every customer who ever consented and whose own limit allows it; others take no part in
   * the answer. This depends on the customers' ledgers only, never on their data.
   */
  private static void chargeCustomers(Connection c, Charge charge, long id, long limit)
      throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO dp_part (charge, subject)
        SELECT ?, s.subject FROM consent_state s
          LEFT JOIN dp_customer d
            ON d.subject = s.subject AND d.purpose = s.purpose AND d.population = s.recipient
        WHERE s.purpose = ? AND s.recipient = ? AND coalesce(d.rho, 0) + ? <= ?\
        """,
        id,
        charge.purpose(),
        charge.population(),
        charge.cost().rho(),
        limit);
    Sql.update(
        c,
        """
        INSERT INTO dp_customer (subject, purpose, population, rho)
        SELECT subject, ?, ?, ? FROM dp_part WHERE charge = ?
        ON CONFLICT (subject, purpose, population)
          DO UPDATE SET rho = dp_customer.rho + excluded.rho\
        """,
        charge.purpose(),
        charge.population(),
        charge.cost().rho(),
        id);
  }

  /**
   * Stores an answer, once.
   *
   * @return whether the charge was still open; if not, the answer must not be released
   */
  public boolean release(Connection c, long charge, String release) throws SQLException {
    return end(c, charge, "RELEASED", release);
  }

  /** Gives up an open question; the charge stays. */
  public boolean giveUp(Connection c, long charge) throws SQLException {
    return end(c, charge, "GIVEN_UP", null);
  }

  private static boolean end(Connection c, long charge, String state, @Nullable String release)
      throws SQLException {
    Sql.update(c, "DELETE FROM dp_part WHERE charge = ?", charge);
    return Sql.update(
            c,
            "UPDATE dp_charge SET state = ?, release = ? WHERE id = ? AND state = 'RUNNING'",
            state,
            release,
            charge)
        == 1;
  }

  /** Gives up the questions that a crash left open; their charges stay. */
  public int giveUpAll(Connection c) throws SQLException {
    Sql.update(c, "DELETE FROM dp_part");
    return Sql.update(c, "UPDATE dp_charge SET state = 'GIVEN_UP' WHERE state = 'RUNNING'");
  }

  /** Returns the charged customers between two numbers, if customers have limits. */
  public List<Long> takingPart(Connection c, long charge, long first, long last)
      throws SQLException {
    return Sql.query(
        c,
        "SELECT subject FROM dp_part WHERE charge = ? AND subject BETWEEN ? AND ?",
        row -> row.getLong(1),
        charge,
        first,
        last);
  }

  /** Returns whether an analyst asked the question of a charge. */
  public boolean isBy(Connection c, long charge, String analyst) throws SQLException {
    return Sql.one(
            c, "SELECT 1 FROM dp_charge WHERE id = ? AND analyst = ?", row -> 1, charge, analyst)
        .isPresent();
  }

  /** Returns the newest answers about a population for a purpose, newest first. */
  public List<String> releases(Connection c, String purpose, String population, int most)
      throws SQLException {
    return Sql.query(
        c,
        """
        SELECT release FROM dp_charge
        WHERE purpose = ? AND population = ? AND state = 'RELEASED'
        ORDER BY id DESC LIMIT ?\
        """,
        row -> row.getString(1),
        purpose,
        population,
        most);
  }

  /** Returns the answer of a charge, if there is one. */
  public Optional<String> released(Connection c, long charge) throws SQLException {
    return Sql.one(
        c,
        "SELECT release FROM dp_charge WHERE id = ? AND state = 'RELEASED'",
        row -> row.getString(1),
        charge);
  }
}
