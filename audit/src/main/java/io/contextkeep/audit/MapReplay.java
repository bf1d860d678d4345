package io.contextkeep.audit;

import io.contextkeep.audit.labels.LabelTree;
import io.contextkeep.audit.labels.Labelled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Rebuilds the index of labels from the entries, without any key, and compares each root that the
 * log recorded with its own. It holds every label of the log in memory: 40 bytes each.
 */
final class MapReplay {
  private final Consumer<String> problems;
  private final LabelTree tree = new LabelTree();
  private final InMemory buckets = new InMemory();

  /** The labels that no recorded root covers yet. */
  private final Deque<Labelled> waiting = new ArrayDeque<>();

  private long covered;
  private long roots;

  MapReplay(Consumer<String> problems) {
    this.problems = problems;
  }

  /** Adds the next entry, in order. */
  void entry(long index, String leaf) {
    if (Leaf.word(leaf, "type").equals(EntryType.MAP_ROOT.code())) {
      MapRoot.said(leaf)
          .filter(said -> said.size() <= index && said.size() >= covered)
          .ifPresentOrElse(
              said -> compare(index, said),
              () -> problems.accept("entry " + index + " records no root of the index"));
    }
    labels(index, Leaf.labels(leaf));
  }

  /** Adds the next entry, of which only the labels are known. */
  void labels(long index, List<byte[]> labels) {
    labels.forEach(label -> waiting.add(new Labelled(label, index)));
  }

  /** Checks after the last entry that no label occurred twice. */
  void end() {
    cover(Long.MAX_VALUE);
  }

  long roots() {
    return roots;
  }

  private void compare(long index, MapRoot said) {
    covered = said.size();
    cover(covered);
    if (!Arrays.equals(tree.root(), said.rootBytes())) {
      problems.accept("entry " + index + " records a false root of the index");
    }
    roots++;
  }

  private void cover(long size) {
    List<Labelled> next = new ArrayList<>();
    while (!waiting.isEmpty() && waiting.element().index() < size) {
      next.add(waiting.remove());
    }
    for (Labelled twice : tree.add(buckets, next)) {
      problems.accept("the label of entry " + twice.index() + " belongs to another entry already");
    }
  }

  private static final class InMemory implements LabelTree.Buckets<RuntimeException> {
    private final Map<Integer, byte[]> records = new HashMap<>();

    @Override
    public byte[] read(int prefix) {
      return records.getOrDefault(prefix, new byte[0]);
    }

    @Override
    public void write(int prefix, byte[] bytes, int labels, byte[] hash) {
      records.put(prefix, bytes);
    }
  }
}
