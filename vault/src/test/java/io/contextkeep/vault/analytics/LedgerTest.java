package io.contextkeep.vault.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.audit.LogStore;
import io.contextkeep.vault.SqliteSteps;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The privacy filter, which no set of questions can exceed. */
final class LedgerTest {
  private static final String PURPOSE = "dpv:Marketing";

  @TempDir Path dir;
  private final Ledger ledger = new Ledger();
  private Db db;

  @BeforeEach
  void open() throws IOException {
    db = Db.open(dir.resolve("vault.db"), Schema.migrations(), Thread::new);
  }

  @AfterEach
  void close() {
    db.close();
  }

  @Test
  void withoutABudget_nothingIsAdmitted() {
    assertThat(admit("ann", 1, 1)).isInstanceOf(Admission.NoBudget.class);
  }

  @Test
  void theBudgetCanBeSpentExactly() {
    budget(100, Map.of());

    assertThat(admit("ann", 1, 60)).isInstanceOf(Admission.Charged.class);
    assertThat(admit("ann", 2, 41)).isInstanceOf(Admission.Exhausted.class);
    assertThat(admit("ann", 3, 40)).isInstanceOf(Admission.Charged.class);
    assertThat(admit("ann", 4, 1)).isInstanceOf(Admission.Exhausted.class);
  }

  @Test
  void allAnalysts_shareOneBudget() {
    budget(100, Map.of());
    int admitted = 0;
    for (int i = 0; i < 50; i++) {
      admitted += admit("analyst-" + i, i, 10) instanceof Admission.Charged ? 1 : 0;
    }
    assertThat(admitted).isEqualTo(10);
  }

  @Test
  void aShareLimitsItsAnalyst_beforeTheWholeIsSpent() {
    budget(100, Map.of("ann", 20L));

    assertThat(admit("ann", 1, 20)).isInstanceOf(Admission.Charged.class);
    assertThat(admit("ann", 2, 1))
        .isInstanceOfSatisfying(
            Admission.Exhausted.class, refused -> assertThat(refused.share()).isTrue());
    assertThat(admit("bob", 2, 80)).isInstanceOf(Admission.Charged.class);
  }

  @Test
  void privateKeysSpendDelta_whichEndsToo() {
    budget(1_000, Map.of());

    assertThat(admit("ann", 1, new Cost(1, 1_000))).isInstanceOf(Admission.Charged.class);
    assertThat(admit("ann", 2, new Cost(1, 1))).isInstanceOf(Admission.Exhausted.class);
    assertThat(admit("ann", 2, new Cost(1, 0))).isInstanceOf(Admission.Charged.class);
  }

  @Test
  void theSameQuestionOfTheSameSnapshot_isChargedOnceForAllAnalysts() {
    budget(100, Map.of());
    long charge = ((Admission.Charged) admit("ann", 1, 30)).charge();

    assertThat(admit("bob", 1, 30)).isEqualTo(new Admission.Underway(charge));
    db.inWrite(c -> ledger.release(c, charge, "{}"));
    assertThat(admit("bob", 1, 30)).isEqualTo(new Admission.Answered(charge, "{}"));
    assertThat(spent()).isEqualTo(30);
  }

  /**
   * Checks that a second draw over the same data, which would reduce the noise, has its own charge.
   */
  @Test
  void anUnansweredCharge_getsNoSecondDraw() {
    budget(100, Map.of());
    long lost = ((Admission.Charged) admit("ann", 1, 30)).charge();
    db.inWrite(ledger::giveUpAll);

    assertThat(db.<Boolean>inWrite(c -> ledger.release(c, lost, "{}"))).isFalse();
    assertThat(admit("ann", 1, 30))
        .isInstanceOfSatisfying(
            Admission.Charged.class, again -> assertThat(again.charge()).isNotEqualTo(lost));
    assertThat(spent()).isEqualTo(60);
  }

  @Test
  void anAnswerIsStoredOnce_andNeverReplaced() {
    budget(100, Map.of());
    long charge = ((Admission.Charged) admit("ann", 1, 30)).charge();

    assertThat(db.<Boolean>inWrite(c -> ledger.release(c, charge, "{\"value\":1}"))).isTrue();
    assertThat(db.<Boolean>inWrite(c -> ledger.release(c, charge, "{\"value\":2}"))).isFalse();
    assertThat(db.<Optional<String>>inRead(c -> ledger.released(c, charge)))
        .contains("{\"value\":1}");
  }

  @Test
  void cancelling_refundsNothing() {
    budget(100, Map.of());
    long charge = ((Admission.Charged) admit("ann", 1, 70)).charge();
    db.inWrite(c -> ledger.giveUp(c, charge));

    assertThat(admit("ann", 2, 31)).isInstanceOf(Admission.Exhausted.class);
  }

  @Test
  void twoHundredConcurrentQuestions_stayWithinTheBudget() throws Exception {
    budget(1_000, Map.of());
    List<Future<Admission>> outcomes = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 200; i++) {
        int question = i;
        outcomes.add(threads.submit(() -> admit("analyst-" + question % 7, question, 10)));
      }
    }
    int charged = 0;
    for (Future<Admission> outcome : outcomes) {
      charged += outcome.get() instanceof Admission.Charged ? 1 : 0;
    }
    assertThat(charged).isEqualTo(100);
    assertThat(spent()).isEqualTo(1_000);
  }

  /** Checks that the stored balance equals the sum of charges. */
  @Test
  void theBalance_isTheSumOfTheCharges_withConcurrentQuestions_andAnyClock() throws Exception {
    budget(1_000, Map.of("analyst-1", 90L));
    long[] times = {5, -3, 5, Long.MAX_VALUE / 2, 0};
    List<Future<Admission>> outcomes = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 150; i++) {
        int n = i;
        outcomes.add(
            threads.submit(
                () ->
                    admit("analyst-" + n % 7, n % 120, new Cost(7 + n % 5, n % 3), times[n % 5])));
      }
    }
    for (int i = 0; i < outcomes.size(); i++) {
      if (outcomes.get(i).get() instanceof Admission.Charged charged && i % 2 == 0) {
        db.inWrite(c -> ledger.giveUp(c, charged.charge()));
      }
    }
    db.inWrite(ledger::giveUpAll);
    assertThat(balances()).isEqualTo(sums()).isNotEmpty();
    db.close();
    db = Db.open(dir.resolve("vault.db"), Schema.migrations(), Thread::new);
    assertThat(balances()).isEqualTo(sums());
    assertThat(spent()).isEqualTo(sums().stream().mapToLong(Spent::rho).sum());
  }

  @Test
  void theBalanceOfAnOlderVersion_isTheSumOfItsCharges(@TempDir Path older) {
    int before = 0;
    while (!Schema.migrations().get(before).contains("CREATE TABLE dp_spent")) {
      before++;
    }
    Path file = older.resolve("vault.db");
    try (Db old = Db.open(file, Schema.migrations().subList(0, before), Thread::new)) {
      old.inWrite(
          c ->
              Sql.update(
                  c,
                  """
                  INSERT INTO dp_charge
                    (purpose, population, analyst, question, epoch, rho, delta, at, state)
                  VALUES ('p', 'shop', 'ann', x'01', 1, 30, 1, 9, 'RELEASED'),
                    ('p', 'shop', 'ann', x'02', 1, 12, 0, 3, 'GIVEN_UP'),
                    ('p', 'shop', 'bob', x'03', 1, 5, 2, 3, 'RELEASED'),
                    ('q', 'shop', 'bob', x'04', 1, 6, 0, 3, 'RUNNING')\
                  """));
    }
    db.close();
    db = Db.open(file, Schema.migrations(), Thread::new);
    assertThat(balances()).isEqualTo(sums()).hasSize(3);
  }

  @Test
  void theWorkOfAQuestion_doesNotGrowWithTheNumberOfCharges() {
    budget(1_000_000, Map.of());
    fill(10);
    long few = steps(c -> asked(c, -1));
    fill(5_000);
    long many = steps(c -> asked(c, -2));
    assertThat(many).isLessThan(few * 2);
  }

  private Admission asked(Connection c, int question) throws SQLException {
    ledger.releases(c, PURPOSE, "shop", 5);
    return ledger.admit(c, charge("ann", question, new Cost(1, 0), 0));
  }

  private void fill(int charges) {
    db.inWrite(
        c -> {
          for (int i = 0; i < charges; i++) {
            Charge charge = charge("ann", charges * 10 + i, new Cost(1, 0), i);
            long id = ((Admission.Charged) ledger.admit(c, charge)).charge();
            ledger.release(c, id, "{}");
          }
          return 0;
        });
  }

  private <T> long steps(LogStore.Work<T> work) {
    return db.inWrite(c -> SqliteSteps.of(c, work));
  }

  private record Spent(String population, String analyst, long rho, long delta) {}

  private List<Spent> balances() {
    return spent("SELECT purpose || population, analyst, rho, delta FROM dp_spent ORDER BY 1, 2");
  }

  private List<Spent> sums() {
    return spent(
        """
        SELECT purpose || population, analyst, sum(rho), sum(delta) FROM dp_charge
        GROUP BY 1, 2 ORDER BY 1, 2\
        """);
  }

  private List<Spent> spent(String sql) {
    return db.inRead(
        c ->
            Sql.query(
                c,
                sql,
                row ->
                    new Spent(row.getString(1), row.getString(2), row.getLong(3), row.getLong(4))));
  }

  @Test
  void aCustomersOwnLimit_excludesThem_alsoAfterAWithdrawal() {
    db.inWrite(c -> Sql.update(c, "INSERT INTO subject (id) VALUES (7), (8)"));
    consents(7, "GIVEN");
    put(new Budget(PURPOSE, "shop", new Cost(1_000, 0), new TreeMap<>(), Optional.of(25L)));

    long first = ((Admission.Charged) admit("ann", 1, 20)).charge();
    consents(7, "WITHDRAWN");
    consents(7, "GIVEN");
    consents(8, "GIVEN");
    long second = ((Admission.Charged) admit("ann", 2, 10)).charge();

    assertThat(takePart(first)).containsExactly(7L);
    assertThat(takePart(second)).containsExactly(8L);
  }

  private void consents(long subject, String status) {
    db.inWrite(
        c ->
            Sql.update(
                c,
                """
                INSERT OR REPLACE INTO consent_state
                  (subject, purpose, recipient, event, status, explicit, at)
                VALUES (?, ?, 'shop', 1, ?, 0, 1)\
                """,
                subject,
                PURPOSE,
                status));
  }

  private List<Long> takePart(long charge) {
    return db.inRead(
        c ->
            Sql.query(
                c,
                "SELECT subject FROM dp_part WHERE charge = ? ORDER BY subject",
                row -> row.getLong(1),
                charge));
  }

  private void budget(long rho, Map<String, Long> shares) {
    put(new Budget(PURPOSE, "shop", new Cost(rho, 1_000), new TreeMap<>(shares), Optional.empty()));
  }

  private void put(Budget budget) {
    db.inWrite(
        c -> {
          ledger.put(c, budget);
          return 0;
        });
  }

  private Admission admit(String analyst, int question, long rho) {
    return admit(analyst, question, new Cost(rho, 0));
  }

  private Admission admit(String analyst, int question, Cost cost) {
    return admit(analyst, question, cost, 0);
  }

  private Admission admit(String analyst, int question, Cost cost, long at) {
    return db.inWrite(c -> ledger.admit(c, charge(analyst, question, cost, at)));
  }

  private static Charge charge(String analyst, int question, Cost cost, long at) {
    byte[] hash = ByteBuffer.allocate(32).putInt(question).array();
    return new Charge(PURPOSE, "shop", analyst, hash, 1, cost, at);
  }

  private long spent() {
    return db.<Standing>inRead(
            c -> ledger.standing(c, ledger.budget(c, PURPOSE, "shop").orElseThrow(), "ann"))
        .spent()
        .rho();
  }
}
