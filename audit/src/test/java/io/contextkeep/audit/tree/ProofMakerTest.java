package io.contextkeep.audit.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Proofs in very large trees: the tiles that they read, and their validity. */
final class ProofMakerTest {
  private final Random random = new Random(5);
  private final List<byte[]> subtrees = subtrees();
  private int read;

  @Test
  void aProofOfTenMillionEntries_readsAHandfulOfTiles() {
    for (int i = 0; i < 300; i++) {
      long size = 9_000_000 + random.nextLong(2_000_000);
      long index = random.nextLong(size);
      long first = 1 + random.nextLong(size);
      byte[] root = new ProofMaker<>(this::hashes, size).root();
      read = 0;
      ProofMaker<RuntimeException> proofs = new ProofMaker<>(this::hashes, size);
      List<byte[]> inclusion = proofs.inclusion(index);
      assertThat(read).isLessThanOrEqualTo(6);
      assertThat(Proofs.verifyInclusion(subtrees.getFirst(), index, size, inclusion, root))
          .isTrue();
      read = 0;
      List<byte[]> consistency = new ProofMaker<>(this::hashes, size).consistency(first);
      assertThat(read).isLessThanOrEqualTo(6);
      byte[] firstRoot = new ProofMaker<>(this::hashes, first).root();
      assertThat(Proofs.verifyConsistency(first, size, consistency, firstRoot, root)).isTrue();
      read = 0;
      assertThat(new ProofMaker<>(this::hashes, size).frontier().root()).isEqualTo(root);
      assertThat(read).as("a start reads the right edge").isLessThanOrEqualTo(3);
    }
  }

  @Test
  void aTreeOfTwoToTheFortyTwoLeaves_isProvedTheSameWay() {
    long size = (1L << 42) + 12_345;
    byte[] root = new ProofMaker<>(this::hashes, size).root();
    for (long index : new long[] {0, 1, 1L << 41, (1L << 42) - 1, 1L << 42, size - 1}) {
      List<byte[]> path = new ProofMaker<>(this::hashes, size).inclusion(index);
      assertThat(Proofs.verifyInclusion(subtrees.getFirst(), index, size, path, root)).isTrue();
    }
  }

  /** Tiles of a tree of equal leaves, in which all hashes of a level are equal. */
  private byte[] hashes(int level, long index, int width) {
    read++;
    ByteArrayOutputStream tile = new ByteArrayOutputStream();
    for (int i = 0; i < width; i++) {
      tile.writeBytes(subtrees.get(8 * level));
    }
    return tile.toByteArray();
  }

  private static List<byte[]> subtrees() {
    List<byte[]> subtrees = new ArrayList<>(List.of(Hashes.leaf(new byte[] {1})));
    while (subtrees.size() < 63) {
      byte[] last = subtrees.getLast();
      subtrees.add(Hashes.node(last, Arrays.copyOf(last, last.length)));
    }
    return subtrees;
  }
}
