package io.contextkeep.vault.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.ontology.SubjectId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SubjectKeysTest {
  private static final SubjectId ANN = new SubjectId(0x0123456789abcdefL);
  private static final SubjectId BOB = new SubjectId(7);

  @TempDir Path dir;
  private SubjectKeys keys;

  @BeforeEach
  void open() throws Exception {
    keys = opened();
    keys.create(List.of(ANN, BOB));
  }

  @AfterEach
  void close() {
    keys.close();
  }

  @Test
  void aSealedRecord_opensForItsOwnCustomerRecordAndVersionOnly() {
    SubjectKey ann = keys.find(ANN).orElseThrow();
    byte[] sealed = ann.seal("value/email", 3, "ann@example.com".getBytes(UTF_8));
    assertThat(ann.opener().open("value/email", 3, sealed))
        .isEqualTo("ann@example.com".getBytes(UTF_8));
    assertThatThrownBy(() -> ann.opener().open("value/email", 2, sealed))
        .isInstanceOf(SealBroken.class);
    assertThatThrownBy(() -> ann.opener().open("value/name", 3, sealed))
        .isInstanceOf(SealBroken.class);
    assertThatThrownBy(() -> keys.find(BOB).orElseThrow().opener().open("value/email", 3, sealed))
        .isInstanceOf(SealBroken.class);
    sealed[20] ^= 1;
    assertThatThrownBy(() -> ann.opener().open("value/email", 3, sealed))
        .isInstanceOf(SealBroken.class);
    assertThatThrownBy(() -> ann.opener().open("value/email", 3, new byte[5]))
        .isInstanceOf(SealBroken.class);
  }

  @Test
  void keys_surviveARestart() throws Exception {
    byte[] sealed = keys.find(ANN).orElseThrow().seal("r", 1, new byte[] {1, 2});
    keys.close();
    keys = opened();
    assertThat(keys.find(ANN).orElseThrow().opener().open("r", 1, sealed)).containsExactly(1, 2);
  }

  @Test
  void aShreddedKey_isGoneFromTheCacheAndTheFile_andAfterARestart() throws Exception {
    keys.find(ANN);
    keys.shred(ANN, Instant.EPOCH);
    assertThat(keys.find(ANN)).isEmpty();
    assertThat(keys.find(BOB)).isPresent();
    keys.close();
    String file = Files.readString(dir.resolve("keys.db"), StandardCharsets.ISO_8859_1);
    String id =
        new String(
            java.nio.ByteBuffer.allocate(8).putLong(ANN.value()).array(),
            StandardCharsets.ISO_8859_1);
    assertThat(file).doesNotContain(id);
    keys = opened();
    assertThat(keys.find(ANN)).isEmpty();
  }

  @Test
  void aWrappedKeyMovedToAnotherCustomer_doesNotOpen() throws Exception {
    keys.close();
    try (var db =
        io.contextkeep.vault.db.Db.open(
            dir.resolve("keys.db"), SubjectKeys.MIGRATIONS, Thread::new)) {
      db.inWrite(
          c ->
              io.contextkeep.vault.db.Sql.update(
                  c,
                  "UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE subject = ?)"
                      + " WHERE subject = ?",
                  BOB.value(),
                  ANN.value()));
    }
    keys = opened();
    assertThatThrownBy(() -> keys.find(ANN)).isInstanceOf(SealBroken.class);
  }

  @Test
  void theRootKey_isReadableByItsOwnerOnly() throws Exception {
    Path file = dir.resolve("root.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> FileRootKey.openOrCreate(file)).hasMessageContaining("chmod 600");
  }

  @Test
  void identifiers_areFoundInEverySpelling_withinTheirKind() throws Exception {
    BlindIndex index = new BlindIndex(FileRootKey.openOrCreate(dir.resolve("root.key")));
    String spelled = BlindIndex.normalise("email", " A\u0301nn@Example.COM ");
    assertThat(spelled).isEqualTo("\u00e1nn@example.com");
    assertThat(index.of("email", spelled)).hasSize(16).isEqualTo(index.of("email", spelled));
    assertThat(index.of("device", spelled)).isNotEqualTo(index.of("email", spelled));
  }

  private SubjectKeys opened() throws Exception {
    RootKey root = FileRootKey.openOrCreate(dir.resolve("root.key"));
    return new SubjectKeys(dir.resolve("keys.db"), root, new SecureRandom(), Thread::new);
  }
}
