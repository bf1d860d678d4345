package io.contextkeep.audit;

import io.contextkeep.audit.labels.LabelProof;
import io.contextkeep.audit.labels.Labelled;
import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.audit.tree.Proofs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * The entries about a customer with the proof that there are no others. The customer's labels are
 * numbered without gaps, so it is enough to find those from 0 on and to see that the index whose
 * root the log recorded has none of those that follow the last.
 *
 * <p>It proves nothing about an entry that was never written, or written under another label. And
 * it covers the first entries of the log, up to the recorded root; the next proof covers later
 * entries.
 *
 * @param root the entry that records the index's root
 * @param accesses the customer's entries, or a part of them in order
 * @param absences proofs that no entry has the labels after the customer's last
 * @param later entries after those that the root covers, to be searched
 */
public record AccessProof(
    Entry root, List<Access> accesses, List<Absence> absences, List<Entry> later, Note checkpoint) {
  /** The number of labels after the last that must be absent, to detect a list with a gap. */
  public static final int WINDOW = 64;

  static final int MAX_TAIL = 512;

  /** An entry of the log, with its path to the root. */
  public record Entry(long index, String leaf, List<byte[]> path) {
    public Entry {
      path = List.copyOf(path);
    }

    private boolean isIn(Checkpoint tree) {
      byte[] hash = Hashes.leaf(leaf.getBytes(StandardCharsets.UTF_8));
      return Proofs.verifyInclusion(hash, index, tree.size(), path, tree.root());
    }
  }

  /**
   * An entry about the customer.
   *
   * @param n its number among the customer's
   * @param siblings the hashes beside the label's path in the index
   */
  public record Access(long n, Entry entry, List<byte[]> siblings) {
    public Access {
      siblings = List.copyOf(siblings);
    }
  }

  /** The proof that no entry has the label of a number. */
  public record Absence(long n, LabelProof proof) {}

  public AccessProof {
    accesses = List.copyOf(accesses);
    absences = List.copyOf(absences);
    later = List.copyOf(later);
  }

  /**
   * Parses a proof.
   *
   * @throws io.contextkeep.audit.note.MalformedNote naming the fault
   */
  public static AccessProof parse(String text) {
    return AccessProofText.parse(text);
  }

  /**
   * Checks the proof against the customer's own data, and that the first entry about the customer
   * commits to the key that they hold: a vault that gave them another key would show the list of
   * that key.
   *
   * @param policy the keys that the customer trusts to sign the log
   */
  public Verdict verify(ViewKey key, TrustPolicy policy) {
    boolean enrolled = accesses.isEmpty() || accesses.getFirst().n() > 0 || enrols(key);
    return enrolled
        ? verify(key::label, policy)
        : new Verdict.Refuted("the customer's first entry does not commit to this view key");
  }

  private boolean enrols(ViewKey key) {
    String first = accesses.getFirst().entry().leaf();
    return Leaf.word(first, "type").equals(EntryType.ENROL.code())
        && Leaf.word(first, AuditEntry.VIEW_KEY).equals(key.commitment());
  }

  /**
   * Checks the proof against the customer's labels alone.
   *
   * @param labels the customer's labels, from their {@link ViewKey}
   * @param policy the keys that the customer trusts to sign the log
   */
  public Verdict verify(LongFunction<byte[]> labels, TrustPolicy policy) {
    return switch (policy.check(checkpoint)) {
      case TrustPolicy.Verdict.Rejected rejected ->
          new Verdict.Refuted("the checkpoint is not trusted: " + rejected.why());
      case TrustPolicy.Verdict.Accepted accepted -> new Check(labels, accepted.checkpoint()).run();
    };
  }

  /** Returns the proof as text. */
  @Override
  public String toString() {
    return AccessProofText.format(this);
  }

  /** The result of {@link #verify}. */
  public sealed interface Verdict {
    /**
     * A valid proof.
     *
     * @param entries the listed entries, oldest first, including later ones
     * @param total the number of entries up to the recorded root
     * @param covered the number of entries of the log that were searched
     * @param recorded the time of the root, in milliseconds since 1970
     * @param beyond the number of later entries, without the root's own
     */
    record Complete(List<Entry> entries, long total, long covered, long recorded, long beyond)
        implements Verdict {
      public Complete {
        entries = List.copyOf(entries);
      }

      /** Returns whether all entries were listed, and not a part. */
      public boolean whole() {
        return entries.size() >= total;
      }
    }

    /** An invalid proof. */
    record Refuted(String why) implements Verdict {}
  }

  /** A check in steps, of which the first that fails ends it. */
  private final class Check {
    private final LongFunction<byte[]> labels;
    private final Checkpoint tree;
    private Optional<String> fault = Optional.empty();

    Check(LongFunction<byte[]> labels, Checkpoint tree) {
      this.labels = labels;
      this.tree = tree;
    }

    Verdict run() {
      Optional<MapRoot> said = MapRoot.said(root.leaf());
      if (said.isEmpty() || !root.isIn(tree)) {
        return new Verdict.Refuted("the index's root is not recorded in the log");
      }
      MapRoot map = said.get();
      long total = absences.isEmpty() ? 0 : absences.getFirst().n();
      checkPresent(map);
      checkAbsent(map, total);
      List<Entry> hers = new ArrayList<>(accesses.stream().map(Access::entry).toList());
      hers.addAll(checkLater(map, total));
      return fault
          .<Verdict>map(Verdict.Refuted::new)
          .orElseGet(() -> complete(hers, total, map.size() + later.size()));
    }

    private Verdict.Complete complete(List<Entry> hers, long total, long covered) {
      long beyond = tree.size() - covered - (root.index() >= covered ? 1 : 0);
      return new Verdict.Complete(hers, total, covered, Leaf.number(root.leaf(), "time"), beyond);
    }

    private void checkPresent(MapRoot map) {
      long expected = accesses.isEmpty() ? 0 : accesses.getFirst().n();
      for (Access access : accesses) {
        byte[] label = labels.apply(access.n());
        LabelProof found =
            new LabelProof(
                access.siblings(), Optional.of(new Labelled(label, access.entry().index())));
        require(access.n() == expected++, "the entries are not numbered consecutively");
        require(access.entry().index() < map.size(), "an entry is newer than the index");
        require(access.entry().isIn(tree), "an entry is not in the log");
        require(carries(access.entry(), label), "an entry does not have its label");
        require(
            found.verify(label, map.rootBytes()) instanceof LabelProof.Finding.Found,
            "the index does not say where an entry is");
      }
    }

    private void checkAbsent(MapRoot map, long total) {
      require(
          absences.size() >= WINDOW, "the proof shows too few labels after the last to be absent");
      require(
          accesses.isEmpty() || accesses.getLast().n() < total,
          "the labels shown to be absent begin before the last entry");
      long expected = total;
      for (Absence absence : absences) {
        require(absence.n() == expected++, "the labels after the last are not shown in order");
        require(
            absence.proof().verify(labels.apply(absence.n()), map.rootBytes())
                instanceof LabelProof.Finding.Absent,
            "an entry about the customer is in the index but not in the list");
      }
    }

    /** Searches the entries that the index does not cover for the customer's. */
    private List<Entry> checkLater(MapRoot map, long total) {
      List<byte[]> next = new ArrayList<>();
      for (long n = total; n < total + WINDOW; n++) {
        next.add(labels.apply(n));
      }
      long expected = map.size();
      List<Entry> hers = new ArrayList<>();
      for (Entry entry : later) {
        require(entry.index() == expected++, "the later entries are not shown in order");
        require(entry.isIn(tree), "a later entry is not in the log");
        if (next.stream().anyMatch(label -> carries(entry, label))) {
          hers.add(entry);
        }
      }
      return hers;
    }

    private void require(boolean holds, String otherwise) {
      if (!holds && fault.isEmpty()) {
        fault = Optional.of(otherwise);
      }
    }
  }

  private static boolean carries(Entry entry, byte[] label) {
    return Leaf.labels(entry.leaf()).stream().anyMatch(l -> Arrays.equals(l, label));
  }
}
