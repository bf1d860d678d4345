package io.contextkeep.audit.labels;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The path from the root of the prefix tree to the place of a label, or where it would be: the
 * hashes beside it, deepest first, and the label at its end, if there is one.
 */
public record LabelProof(List<byte[]> siblings, Optional<Labelled> end) {
  private static final int BITS = 8 * Labelled.LENGTH;

  public LabelProof {
    siblings = List.copyOf(siblings);
  }

  /** Returns what the proof shows about the label, if the tree has that root. */
  public Finding verify(byte[] label, byte[] root) {
    int depth = siblings.size();
    boolean onTheWay = end.isEmpty() || sharesPrefix(label, end.get().label(), depth);
    if (depth > BITS || label.length != Labelled.LENGTH || !onTheWay) {
      return new Finding.Invalid();
    }
    byte[] hash =
        end.map(e -> LabelHashes.leaf(e.label(), e.index())).orElseGet(LabelHashes::empty);
    for (byte[] sibling : siblings) {
      depth--;
      hash =
          LabelHashes.bit(label, depth)
              ? LabelHashes.node(sibling, hash)
              : LabelHashes.node(hash, sibling);
    }
    if (!Arrays.equals(hash, root)) {
      return new Finding.Invalid();
    }
    return end.filter(e -> e.is(label))
        .<Finding>map(e -> new Finding.Found(e.index()))
        .orElseGet(Finding.Absent::new);
  }

  private static boolean sharesPrefix(byte[] one, byte[] other, int bits) {
    for (int i = 0; i < Math.min(bits, BITS); i++) {
      if (LabelHashes.bit(one, i) != LabelHashes.bit(other, i)) {
        return false;
      }
    }
    return true;
  }

  /** The result of a proof. */
  public sealed interface Finding {
    /** The entry of that index has the label. */
    record Found(long index) implements Finding {}

    /** No entry has the label. */
    record Absent() implements Finding {}

    /** The proof is invalid. */
    record Invalid() implements Finding {}
  }
}
