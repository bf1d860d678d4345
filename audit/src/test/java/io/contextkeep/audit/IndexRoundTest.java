package io.contextkeep.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The transactions in which the index takes in many entries: customers' rows go ahead of the rest,
 * and at each step all entries are found once, whatever else happens between two steps.
 */
final class IndexRoundTest {
  private static final Instant START = Instant.parse("2026-11-20T00:00:00Z");
  private static final int CUSTOMERS = 30;
  private static final int ENTRIES = 1_500;

  @TempDir Path dir;
  private final AtomicLong now = new AtomicLong(START.toEpochMilli());
  private final TestKept kept = new TestKept();
  private final AtomicInteger steps = new AtomicInteger();
  private Step between = _ -> {};
  private TestStore store;
  private AuditLog log;

  /** What happens after a step of a round, before it is answered. */
  private interface Step {
    void after(int number) throws SQLException;
  }

  @BeforeEach
  void fill() throws SQLException {
    store = TestStore.create(dir.resolve("log.db"));
    log = open();
    List<AuditEntry> entries = new ArrayList<>();
    for (int i = 0; i < ENTRIES; i++) {
      entries.add(
          AuditEntry.of(EntryType.READ, Map.of("actor", "app" + i % 3))
              .about(i % CUSTOMERS, sealer(i % CUSTOMERS), Map.of("number", i)));
    }
    log.append(entries);
    store.join(
        new LogStore.Participant() {
          @Override
          public void committed() {
            Step step = between;
            between = _ -> {};
            try {
              step.after(steps.incrementAndGet());
            } catch (SQLException e) {
              throw new IllegalStateException(e);
            }
            between = step;
          }

          @Override
          public void rolledBack() {}
        });
  }

  @AfterEach
  void close() throws SQLException {
    store.close();
  }

  private static Sealer sealer(long subject) {
    return new Sealer((byte) subject);
  }

  private AuditLog open() {
    return new AuditLog(
        store, TestKeys.of(1), kept, () -> Instant.ofEpochMilli(now.get()), new SecureRandom());
  }

  @Test
  void atEachStep_eachEntryIsFoundOnce() {
    AtomicInteger ahead = new AtomicInteger();
    between =
        _ -> {
          assertAllFound(CUSTOMERS);
          ahead.addAndGet(rowsAhead() > 0 ? 1 : 0);
        };
    log.index();
    assertThat(ahead.get()).isPositive();
    assertThat(rowsAhead()).isZero();
    assertAllFound(CUSTOMERS);
  }

  @Test
  void anErasureBetweenTwoSteps_leavesNoRowOfTheCustomer() {
    between =
        number -> {
          if (number == 2) {
            store.inWrite(c -> log.stageErasure(c, CUSTOMERS - 1, Map.of(), ENTRIES));
          }
        };
    log.index();
    assertThat(count("SELECT max(subject) FROM audit_by_customer")).isEqualTo(CUSTOMERS - 2);
    assertAllFound(CUSTOMERS - 1);
  }

  @Test
  void aPruningBetweenTwoSteps_leavesNoRowOfWhatItRemoved() throws SQLException {
    now.addAndGet(3_600_000);
    between =
        number -> {
          if (number == 2) {
            log.prune(Instant.ofEpochMilli(now.get()));
          }
        };
    log.index();
    long minimum = store.inRead(StoredTiles::minimum);
    assertThat(minimum).isPositive();
    assertThat(count("SELECT count(*) FROM audit_by_customer WHERE idx < " + minimum)).isZero();
    assertThat(store.inRead(LogVerifier::verify).problems()).isEmpty();
  }

  /** Crashes after each step; the index goes on where the table ends. */
  @Test
  void aRoundThatWasCutShort_isCompletedByTheNextStart() {
    for (int last = 1; last <= 3; last++) {
      int end = last;
      steps.set(0);
      between =
          number -> {
            if (number == end) {
              throw new IllegalStateException("crashed");
            }
          };
      assertThatThrownBy(log::index).hasMessage("crashed");
      between = _ -> {};
      assertAllFound(CUSTOMERS);
    }
    open().index();
    assertThat(count("SELECT indexed FROM audit_state")).isGreaterThan(ENTRIES);
    assertAllFound(CUSTOMERS);
  }

  /** An attacker's row waits for its entry to be taken in. */
  @Test
  void aFalseRowAheadOfTheIndex_isCorrected() throws SQLException {
    store.sql("INSERT INTO audit_by_customer (subject, n, idx, kind) VALUES (3, 4, 900, 7)");
    log.index();
    assertAllFound(CUSTOMERS);
  }

  private void assertAllFound(int customers) {
    for (long subject = 0; subject < customers; subject++) {
      long of = subject;
      List<AuditReader.Access> found =
          store.inRead(c -> AuditReader.accesses(c, of, sealer(of), Long.MAX_VALUE, ENTRIES));
      assertThat(found).hasSize(ENTRIES / CUSTOMERS).doesNotHaveDuplicates();
      assertThat(store.<Long>inRead(c -> AuditReader.count(c, of, ENTRIES)))
          .isEqualTo(ENTRIES / CUSTOMERS);
      AuditQuery query = AuditSearchTest.within(0, Long.MAX_VALUE, Optional.of(of));
      assertThat(
              store.inRead(c -> AuditSearch.newest(c, query, Long.MAX_VALUE, ENTRIES)).stream()
                  .map(AuditRow::index))
          .hasSize(ENTRIES / CUSTOMERS)
          .doesNotHaveDuplicates();
    }
    List<Long> visited = new ArrayList<>();
    store.inRead(
        c -> {
          AuditSearch.ofCustomers(
              c, AuditQuery.ALL, 0, CUSTOMERS, (_, entry) -> visited.add(entry.index()));
          return 0;
        });
    assertThat(visited).hasSize(customers * ENTRIES / CUSTOMERS).doesNotHaveDuplicates();
    assertThat(store.inRead(LogVerifier::verify).problems()).isEmpty();
  }

  private long rowsAhead() {
    return count(
        "SELECT count(*) FROM audit_by_customer WHERE idx >= (SELECT indexed FROM audit_state)");
  }

  private long count(String sql) {
    return store.inRead(c -> LogNumber.of(c, sql));
  }
}
