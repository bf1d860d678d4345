package io.contextkeep.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuditLogTest {
  private static final String CANARY = "canary-Zq7-reason";

  @TempDir Path dir;
  private final SecureRandom random = new SecureRandom();
  private final Sealer ann = new Sealer((byte) 1);
  private TestStore store;
  private AuditLog log;

  @BeforeEach
  void open() throws SQLException {
    store = TestStore.create(dir.resolve("log.db"));
    log = new AuditLog(store, InstantSource.system(), random);
  }

  @AfterEach
  void noPlaintextIsOnDisk() throws Exception {
    store.close();
    byte[] file = Files.readAllBytes(dir.resolve("log.db"));
    assertThat(new String(file, StandardCharsets.ISO_8859_1)).doesNotContain(CANARY);
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
  void aRestartedLog_goesOnWhereItWas() {
    log.append(read());
    log = new AuditLog(store, InstantSource.system(), random);
    assertThat(log.append(read()).index()).isEqualTo(2);
    assertThat(verify().problems()).isEmpty();
  }

  @Test
  void freeText_inThePublicFacts_isRefused() {
    assertThatThrownBy(() -> AuditEntry.of(EntryType.READ, Map.of("reason", "she asked me to")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("she asked");
    assertThatThrownBy(() -> AuditEntry.of(EntryType.READ, Map.of("who", "ann@example.com")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLeafOverTwoKibibytes_isRefused_andTheLogGoesOn() {
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
    log = new AuditLog(store, () -> java.time.Instant.ofEpochMilli(now[0]), random);
    long first = time(log.append(read()));
    now[0] -= 60_000;
    assertThat(time(log.append(read()))).isEqualTo(first);
  }

  @Test
  void afterErasure_theLogVerifies_andThePrivatePartsAreGone() {
    log.append(read());
    log.append(read());
    store.inWrite(c -> log.stageErasure(c, 7, Map.of("request", "r-1")));
    assertThat(verify().problems()).isEmpty();
    assertThat(count("SELECT count(*) FROM audit_private")).isZero();
    assertThat(leaf(3)).contains("\"erased\":2");
  }

  @Test
  void aPrivatePartDeletedWithoutAnErasure_isDestroyedEvidence() throws SQLException {
    log.append(read());
    store.sql("DELETE FROM audit_private");
    assertThat(verify().problems()).singleElement().asString().contains("1 entries are missing");
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
        "UPDATE audit_leaf SET (bytes, hash) = (SELECT bytes, hash FROM audit_leaf o WHERE o.idx ="
            + " 9 - audit_leaf.idx) WHERE idx IN (4, 5)");
    assertFound("DELETE FROM audit_leaf WHERE idx = (SELECT max(idx) FROM audit_leaf)");
  }

  @Test
  void anEditedSearchColumn_aMovedPrivatePart_andALostRoot_areEachFound() {
    log.append(read());
    log.append(read());
    assertFound("UPDATE audit_leaf SET actor = 'other' WHERE idx = 1");
    assertFound("UPDATE audit_leaf SET time = 1 WHERE idx = 1");
    assertFound("UPDATE audit_private SET idx = 0 WHERE idx = 1");
    assertFound("UPDATE audit_private SET n = 5 WHERE idx = 2");
    assertFound("DELETE FROM audit_root");
  }

  @Test
  void theLogsOwnWords_areNotForCallers() {
    for (String reserved : java.util.List.of("v", "type", "time", "commit", "labels")) {
      assertThatThrownBy(() -> AuditEntry.of(EntryType.READ, Map.of(reserved, "x")))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void proofsMadeFromTheLog_areTheOnesThatVerify() {
    for (int i = 1; i < 40; i++) {
      log.append(AuditEntry.of(EntryType.READ, Map.of("actor", "shop-" + i)));
    }
    store.inRead(
        c -> {
          for (int size = 1; size <= 40; size++) {
            byte[] root = root(size);
            for (int index = 0; index < size; index++) {
              var proof = ProofMaker.inclusion(c, index, size);
              assertThat(Proofs.verifyInclusion(hash(index), index, size, proof, root)).isTrue();
              assertThat(Proofs.verifyInclusion(hash(39 - index), index, size, proof, root))
                  .isEqualTo(index == 39 - index);
            }
            for (int first = 1; first <= size; first++) {
              var proof = ProofMaker.consistency(c, first, size);
              assertThat(Proofs.verifyConsistency(first, size, proof, root(first), root)).isTrue();
            }
          }
          return 0;
        });
  }

  @Test
  void aCutLog_doesNotStart() throws SQLException {
    log.append(read());
    store.sql("DELETE FROM audit_leaf WHERE idx = 1");
    assertThatThrownBy(() -> new AuditLog(store, InstantSource.system(), random))
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

  private byte[] root(int size) {
    return blob("SELECT root FROM audit_root WHERE size = " + size);
  }

  private byte[] hash(int index) {
    return blob("SELECT hash FROM audit_leaf WHERE idx = " + index);
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

  /** Real AES-256-GCM and HMAC under a fixed key. */
  private static final class Sealer implements SubjectSealer {
    private final SecretKeySpec key;

    Sealer(byte fill) {
      byte[] bytes = new byte[32];
      Arrays.fill(bytes, fill);
      key = new SecretKeySpec(bytes, "AES");
    }

    @Override
    public byte[] seal(byte[] plaintext, byte[] associatedData) {
      byte[] nonce = new byte[12];
      new SecureRandom().nextBytes(nonce);
      byte[] body = gcm(Cipher.ENCRYPT_MODE, nonce, plaintext, associatedData);
      byte[] sealed = Arrays.copyOf(nonce, 12 + body.length);
      System.arraycopy(body, 0, sealed, 12, body.length);
      return sealed;
    }

    @Override
    public byte[] open(byte[] sealed, byte[] associatedData) {
      return gcm(
          Cipher.DECRYPT_MODE,
          Arrays.copyOf(sealed, 12),
          Arrays.copyOfRange(sealed, 12, sealed.length),
          associatedData);
    }

    @Override
    public byte[] label(long n) {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key);
        return mac.doFinal(java.nio.ByteBuffer.allocate(8).putLong(n).array());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }

    private byte[] gcm(int mode, byte[] nonce, byte[] text, byte[] associatedData) {
      try {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(128, nonce));
        cipher.updateAAD(associatedData);
        return cipher.doFinal(text);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
