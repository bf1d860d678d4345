package io.contextkeep.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HexFormat;
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
    var many = java.util.Collections.nCopies(100, "x".repeat(100));
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
    assertThat(count("SELECT count(*) FROM audit_private")).isZero();
    assertThat(leaf(3)).contains("\"erased\":2");
  }

  @Test
  void aPrivatePartDeletedWithoutAnErasure_isDestroyedEvidence() throws SQLException {
    log.append(read());
    store.sql("DELETE FROM audit_private");
    assertThat(verify().problems())
        .singleElement()
        .asString()
        .contains("evidence was destroyed", "1 entries are missing");
  }

  @Test
  void aFlippedByte_aDeletedEntry_swappedEntriesAndACutLog_areEachFound() {
    for (int i = 0; i < 6; i++) {
      log.append(AuditEntry.of(EntryType.READ, Map.of("actor", "shop-" + i)));
    }
    assertFound(
        "UPDATE audit_leaf SET bytes = CAST(replace(CAST(bytes AS TEXT), 'shop-1', 'shop-9') AS"
            + " BLOB) WHERE idx = 2");
    assertFound("DELETE FROM audit_leaf WHERE idx = 3");
    assertFound(
        "UPDATE audit_leaf SET bytes = (SELECT bytes FROM audit_leaf o WHERE o.idx ="
            + " 9 - audit_leaf.idx) WHERE idx IN (4, 5)");
    assertFound("DELETE FROM audit_leaf WHERE idx = (SELECT max(idx) FROM audit_leaf)");
  }

  @Test
  void anEditedSearchColumn_aMovedPrivatePart_andALostRoot_areEachFound() {
    log.append(read());
    log.append(read());
    assertFound("UPDATE audit_leaf SET kind = 1 WHERE idx = 1");
    assertFound("UPDATE audit_leaf SET time = 1 WHERE idx = 1");
    assertFound("UPDATE audit_private SET idx = 0 WHERE idx = 1");
    assertFound("UPDATE audit_private SET n = 5 WHERE idx = 2");
    assertFound("DELETE FROM audit_checkpoint");
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
    store.sql("DELETE FROM audit_leaf WHERE idx = 1");
    assertThatThrownBy(() -> open(InstantSource.system()))
        .hasMessageContaining("damaged")
        .hasMessageContaining("Restore");
  }

  private void assertFound(String attack) {
    store.inRead(
        c -> {
          try (var statement = c.createStatement()) {
            assertThat(statement.executeUpdate(attack)).isPositive();
            assertThat(LogVerifier.verify(c).whole()).as(attack).isFalse();
          }
          c.rollback();
          return 0;
        });
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
    return new String(
        blob("SELECT bytes FROM audit_leaf WHERE idx = " + index), StandardCharsets.UTF_8);
  }

  private byte[] sealed(Receipt receipt) {
    return blob("SELECT sealed FROM audit_private WHERE idx = " + receipt.index());
  }

  private long time(Receipt receipt) {
    return Long.parseLong(between(leaf(receipt), "\"time\":", ","));
  }

  private byte[] blob(String sql) {
    return store.inRead(
        c -> {
          try (var statement = c.createStatement();
              var row = statement.executeQuery(sql)) {
            return row.getBytes(1);
          }
        });
  }

  private long count(String sql) {
    return store.inRead(
        c -> {
          try (var statement = c.createStatement();
              var row = statement.executeQuery(sql)) {
            return row.getLong(1);
          }
        });
  }

  private static String between(String text, String start, String end) {
    int from = text.indexOf(start) + start.length();
    return text.substring(from, text.indexOf(end, from));
  }
}
