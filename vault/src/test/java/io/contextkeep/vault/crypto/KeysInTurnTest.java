package io.contextkeep.vault.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.ontology.SubjectId;
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
