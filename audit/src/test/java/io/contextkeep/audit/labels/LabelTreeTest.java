package io.contextkeep.audit.labels;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LabelTreeTest {
  private final Random random = new Random(11);
  private final Memory buckets = new Memory();
  private final LabelTree tree = new LabelTree();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 10, 300, 5_000})
  void theRoot_matchesTheDefinition_inAnyOrderAndBatches(int count) throws Exception {
    List<Labelled> labels = labels(count, 32);
    addInBatches(labels);
    assertThat(tree.root()).isEqualTo(naive(labels, 0));
    Collections.shuffle(labels, random);
    LabelTree other = new LabelTree();
    other.add(new Memory(), labels);
    assertThat(other.root()).isEqualTo(tree.root());
  }

  /** Labels that differ late are deep below a bucket, or beside one another above them. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 31})
  void labelsWithALongCommonPrefix_areProvedToo(int commonBytes) throws Exception {
    List<Labelled> labels = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      byte[] label = new byte[32];
      random.nextBytes(label);
      java.util.Arrays.fill(label, 0, commonBytes, (byte) 0x5a);
      label[31] = (byte) i;
      labels.add(new Labelled(label, i));
    }
    addInBatches(labels);
    assertThat(tree.root()).isEqualTo(naive(labels, 0));
    assertProven(labels);
  }

  /** A bucket's parts keep their hashes, which must be those of its labels however they came. */
  @Test
  void aLargeBucket_thatGrowsOneByOne_hasTheRootOfItsLabels() throws Exception {
    List<Labelled> labels = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      byte[] label = new byte[32];
      random.nextBytes(label);
      java.util.Arrays.fill(label, 0, 2, (byte) 0x5a);
      labels.add(new Labelled(label, i));
      tree.add(buckets, List.of(labels.getLast()));
      assertThat(tree.root()).isEqualTo(naive(labels, 0));
    }
    assertProven(labels);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 100, 3_000})
  void everyLabelInTheTree_isFound_andNoOther(int count) {
    List<Labelled> labels = labels(count, 32);
    addInBatches(labels);
    assertProven(labels);
  }

  @Test
  void theEmptyTree_provesTheAbsenceOfEveryLabel() {
    LabelProof proof = tree.prove(buckets, new byte[32]);
    assertThat(proof.verify(new byte[32], tree.root())).isEqualTo(new LabelProof.Finding.Absent());
    assertThat(tree.root()).isEqualTo(new byte[32]);
  }

  @Test
  void aTreeRestoredFromItsBuckets_isTheSame() {
    List<Labelled> labels = labels(500, 32);
    addInBatches(labels);
    LabelTree again = new LabelTree();
    buckets.summaries.forEach((prefix, s) -> again.restore(prefix, s.labels(), s.hash()));
    again.restored();
    assertThat(again.root()).isEqualTo(tree.root());
    Labelled one = labels.getFirst();
    assertThat(again.prove(buckets, one.label()).verify(one.label(), again.root()))
        .isEqualTo(new LabelProof.Finding.Found(one.index()));
  }

  @Test
  void aSecondEntryWithTheSameLabel_isRejected_andTheFirstStays() {
    Labelled first = new Labelled(new byte[32], 1);
    Labelled second = new Labelled(new byte[32], 2);
    assertThat(tree.add(buckets, List.of(first))).isEmpty();
    byte[] root = tree.root();
    assertThat(tree.add(buckets, List.of(second))).containsExactly(second);
    assertThat(tree.root()).isEqualTo(root);
    byte[] other = new byte[32];
    other[5] = 1;
    Labelled third = new Labelled(other, 3);
    Labelled fourth = new Labelled(other, 4);
    assertThat(tree.add(buckets, List.of(third, fourth))).containsExactly(fourth);
    assertThat(tree.prove(buckets, other).verify(other, tree.root()))
        .isEqualTo(new LabelProof.Finding.Found(3));
  }

  @Test
  void aChangedProof_isInvalid() {
    List<Labelled> labels = labels(50, 32);
    addInBatches(labels);
    byte[] root = tree.root();
    Labelled one = labels.getFirst();
    LabelProof proof = tree.prove(buckets, one.label());
    for (int i = 0; i < proof.siblings().size(); i++) {
      List<byte[]> changed = new ArrayList<>(proof.siblings());
      changed.set(i, new byte[32]);
      if (!java.util.Arrays.equals(proof.siblings().get(i), new byte[32])) {
        assertInvalid(new LabelProof(changed, proof.end()), one.label(), root);
      }
      changed.remove(i);
      assertInvalid(new LabelProof(changed, proof.end()), one.label(), root);
    }
    assertInvalid(new LabelProof(proof.siblings(), java.util.Optional.empty()), one.label(), root);
    assertInvalid(
        new LabelProof(proof.siblings(), java.util.Optional.of(new Labelled(one.label(), 999))),
        one.label(),
        root);
    Labelled elsewhere = labels.get(1);
    assertInvalid(
        new LabelProof(tree.prove(buckets, elsewhere.label()).siblings(), proof.end()),
        one.label(),
        root);
    assertInvalid(tree.prove(buckets, elsewhere.label()), one.label(), root);
    assertInvalid(
        new LabelProof(Collections.nCopies(257, new byte[32]), proof.end()), one.label(), root);
  }

  private static void assertInvalid(LabelProof proof, byte[] label, byte[] root) {
    assertThat(proof.verify(label, root)).isEqualTo(new LabelProof.Finding.Invalid());
  }

  private void assertProven(List<Labelled> labels) {
    byte[] root = tree.root();
    for (Labelled each : labels) {
      assertThat(tree.prove(buckets, each.label()).verify(each.label(), root))
          .isEqualTo(new LabelProof.Finding.Found(each.index()));
      byte[] near = each.label();
      near[random.nextInt(32)] ^= (byte) (1 << random.nextInt(8));
      boolean there = labels.stream().anyMatch(l -> l.is(near));
      if (!there) {
        assertThat(tree.prove(buckets, near).verify(near, root))
            .isEqualTo(new LabelProof.Finding.Absent());
      }
    }
  }

  private void addInBatches(List<Labelled> labels) {
    for (int from = 0; from < labels.size(); ) {
      int to = Math.min(labels.size(), from + 1 + random.nextInt(700));
      assertThat(tree.add(buckets, labels.subList(from, to))).isEmpty();
      from = to;
    }
  }

  private List<Labelled> labels(int count, int length) {
    List<Labelled> labels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] label = new byte[length];
      random.nextBytes(label);
      labels.add(new Labelled(label, i));
    }
    return labels;
  }

  /** The definition, word for word, with nothing stored. */
  private static byte[] naive(List<Labelled> labels, int depth) throws Exception {
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    if (labels.isEmpty()) {
      return new byte[32];
    }
    if (labels.size() == 1) {
      sha.update((byte) 2);
      sha.update(labels.getFirst().label());
      return sha.digest(ByteBuffer.allocate(8).putLong(labels.getFirst().index()).array());
    }
    List<Labelled> left = new ArrayList<>();
    List<Labelled> right = new ArrayList<>();
    for (Labelled each : labels) {
      int bit = each.label()[depth / 8] >> (7 - depth % 8) & 1;
      (bit == 0 ? left : right).add(each);
    }
    sha.update((byte) 3);
    sha.update(naive(left, depth + 1));
    return sha.digest(naive(right, depth + 1));
  }

  private static final class Memory implements LabelTree.Buckets<RuntimeException> {
    record Summary(int labels, byte[] hash) {}

    final Map<Integer, byte[]> records = new HashMap<>();
    final Map<Integer, Summary> summaries = new HashMap<>();

    @Override
    public byte[] read(int prefix) {
      return records.getOrDefault(prefix, new byte[0]);
    }

    @Override
    public void write(int prefix, byte[] bytes, int labels, byte[] hash) {
      records.put(prefix, bytes);
      summaries.put(prefix, new Summary(labels, hash));
    }
  }
}
