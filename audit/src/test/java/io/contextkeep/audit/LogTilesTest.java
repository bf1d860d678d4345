package io.contextkeep.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.audit.tree.ProofMaker;
import io.contextkeep.audit.tree.Proofs;
import io.contextkeep.audit.tree.TilePath;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log's tree against one that is computed anew from the definition, slowly. */
final class LogTilesTest {
  private final Random random = new Random(7);
  private final TestKept kept = new TestKept();

  @TempDir Path dir;
  private TestStore store;
  private AuditLog log;

  @BeforeEach
  void create() throws SQLException {
    store = TestStore.create(dir.resolve("log.db"));
    log = open();
  }

  @AfterEach
  void close() throws SQLException {
    store.close();
  }

  private AuditLog open() {
    return new AuditLog(store, TestKeys.of(1), kept, InstantSource.system(), new SecureRandom());
  }

  @Test
  void seventyThousandEntries_haveExactlyTheTilesOfTheSpecificationsExample() {
    grow(70_000);
    List<byte[]> leaves = leaves();
    List<byte[]> hashes = hashes();
    store.inRead(
        c -> {
          for (TilePath path : TilePath.all(70_000)) {
            byte[] tile = StoredTiles.get(c, path, 70_000).orElseThrow();
            assertThat(tile).as(path.toString()).isEqualTo(expected(path, leaves, hashes));
          }
          for (TilePath none :
              List.of(
                  new TilePath(0, 273, 256),
                  new TilePath(0, 273, 113),
                  new TilePath(0, 274, 1),
                  new TilePath(1, 1, 18),
                  new TilePath(1, 1, 256),
                  new TilePath(2, 0, 2),
                  new TilePath(3, 0, 1),
                  new TilePath(TilePath.ENTRIES, 273, 256))) {
            assertThat(StoredTiles.get(c, none, 70_000)).as(none.toString()).isEmpty();
          }
          return 0;
        });
    assertThat(store.inRead(LogVerifier::verify).problems()).isEmpty();
    assertThat(Checkpoint.parse(log.latest().text()).root()).isEqualTo(root(hashes));
  }

  @Test
  void aPartialTile_isAPrefixOfWhatItBecomes() {
    grow(300);
    byte[] early = tile(new TilePath(0, 1, 44), 300).orElseThrow();
    grow(600);
    assertThat(tile(new TilePath(0, 1, 44), 600).orElseThrow()).isEqualTo(early);
    assertThat(tile(new TilePath(0, 1, 256), 600).orElseThrow()).startsWith(early);
  }

  @Test
  void proofsMadeFromTheTiles_verify_andNoOthersDo() {
    grow(1_100);
    List<byte[]> hashes = hashes();
    store.inRead(
        c -> {
          for (int i = 0; i < 400; i++) {
            int size = 1 + random.nextInt(1_100);
            int index = random.nextInt(size);
            int first = 1 + random.nextInt(size);
            byte[] root = root(hashes.subList(0, size));
            ProofMaker<SQLException> proofs = StoredTiles.proofs(c, size);
            assertThat(proofs.root()).isEqualTo(root);
            assertThat(proofs.leaf(index)).isEqualTo(hashes.get(index));
            List<byte[]> inclusion = proofs.inclusion(index);
            assertThat(Proofs.verifyInclusion(hashes.get(index), index, size, inclusion, root))
                .isTrue();
            int other = random.nextInt(size);
            assertThat(Proofs.verifyInclusion(hashes.get(other), index, size, inclusion, root))
                .isEqualTo(other == index);
            byte[] firstRoot = root(hashes.subList(0, first));
            List<byte[]> consistency = proofs.consistency(first);
            assertThat(Proofs.verifyConsistency(first, size, consistency, firstRoot, root))
                .isTrue();
            assertThat(Proofs.verifyConsistency(first, size, consistency, root, firstRoot))
                .isEqualTo(first == size);
          }
          return 0;
        });
  }

  @Test
  void aLogReopenedAtAnySize_growsOnAsIfItHadNeverStopped() {
    for (int size : new int[] {2, 3, 255, 256, 257, 511, 512, 700}) {
      grow(size);
      log = open();
    }
    grow(1_030);
    assertThat(Checkpoint.parse(log.latest().text()).root()).isEqualTo(root(hashes()));
    assertThat(store.inRead(LogVerifier::verify).problems()).isEmpty();
  }

  @Test
  void aRollbackAcrossATilesEnd_leavesTheTreeAsItWas() {
    grow(250);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(
              () ->
                  store.inWrite(
                      c -> {
                        for (int n = 0; n < 300; n++) {
                          log.stage(c, entry("lost" + n));
                        }
                        throw new IllegalStateException("the change failed");
                      }))
          .hasMessage("the change failed");
    }
    grow(600);
    assertThat(Checkpoint.parse(log.latest().text()).root()).isEqualTo(root(hashes()));
    assertThat(store.inRead(LogVerifier::verify).problems()).isEmpty();
  }

  @Test
  void aFalsifiedTile_isFound() throws SQLException {
    grow(600);
    store.sql("UPDATE audit_tile SET hashes = zeroblob(8192) WHERE idx = 1");
    assertThat(store.inRead(LogVerifier::verify).problems())
        .containsExactly("the stored tile/0/001 is not what the entries make");
    store.sql("UPDATE audit_node SET hash = zeroblob(32) WHERE level = 1 AND idx = 0");
    assertThat(store.inRead(LogVerifier::verify).problems()).hasSize(2);
    assertThatThrownBy(this::open).hasMessageContaining("damaged");
  }

  /** Several entries in each transaction, as a busy writer has them. */
  private void grow(long size) {
    while (log.size() < size) {
      store.inWrite(
          c -> {
            long batch = Math.min(size - log.size(), 1 + random.nextInt(997));
            for (long i = 0; i < batch; i++) {
              log.stage(c, entry("shop" + random.nextInt(1_000)));
            }
            return 0;
          });
    }
  }

  private static AuditEntry entry(String actor) {
    return AuditEntry.of(EntryType.READ, Map.of("actor", actor));
  }

  private Optional<byte[]> tile(TilePath path, long size) {
    return store.inRead(c -> StoredTiles.get(c, path, size));
  }

  private List<byte[]> leaves() {
    return store.inRead(c -> StoredEntries.leaves(c, 0, Long.MAX_VALUE));
  }

  private List<byte[]> hashes() {
    return leaves().stream().map(leaf -> sha((byte) 0, leaf, new byte[0])).toList();
  }

  private static byte[] expected(TilePath path, List<byte[]> leaves, List<byte[]> hashes) {
    ByteArrayOutputStream tile = new ByteArrayOutputStream();
    if (path.level() == TilePath.ENTRIES) {
      int from = (int) path.index() * 256;
      for (byte[] leaf : leaves.subList(from, from + path.width())) {
        tile.write(leaf.length / 256);
        tile.write(leaf.length % 256);
        tile.writeBytes(leaf);
      }
    } else {
      int span = 1 << (8 * path.level());
      for (int i = 0; i < path.width(); i++) {
        int from = (int) (path.index() * 256 + i) * span;
        tile.writeBytes(root(hashes.subList(from, from + span)));
      }
    }
    return tile.toByteArray();
  }

  /** MTH of RFC 6962, section 2.1, word for word. */
  private static byte[] root(List<byte[]> hashes) {
    if (hashes.size() < 2) {
      return hashes.isEmpty() ? Hashes.empty() : hashes.getFirst();
    }
    int k = 1;
    while (k * 2 < hashes.size()) {
      k *= 2;
    }
    return sha((byte) 1, root(hashes.subList(0, k)), root(hashes.subList(k, hashes.size())));
  }

  private static byte[] sha(byte prefix, byte[] first, byte[] second) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(prefix);
      sha.update(first);
      return sha.digest(second);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
