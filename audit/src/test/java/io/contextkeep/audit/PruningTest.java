package io.contextkeep.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.source.DirectoryLog;
import io.contextkeep.audit.tree.TilePath;
import io.contextkeep.audit.verify.Bundle;
import io.contextkeep.audit.verify.LogCheck;
import io.contextkeep.audit.verify.Report;
import io.contextkeep.audit.verify.Trust;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pruning of the oldest entries, and the difference between pruned and destroyed ones. */
final class PruningTest {
  private static final long HOUR = 3_600_000;

  @TempDir Path dir;
  private final AtomicLong now = new AtomicLong(1_000 * HOUR);
  private final Sealer ann = new Sealer((byte) 1);
  private final Sealer bob = new Sealer((byte) 2);
  private final TestKept kept = new TestKept();
  private final List<Receipt> receipts = new ArrayList<>();
  private TestStore store;
  private TestStore indexStore;
  private AuditLog log;
  private VerifiableIndex index;

  @BeforeEach
  void fill() throws SQLException {
    store = TestStore.create(dir.resolve("log.db"));
    indexStore = new TestStore(dir.resolve("index.db"));
    indexStore.sql(VerifiableIndex.schema().split(";"));
    open();
    for (int i = 0; i < 10; i++) {
      grow(100);
    }
  }

  @AfterEach
  void close() throws SQLException {
    store.close();
    indexStore.close();
  }

  private void open() {
    log =
        new AuditLog(
            store, TestKeys.of(1), kept, () -> Instant.ofEpochMilli(now.get()), new SecureRandom());
    index = new VerifiableIndex(store, log, indexStore);
  }

  /** An hour of the log: every third entry is about Ann, every tenth about Bob. */
  private void grow(int entries) {
    List<AuditEntry> batch = new ArrayList<>();
    for (int i = 0; i < entries; i++) {
      AuditEntry entry = AuditEntry.of(EntryType.READ, Map.of("actor", "shop" + i % 4));
      batch.add(
          i % 3 == 0
              ? entry.about(7, ann, Map.of())
              : i % 10 == 1 ? entry.about(8, bob, Map.of()) : entry);
    }
    receipts.addAll(log.append(batch));
    index.update();
    log.publish();
    now.addAndGet(HOUR);
  }

  /** The age limit that many hours before the first entry. */
  private Instant hour(int hour) {
    return Instant.ofEpochMilli((1_000 + hour) * HOUR);
  }

  @Test
  void onlyFullTilesOlderThanTheLimit_arePruned() throws SQLException {
    assertThat(log.prune(hour(2))).as("less than a full tile is older").isZero();
    assertThat(log.prune(hour(3))).isEqualTo(256);
    assertThat(log.prune(hour(3))).isZero();
    assertThat(store.inRead(StoredTiles::minimum)).isEqualTo(256L);
    assertThat(leaves(0, 256)).as("the genesis entry stays").hasSize(1);
    assertThat(store.inRead(StoredEntries::parts)).isNotEmpty().allMatch(index -> index >= 256);
    assertThat(leaves(256, Long.MAX_VALUE)).hasSize((int) log.size() - 256);
    assertThat(get("tile/entries/000")).isFalse();
    assertThat(get("tile/0/000")).isTrue();
    assertThat(get("tile/entries/001")).isTrue();
    assertWhole();
  }

  @Test
  void oldReceipts_stillVerify_andTheLogContinuesAfterARestart() {
    log.prune(hour(8));
    TrustPolicy policy = TrustPolicy.of(log.verifiers());
    for (Receipt receipt : receipts) {
      TlogProof proof = store.inRead(c -> Receipts.proof(c, receipt.index())).orElseThrow();
      assertThat(proof.verify(HexFormat.of().parseHex(receipt.leafHash()), policy))
          .isInstanceOf(TlogProof.Verdict.Proven.class);
    }
    open();
    grow(300);
    assertThat(log.prune(hour(11))).isPositive();
    assertWhole();
  }

  @Test
  void erasuresBeforeAndAfter_andPrunedParts_areAllAccountedFor() {
    store.inWrite(c -> log.stageErasure(c, 8, Map.of(), 1_000));
    log.prune(hour(5));
    assertWhole();
    store.inWrite(c -> log.stageErasure(c, 7, Map.of(), 1_000));
    assertWhole();
    log.append(Collections.nCopies(300, AuditEntry.of(EntryType.READ, Map.of())));
    assertThat(log.prune(hour(40))).isPositive();
    assertWhole();
    assertThat(count("audit_pruned_subject")).isZero();
  }

  @Test
  void aCustomersNumbersContinue_andTheirListIsCompleteFromItsBeginning() {
    index.update();
    log.prune(hour(5));
    index.update();
    AccessProof proof = index.accesses(7, ann, 0, 1_000, false).orElseThrow();
    assertThat(proof.verify(ann::label, TrustPolicy.of(log.verifiers())))
        .isInstanceOfSatisfying(
            AccessProof.Verdict.Complete.class,
            complete -> {
              assertThat(complete.total()).isEqualTo(340);
              assertThat(complete.entries()).isNotEmpty();
              assertThat(complete.whole()).isFalse();
              assertThat(complete.entries().getFirst().index()).isGreaterThanOrEqualTo(256);
            });
    while (log.prune(hour(400)) > 0) {
      index.update();
    }
    log.append(AuditEntry.of(EntryType.READ, Map.of()).about(7, ann, Map.of()));
    String last =
        store
            .inRead(c -> AuditSearch.newest(c, AuditQuery.ALL, Long.MAX_VALUE, 1))
            .getFirst()
            .json();
    assertThat(last).as("no number twice").contains(HexFormat.of().formatHex(ann.label(340)));
    index.update();
    assertThat(index.accesses(7, ann, 0, 1_000, false)).isPresent();
    assertWhole();
  }

  @Test
  void aLostIndex_isRebuilt_withPrunedEntriesToo() throws Exception {
    log.prune(hour(9));
    index.update();
    indexStore.close();
    indexStore = new TestStore(dir.resolve("index2.db"));
    indexStore.sql(VerifiableIndex.schema().split(";"));
    open();
    grow(10);
    AccessProof proof = index.accesses(7, ann, 0, 1_000, false).orElseThrow();
    assertThat(proof.verify(ann::label, TrustPolicy.of(log.verifiers())))
        .isInstanceOf(AccessProof.Verdict.Complete.class);
    assertWhole();
  }

  @Test
  void aPruningThatFails_leavesNothingBehind() {
    String before = store.inRead(LogVerifier::verify).root();
    LogStore.Participant full =
        new LogStore.Participant() {
          private boolean once = true;

          @Override
          public void committing(java.sql.Connection c) throws SQLException {
            if (once) {
              once = false;
              throw new SQLException("the disk is full");
            }
          }

          @Override
          public void committed() {}

          @Override
          public void rolledBack() {}
        };
    store.join(full);
    assertThatThrownBy(() -> log.prune(hour(9))).isInstanceOf(StoreUnavailable.class);
    assertThat(store.inRead(LogVerifier::verify).root()).isEqualTo(before);
    assertThat(store.inRead(StoredTiles::minimum)).isZero();
    assertThat(log.prune(hour(9))).isEqualTo(768);
    assertWhole();
  }

  /** An hour's counts are the same before and after a pruning. */
  @Test
  void anHour_hasTheSameSizesRootAndCounts_beforeAndAfterPruning() {
    List<AuditHour> hours = hours();
    assertThat(hours).hasSize(9).allMatch(AuditHour::counted);
    assertThat(hours.getLast().size()).as("the tenth is not over").isLessThan(log.size());
    assertThat(hours.get(3).sizeBefore()).isEqualTo(hours.get(2).size());
    AuditHour[] all = hours.toArray(AuditHour[]::new);
    List<AuditSummary.Group> counts = counts();
    log.prune(hour(4));
    assertThat(hours()).as("the pruning's own entry is in a later hour").startsWith(all);
    log.prune(hour(8));
    assertThat(store.inRead(StoredTiles::minimum)).isPositive();
    assertThat(hours()).startsWith(all);
    assertThat(counts()).isEqualTo(counts);
  }

  /** Makes a log that was pruned before these counts existed. */
  @Test
  void anHourWithLostCounts_isMarkedAsUncounted() throws SQLException {
    log.prune(hour(8));
    store.sql("DELETE FROM audit_pruned_tally");
    assertThat(counts().stream().map(AuditSummary.Group::start).distinct())
        .as("nothing is known about the other entries")
        .containsExactly(hour(7), hour(8), hour(9));
    assertThat(hours().stream().filter(hour -> !hour.start().isBefore(hour(7))))
        .extracting(AuditHour::counted)
        .containsExactly(false, true, true);
  }

  private List<AuditHour> hours() {
    return store.inRead(
        c -> {
          List<AuditHour> hours = new ArrayList<>();
          for (OptionalLong next = AuditHour.after(c, 0);
              next.isPresent();
              next = AuditHour.after(c, next.getAsLong())) {
            hours.add(AuditHour.of(c, next.getAsLong()));
          }
          return hours;
        });
  }

  private List<AuditSummary.Group> counts() {
    return store.inRead(
        c ->
            AuditSummary.ever(
                c,
                AuditQuery.ALL.withType(EntryType.READ),
                List.of(AuditSummary.By.ACTOR),
                AuditSummary.Bucket.HOUR,
                1_000));
  }

  @Test
  void aBundleOfAPrunedLog_verifies_andSaysPrunedNotDestroyed() throws IOException {
    log.prune(hour(6));
    store.inWrite(c -> log.stageErasure(c, 8, Map.of(), 1_000));
    Report report = check(bundle("whole"));
    assertThat(report.problems()).isEmpty();
    assertThat(report.toString()).contains("pruned       511 of the entries for their age");
  }

  @Test
  void aMissingEntryThatTheLogDidNotPrune_isDestroyedEvidence() throws Exception {
    log.prune(hour(3));
    assertProblem("evidence was destroyed", "DELETE FROM audit_sealed WHERE first >= 300");
    assertProblem(
        "is missing",
        "DELETE FROM audit_group WHERE first ="
            + " (SELECT max(first) FROM audit_group WHERE first <= 300)");
    assertProblem(
        "entry 256 is missing", "DELETE FROM audit_group WHERE first >= 256 AND first < 512");
    assertProblem(
        "not signed by any key that the log names", "DELETE FROM audit_kept WHERE idx = 0");
    assertProblem("root of the index", "DELETE FROM audit_pruned WHERE idx = 4");
    assertProblem("root at size", "UPDATE audit_tile SET hashes = zeroblob(8192) WHERE idx = 0");
    Path bundle = bundle("cut");
    Files.createDirectories(bundle.resolve("pruned"));
    Files.write(bundle.resolve("pruned/001"), new byte[512]);
    Files.delete(bundle.resolve("tile/entries/001"));
    assertThat(check(bundle).problems()).anyMatch(p -> p.contains("evidence was destroyed: entry"));
  }

  private void assertProblem(String problem, String attack) {
    store.inRead(
        c -> {
          Tampering.assertFound(c, problem, attack);
          return 0;
        });
  }

  private void assertWhole() {
    assertThat(store.inRead(LogVerifier::verify).problems()).isEmpty();
  }

  private boolean get(String path) {
    TilePath tile = TilePath.parse(path).orElseThrow();
    return store.inRead(c -> StoredTiles.get(c, tile, log.size())).isPresent();
  }

  private List<byte[]> leaves(long from, long to) {
    return store.inRead(c -> StoredEntries.leaves(c, from, to));
  }

  private long count(String from) {
    return store.inRead(
        c -> {
          try (var statement = c.createStatement();
              var row = statement.executeQuery("SELECT count(*) FROM " + from)) {
            return row.getLong(1);
          }
        });
  }

  private Path bundle(String name) throws IOException {
    Path bundle = dir.resolve(name);
    Bundle.write(
        store,
        new Bundle.Target() {
          @Override
          public void put(String file, byte[] bytes) throws IOException {
            try (OutputStream out = open(file)) {
              out.write(bytes);
            }
          }

          @Override
          public OutputStream open(String file) throws IOException {
            Path path = bundle.resolve(file);
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            return new BufferedOutputStream(Files.newOutputStream(path));
          }
        },
        _ -> {});
    return bundle;
  }

  private Report check(Path bundle) throws IOException {
    return LogCheck.check(new DirectoryLog(bundle), Trust.NOTHING, _ -> {});
  }
}
