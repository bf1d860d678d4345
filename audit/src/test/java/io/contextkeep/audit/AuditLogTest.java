package io.contextkeep.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuditLogTest {
  private static final String CANARY = "canary-Zq7-reason";

  @TempDir Path dir;
  private final SecureRandom random = new SecureRandom();
  private final Sealer ann = new Sealer((byte) 1);
  private final TestKept kept = new TestKept();
  private TestStore store;
  private AuditLog log;

  @BeforeEach
  void create() throws SQLException {
    store = TestStore.create(dir.resolve("log.db"));
    log = open(InstantSource.system());
  }

  @AfterEach
  void noPlaintextIsOnDisk() throws Exception {
    store.close();
    byte[] file = Files.readAllBytes(dir.resolve("log.db"));
    assertThat(new String(file, StandardCharsets.ISO_8859_1)).doesNotContain(CANARY);
  }

  private AuditLog open(InstantSource clock) {
    return new AuditLog(store, TestKeys.of(1), kept, clock, random);
  }

  @Test
  void everyEntry_hasTheNextIndex_andTheLogVerifies() {
    assertThat(log.append(read()).index()).isEqualTo(1);
    assertThat(log.append(read()).index()).isEqualTo(2);
    LogVerifier.Verification verification = verify();
    assertThat(verification.problems()).isEmpty();
    assertThat(verification.size()).isEqualTo(3);
  }

  @Test
  void aRolledBackTransaction_leavesNoTraceInTheTree() {
    String before = verify().root();
    assertThatThrownBy(
            () ->
                store.inWrite(
                    c -> {
                      log.stage(c, read());
                      throw new IllegalStateException("the change failed");
                    }))
        .hasMessage("the change failed");
    assertThat(verify().root()).isEqualTo(before);
    assertThat(log.append(read()).index()).isEqualTo(1);
    assertThat(verify().problems()).isEmpty();
  }

  @Test
  void aRestartedLog_continuesWhereItStopped() {
    log.append(read());
    log = open(InstantSource.system());
    assertThat(log.append(read()).index()).isEqualTo(2);
    assertThat(verify().problems()).isEmpty();
  }

  @Test
  void freeText_inThePublicFacts_isRefused() {
    assertThatThrownBy(
            () -> AuditEntry.of(EntryType.READ, Map.of("reason", "the customer asked for it")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("asked for it");
    assertThatThrownBy(() -> AuditEntry.of(EntryType.READ, Map.of("who", "ann@example.com")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLeafOverTwoKibibytes_isRefused_andTheLogContinues() {
    var many = Collections.nCopies(100, "x".repeat(100));
    assertThatThrownBy(() -> log.append(AuditEntry.of(EntryType.READ, Map.of("fields", many))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(log.append(read()).index()).isEqualTo(1);
  }

  @Test
  void thePrivatePart_opensWithTheCustomersKeyAndTheLeafsCommitment() {
    Receipt receipt = log.append(read());
    byte[] commitment = HexFormat.of().parseHex(between(leaf(receipt), "\"commit\":\"", "\""));
    byte[] opened = ann.open(sealed(receipt), commitment);
    assertThat(new String(opened, StandardCharsets.UTF_8)).contains(CANARY, "\"n\":0", "\"salt\":");
    assertThat(AuditLog.commitment(opened)).isEqualTo(commitment);
    assertThatThrownBy(() -> new Sealer((byte) 2).open(sealed(receipt), commitment))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aCustomersEntries_areNumberedWithoutGaps_alsoAfterARollback() {
    log.append(read());
    assertThatThrownBy(
            () ->
                store.inWrite(
                    c -> {
                      log.stage(c, read());
                      throw new IllegalStateException("no");
                    }))
        .isInstanceOf(IllegalStateException.class);
    Receipt second = log.append(read());
    assertThat(leaf(second)).contains(HexFormat.of().formatHex(ann.label(1)));
  }

  @Test
  void timeNeverGoesBackwards_evenWhenTheClockDoes() {
    long[] now = {1_000_000_000_000L};
    log = open(() -> java.time.Instant.ofEpochMilli(now[0]));
    long first = time(log.append(read()));
    now[0] -= 60_000;
    assertThat(time(log.append(read()))).isEqualTo(first);
  }

  @Test
  void afterErasure_theLogVerifies_andThePrivatePartsAreGone() {
    log.append(read());
    log.append(read());
    store.inWrite(c -> log.stageErasure(c, 7, Map.of("request", "r-1"), 1_000));
    assertThat(verify().problems()).isEmpty();
    assertThat(store.inRead(StoredEntries::parts)).isEmpty();
    assertThat(leaf(3)).contains("\"erased\":2");
  }

  @Test
  void erasure_rewritesTheGroups_andLeavesOthersPartsInThem() {
    Sealer bob = new Sealer((byte) 2);
    AuditEntry aboutBob = AuditEntry.of(EntryType.READ, Map.of()).about(8, bob, Map.of());
    log.append(List.of(read(), aboutBob, read(), aboutBob, read()));
    log.append(List.of(aboutBob, read()));
    store.inWrite(c -> log.stageErasure(c, 7, Map.of("request", "r-1"), 2));
    assertThat(store.inRead(StoredEntries::parts)).containsExactly(1L, 2L, 3L, 4L, 6L);
    assertThat(verify().problems()).isEmpty();
    store.inWrite(c -> log.stageErasure(c, 7, Map.of("request", "r-1"), 1_000));
    assertThat(store.inRead(StoredEntries::parts)).containsExactly(2L, 4L, 6L);
    List<AuditReader.Access> bobs = store.inRead(c -> AuditReader.accesses(c, 8, bob, 100, 100));
    assertThat(bobs).hasSize(3);
    assertThat(verify().problems()).isEmpty();
  }

  @Test
  void whatWasDestroyedBefore_noErasureAccountsFor() throws SQLException {
    log.append(read());
    log.append(read());
    store.sql("DELETE FROM audit_sealed WHERE first = 1");
    store.inWrite(c -> log.stageErasure(c, 7, Map.of("request", "r-1"), 1_000));
    assertThat(leaf(3)).contains("\"erased\":1");
    assertThat(verify().problems())
        .anySatisfy(problem -> assertThat(problem).contains("evidence was destroyed"));
  }

  @Test
  void aPrivatePartDeletedWithoutAnErasure_isDestroyedEvidence() throws SQLException {
    log.append(read());
    store.sql("DELETE FROM audit_sealed");
    assertThat(verify().problems())
        .anySatisfy(
            problem ->
                assertThat(problem).contains("evidence was destroyed", "1 entries are missing"));
  }

  @Test
  void aFlippedByte_aDeletedEntry_swappedEntriesAndACutLog_areEachFound() {
    for (int i = 0; i < 6; i++) {
      log.append(AuditEntry.of(EntryType.READ, Map.of("actor", "shop-" + i)));
    }
    log.append(Collections.nCopies(4, read()));
    for (long index : new long[] {2, 9}) {
      assertFound(index, (leaves, i) -> leaves.get(i)[9] ^= 1);
      assertFound(index, (leaves, i) -> leaves.remove(i));
      assertFound(index, (leaves, i) -> leaves.add(i, leaves.get(i)));
    }
    assertFound(8, (leaves, i) -> Collections.swap(leaves, i, i + 1));
    assertFound("DELETE FROM audit_group WHERE first = 3");
    assertFound("UPDATE audit_group SET first = 90 WHERE first = 4");
    assertFound("DELETE FROM audit_group WHERE first = (SELECT max(first) FROM audit_group)");
  }

  @Test
  void anEditedSearchColumn_aMovedPrivatePart_andALostRoot_areEachFound() {
    log.append(read());
    log.append(read());
    log.index();
    assertFound("UPDATE audit_by_kind SET kind = 99 WHERE idx = 1");
    assertFound("UPDATE audit_by_kind SET time = 1 WHERE idx = 1");
    assertFound("DELETE FROM audit_by_kind WHERE idx = 1");
    assertFound("INSERT INTO audit_by_request VALUES ('another', 1, 1)");
    assertFound("UPDATE audit_by_customer SET idx = 0 WHERE idx = 1");
    assertFound("UPDATE audit_by_customer SET n = 5 WHERE idx = 2");
    assertFound("UPDATE audit_group SET time = 1 WHERE first = 1");
    assertFound("UPDATE audit_group SET entries = 2 WHERE first = 1");
    assertFound("UPDATE audit_sealed SET first = 0 WHERE first = 1");
    assertFound("UPDATE audit_sealed SET first = 70 WHERE first = 1");
    assertFound("UPDATE audit_sealed SET present = 2 WHERE first = 1");
    assertFound("UPDATE audit_sealed SET parts = zeroblob(7) WHERE first = 1");
    assertFound("UPDATE audit_last SET idx = 1 WHERE type = 'key'");
    assertFound("DELETE FROM audit_checkpoint");
  }

  @Test
  void aCheckInSteps_acceptsAnIndexThatGoesOnMeanwhile() {
    for (int i = 0; i < 3; i++) {
      log.append(Collections.nCopies(100, read()));
    }
    LogVerifier check = store.inRead(LogVerifier::begin);
    assertThat(store.<Boolean>inRead(c -> check.step(c, 150))).isFalse();
    log.index();
    log.append(read());
    assertThat(store.<Boolean>inRead(c -> check.step(c, Integer.MAX_VALUE))).isTrue();
    assertThat(check.found().problems()).isEmpty();
  }

  @Test
  void reservedFactsAndTypes_areRefusedFromCallers() {
    for (String reserved : java.util.List.of("v", "type", "time", "commit", "labels")) {
      assertThatThrownBy(() -> AuditEntry.of(EntryType.READ, Map.of(reserved, "x")))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aCutLog_doesNotStart() throws SQLException {
    log.append(read());
    store.sql("DELETE FROM audit_group WHERE first = 1");
    assertThatThrownBy(() -> open(InstantSource.system()))
        .hasMessageContaining("damaged")
        .hasMessageContaining("Restore");
  }

  private void assertFound(String attack) {
    assertFound(attack, Tampering.change(attack));
  }

  private void assertFound(long index, StoredEntries.Change change) {
    assertFound("a change of entry " + index, c -> StoredEntries.change(c, index, change));
  }

  private void assertFound(String what, LogStore.Work<Integer> attack) {
    List<String> problems = store.inRead(c -> Tampering.problems(c, what, attack));
    assertThat(problems).as(what).isNotEmpty();
    assertThat(verify().problems()).isEmpty();
  }

  private AuditEntry read() {
    return AuditEntry.of(
            EntryType.READ,
            Map.of("actor", "shop", "purpose", "dpv:ServicePersonalisation", "decision", "permit"))
        .about(7, ann, Map.of("reason", CANARY));
  }

  private LogVerifier.Verification verify() {
    return store.inRead(LogVerifier::verify);
  }

  private String leaf(Receipt receipt) {
    return leaf(receipt.index());
  }

  private String leaf(long index) {
    return new String(store.inRead(c -> StoredEntries.leaf(c, index)), StandardCharsets.UTF_8);
  }

  private byte[] sealed(Receipt receipt) {
    return store.inRead(c -> StoredEntries.sealed(c, receipt.index()));
  }

  private long time(Receipt receipt) {
    return Long.parseLong(between(leaf(receipt), "\"time\":", ","));
  }

  private static String between(String text, String start, String end) {
    int from = text.indexOf(start) + start.length();
    return text.substring(from, text.indexOf(end, from));
  }
}
