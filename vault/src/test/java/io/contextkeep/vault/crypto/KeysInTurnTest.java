package io.contextkeep.vault.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeysInTurnTest {
  private static final SubjectId ANN = new SubjectId(3);
  private static final SubjectId BOB = new SubjectId(5);
  private static final SubjectId CLEO = new SubjectId(7);

  private final SecureRandom random = new SecureRandom();

  @Test
  void customersInTurn_haveTheirOwnKeys_andNoneOnceItIsDestroyed(@TempDir Path dir)
      throws Exception {
    RootKey root = FileRootKey.openOrCreate(dir.resolve("root.key"));
    try (SubjectKeys keys =
        new SubjectKeys(dir.resolve("keys.db"), root, random, Executors.defaultThreadFactory())) {
      keys.create(List.of(ANN, BOB, CLEO));
      byte[] ofAnn = keys.find(ANN).orElseThrow().seal("value/a", 1, "ann".getBytes(UTF_8));
      byte[] ofCleo = keys.find(CLEO).orElseThrow().seal("value/a", 1, "cleo".getBytes(UTF_8));
      keys.shred(BOB, Instant.EPOCH);
      KeysInTurn inTurn = keys.inTurn();
      inTurn.read(ANN, CLEO);
      SubjectKey.Opener ann = inTurn.opener(ANN).orElseThrow();
      assertThat(inTurn.opener(BOB)).isEmpty();
      SubjectKey.Opener cleo = inTurn.opener(CLEO).orElseThrow();
      assertThat(ann.open("value/a", 1, ofAnn)).isEqualTo("ann".getBytes(UTF_8));
      assertThat(cleo.open("value/a", 1, ofCleo)).isEqualTo("cleo".getBytes(UTF_8));
      assertThatThrownBy(() -> cleo.open("value/a", 1, ofAnn)).isInstanceOf(SealBroken.class);
      inTurn.read(ANN, ANN);
      assertThat(inTurn.opener(CLEO)).isEmpty();
    }
  }

  @Test
  void theKeyOfRecordsBesideADataKey_isTheOneDerivedFromIt() {
    DataKey both = DataKey.random(random);
    assertThat(both.records()).contains(Hkdf.derive(both.key(), "records/v1", "AES"));
    assertThat(new DataKey(both.key().getEncoded()).records()).isEmpty();
  }

  @Test
  void aDataKeyThatWasWrappedAlone_opensWhatItSealed(@TempDir Path dir) throws Exception {
    RootKey root = FileRootKey.openOrCreate(dir.resolve("root.key"));
    byte[] alone = new byte[32];
    random.nextBytes(alone);
    try (SubjectKeys keys =
            new SubjectKeys(
                dir.resolve("keys.db"), root, random, Executors.defaultThreadFactory());
        Db file =
            Db.open(
                dir.resolve("keys.db"), SubjectKeys.MIGRATIONS, Executors.defaultThreadFactory())) {
      SealingKey wrapping = SealingKey.of(root.subkey("data-key/v1"));
      file.inWrite(
          c ->
              Sql.update(
                  c,
                  "INSERT INTO data_key (subject, wrapped) VALUES (?, ?)",
                  ANN.value(),
                  Aead.seal(wrapping, random, alone, SubjectKeys.place(ANN))));
      byte[] sealed =
          new SubjectKey(ANN, new DataKey(alone), random).seal("value/a", 1, "ann".getBytes(UTF_8));
      KeysInTurn inTurn = keys.inTurn();
      inTurn.read(ANN, ANN);
      assertThat(inTurn.opener(ANN).orElseThrow().open("value/a", 1, sealed))
          .isEqualTo("ann".getBytes(UTF_8));
      assertThat(keys.find(ANN).orElseThrow().opener().open("value/a", 1, sealed))
          .isEqualTo("ann".getBytes(UTF_8));
    }
  }

  @Test
  void keysDerivedInTurn_areThoseOfTheJdk() {
    KeyDerivation derivation = new KeyDerivation("records/v1", "AES");
    for (int i = 0; i < 100; i++) {
      byte[] key = new byte[32];
      random.nextBytes(key);
      assertThat(derivation.derive(key))
          .isEqualTo(Hkdf.derive(new SecretKeySpec(key, "Generic"), "records/v1", "AES"));
    }
  }
}
