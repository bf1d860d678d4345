package io.contextkeep.audit.proof;

import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.Wire;
import io.contextkeep.audit.tree.MissingTile;
import io.contextkeep.audit.tree.ProofMaker;
import io.contextkeep.audit.tree.Proofs;
import io.contextkeep.audit.tree.TileSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A reader's memory of one log: the policy for its signatures, and the newest checkpoint seen.
 * Every checkpoint shown later must be of the same history; a log with two histories is caught by
 * any two readers, or by one reader at two times.
 *
 * <p>It is a value. Its holder stores {@link #seen} before acting on it, and continues from that
 * after a restart.
 */
public final class LogWatch {
  private final TrustPolicy policy;
  private final Optional<Note> seen;

  private LogWatch(TrustPolicy policy, Optional<Note> seen) {
    this.policy = policy;
    this.seen = seen;
  }

  /** Starts without memory: the first trusted checkpoint is accepted. */
  public static LogWatch begin(TrustPolicy policy) {
    return new LogWatch(policy, Optional.empty());
  }

  /**
   * Continues from a checkpoint that {@link #seen} returned.
   *
   * @throws io.contextkeep.audit.note.MalformedNote if it is malformed
   */
  public static LogWatch resume(TrustPolicy policy, String seen) {
    Note note = Note.parse(seen);
    Checkpoint.parse(note.text());
    return new LogWatch(policy, Optional.of(note));
  }

  /** Returns the newest checkpoint seen, to be stored. */
  public Optional<Note> seen() {
    return seen;
  }

  /**
   * Checks a checkpoint that the log shows now.
   *
   * @param tiles the log's hashes, which are verified against the checkpoint
   */
  public <E extends Exception> Outcome observe(Note shown, TileSource<E> tiles) throws E {
    return switch (policy.check(shown)) {
      case TrustPolicy.Verdict.Rejected rejected -> new Outcome.Untrusted(rejected.why());
      case TrustPolicy.Verdict.Accepted accepted ->
          seen.isEmpty()
              ? new Outcome.Consistent(new LogWatch(policy, Optional.of(shown)))
              : compare(seen.get(), shown, accepted.checkpoint(), tiles);
    };
  }

  private <E extends Exception> Outcome compare(
      Note before, Note shown, Checkpoint now, TileSource<E> tiles) throws E {
    Checkpoint then = Checkpoint.parse(before.text());
    if (!then.origin().equals(now.origin())) {
      return new Outcome.Untrusted("it belongs to another log than the watched one");
    }
    boolean grown = now.size() >= then.size();
    Checkpoint small = grown ? then : now;
    Checkpoint large = grown ? now : then;
    LogWatch next = grown ? new LogWatch(policy, Optional.of(shown)) : this;
    if (small.size() == large.size()) {
      return Arrays.equals(small.root(), large.root())
          ? new Outcome.Consistent(next)
          : new Outcome.Fork(before, shown, Optional.empty());
    }
    return small.size() == 0
        ? new Outcome.Consistent(next)
        : extended(before, shown, small, large, next, tiles);
  }

  /**
   * Derives the root of the first entries from the larger tree. Only a proved root counts: if it
   * differs from the one that was signed before, the log has signed two histories.
   */
  private static <E extends Exception> Outcome extended(
      Note before,
      Note shown,
      Checkpoint small,
      Checkpoint large,
      LogWatch next,
      TileSource<E> tiles)
      throws E {
    try {
      ProofMaker<E> tree = new ProofMaker<>(tiles, large.size());
      byte[] root = tree.root(small.size());
      List<byte[]> proof = tree.consistency(small.size());
      if (!Proofs.verifyConsistency(small.size(), large.size(), proof, root, large.root())) {
        return new Outcome.Unproven("the log's tiles do not make the root that it signed");
      }
      return Arrays.equals(root, small.root())
          ? new Outcome.Consistent(next)
          : new Outcome.Fork(before, shown, Optional.of(prefix(root, proof)));
    } catch (MissingTile e) {
      return new Outcome.Unproven("the log does not give " + e.path());
    }
  }

  private static Outcome.Prefix prefix(byte[] root, List<byte[]> proof) {
    return new Outcome.Prefix(Wire.base64(root), proof.stream().map(Wire::base64).toList());
  }

  /** The result of {@link #observe}. */
  public sealed interface Outcome {

    /** The history is the same; {@code next} has the newer of the two. */
    record Consistent(LogWatch next) implements Outcome {}

    /** No trusted key signed the checkpoint, which is no evidence about the log. */
    record Untrusted(String why) implements Outcome {}

    /** The log did not prove that its history is the same, so it must not be trusted. */
    record Unproven(String why) implements Outcome {}

    /**
     * The log signed two histories. The two notes, and the proof if the sizes differ, are evidence
     * for any third party.
     */
    record Fork(Note seen, Note shown, Optional<Prefix> prefix) implements Outcome {}

    /**
     * Returns the root of the first entries that the larger tree proves, in base64, which differs
     * from the signed one.
     */
    record Prefix(String root, List<String> proof) {
      public Prefix {
        proof = List.copyOf(proof);
      }
    }
  }
}
