package io.contextkeep.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sigstore.merkle.InclusionProofVerificationException;
import dev.sigstore.merkle.InclusionProofVerifier;
import dev.sigstore.rekor.client.Checkpoints;
import dev.sigstore.rekor.client.RekorEntry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proofs of this log, read and verified by sigstore-java. */
final class SigstoreTest {
  @TempDir Path dir;

  @Test
  void everyEntry_isProvedToSigstoresVerifier() throws Exception {
    try (TestStore store = TestStore.create(dir.resolve("log.db"))) {
      AuditLog log =
          new AuditLog(
              store, TestKeys.of(1), new TestKept(), InstantSource.system(), new SecureRandom());
      Receipt[] receipts = new Receipt[300];
      for (int i = 0; i < receipts.length; i++) {
        receipts[i] = log.append(AuditEntry.of(EntryType.READ, Map.of("actor", "shop" + i)));
      }
      log.publish();
      RekorEntry.Checkpoint checkpoint = Checkpoints.from(log.publish().toString());
      assertThat(checkpoint.getOrigin()).isEqualTo(TestKeys.ORIGIN);
      assertThat(checkpoint.getSize()).isEqualTo(301);
      assertThat(checkpoint.getSignatures()).hasSize(2);
      byte[] root = Base64.getDecoder().decode(checkpoint.getBase64Hash());
      for (Receipt receipt : receipts) {
        List<byte[]> path =
            store.inRead(c -> StoredTiles.proofs(c, 301).inclusion(receipt.index()));
        byte[] hash = HexFormat.of().parseHex(receipt.leafHash());
        InclusionProofVerifier.verify(hash, receipt.index(), 301, path, root);
        assertThatThrownBy(
                () -> InclusionProofVerifier.verify(root, receipt.index(), 301, path, root))
            .isInstanceOf(InclusionProofVerificationException.class);
      }
    }
  }

  /**
   * The text of a receipt is parsed here by its specification alone, and verified by sigstore-java.
   */
  @Test
  void everyServedReceipt_isProvedToSigstoresVerifier() throws Exception {
    try (TestStore store = TestStore.create(dir.resolve("log.db"))) {
      AuditLog log =
          new AuditLog(
              store, TestKeys.of(1), new TestKept(), InstantSource.system(), new SecureRandom());
      for (int i = 0; i < 300; i++) {
        Receipt receipt = log.append(AuditEntry.of(EntryType.READ, Map.of("actor", "shop" + i)));
        if (i % 100 == 0) {
          log.publish();
        }
        String text =
            store.inRead(c -> Receipts.proof(c, receipt.index())).orElseThrow().toString();
        String[] parts = text.split("\n\n", 2);
        List<String> proof = List.of(parts[0].split("\n", -1));
        assertThat(proof.subList(0, 2))
            .containsExactly("c2sp.org/tlog-proof@v1", "index " + receipt.index());
        List<byte[]> path =
            proof.subList(2, proof.size()).stream().map(Base64.getDecoder()::decode).toList();
        RekorEntry.Checkpoint checkpoint = Checkpoints.from(parts[1]);
        InclusionProofVerifier.verify(
            HexFormat.of().parseHex(receipt.leafHash()),
            receipt.index(),
            checkpoint.getSize(),
            path,
            Base64.getDecoder().decode(checkpoint.getBase64Hash()));
      }
    }
  }
}
