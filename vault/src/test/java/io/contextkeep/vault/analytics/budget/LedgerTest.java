package io.contextkeep.vault.analytics.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
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

/** The filter that no set of questions gets past. */
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
  void theLastTrillionthMayBeSpent_andNotOneMore() {
    budget(100, Map.of());

    assertThat(admit("ann", 1, 60)).isInstanceOf(Admission.Charged.class);
    assertThat(admit("ann", 2, 41)).isInstanceOf(Admission.Exhausted.class);
    assertThat(admit("ann", 3, 40)).isInstanceOf(Admission.Charged.class);
    assertThat(admit("ann", 4, 1)).isInstanceOf(Admission.Exhausted.class);
  }

  @Test
  void analystsShareOneBudget_howeverManyTheyAre() {
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
  void theSameQuestionOfTheSameSnapshot_isChargedOnceWhoeverAsks() {
    budget(100, Map.of());
    long charge = ((Admission.Charged) admit("ann", 1, 30)).charge();

    assertThat(admit("bob", 1, 30)).isEqualTo(new Admission.Underway(charge));
    db.inWrite(c -> ledger.release(c, charge, "{}"));
    assertThat(admit("bob", 1, 30)).isEqualTo(new Admission.Answered(charge, "{}"));
    assertThat(spent()).isEqualTo(30);
  }

  /** A second draw over the same data would halve the noise: it has its own price. */
  @Test
  void whatWasChargedAndNotAnswered_isNeverDrawnAgainForTheSameCharge() {
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
  void anAnswerIsKeptOnce_andNeverReplaced() {
    budget(100, Map.of());
    long charge = ((Admission.Charged) admit("ann", 1, 30)).charge();

    assertThat(db.<Boolean>inWrite(c -> ledger.release(c, charge, "{\"value\":1}"))).isTrue();
    assertThat(db.<Boolean>inWrite(c -> ledger.release(c, charge, "{\"value\":2}"))).isFalse();
    assertThat(db.<Optional<String>>inRead(c -> ledger.released(c, charge)))
        .contains("{\"value\":1}");
  }

  @Test
  void cancelling_givesNothingBack() {
    budget(100, Map.of());
    long charge = ((Admission.Charged) admit("ann", 1, 70)).charge();
    db.inWrite(c -> ledger.giveUp(c, charge));

    assertThat(admit("ann", 2, 31)).isInstanceOf(Admission.Exhausted.class);
  }

  @Test
  void twoHundredQuestionsAtOnce_spendNoMoreThanThereIs() throws Exception {
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

  @Test
  void aCustomersOwnLimit_leavesHerOutAndOutlivesAWithdrawal() {
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
    byte[] hash = ByteBuffer.allocate(32).putInt(question).array();
    return db.inWrite(c -> ledger.admit(c, new Charge(PURPOSE, "shop", analyst, hash, 1, cost, 0)));
  }

  private long spent() {
    return db.<Standing>inRead(
            c -> ledger.standing(c, ledger.budget(c, PURPOSE, "shop").orElseThrow(), "ann"))
        .spent()
        .rho();
  }
}
