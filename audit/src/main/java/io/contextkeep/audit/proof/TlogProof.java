package io.contextkeep.audit.proof;

import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.Wire;
import io.contextkeep.audit.tree.Proofs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A receipt that can be kept and checked offline for ever (C2SP tlog-proof): an entry's index, the
 * path from it to the root, and the checkpoint that signs the root. It proves that the entry is in
 * the log; the reader's policy says whose signature counts.
 */
public final class TlogProof {
  /** The name extension of a stored receipt. */
  public static final String EXTENSION = ".tlog-proof";

  private static final String HEADER = "c2sp.org/tlog-proof@v1\n";
  private static final String EXTRA = "extra ";
  private static final String INDEX = "index ";

  private final Optional<byte[]> extra;
  private final long index;
  private final List<byte[]> path;
  private final Note checkpoint;

  private TlogProof(Optional<byte[]> extra, long index, List<byte[]> path, Note checkpoint) {
    this.extra = extra;
    this.index = index;
    this.path = List.copyOf(path);
    this.checkpoint = checkpoint;
  }

  public static TlogProof of(long index, List<byte[]> path, Note checkpoint) {
    return new TlogProof(Optional.empty(), index, path, checkpoint);
  }

  /**
   * Parses a receipt.
   *
   * @throws MalformedNote naming the fault
   */
  public static TlogProof parse(String text) {
    int end = text.indexOf("\n\n");
    if (!text.startsWith(HEADER) || end < HEADER.length()) {
      throw new MalformedNote("A receipt begins with " + HEADER.strip() + " and lines of a proof");
    }
    List<String> lines =
        new ArrayList<>(List.of(text.substring(HEADER.length(), end).split("\n", -1)));
    Optional<byte[]> extra = Optional.empty();
    if (lines.getFirst().startsWith(EXTRA)) {
      extra =
          Optional.of(
              Wire.bytes(lines.removeFirst().substring(EXTRA.length()))
                  .orElseThrow(TlogProof::notBase64));
    }
    if (lines.isEmpty() || !lines.getFirst().startsWith(INDEX)) {
      throw new MalformedNote("A receipt must name the index of its entry");
    }
    long index =
        Wire.number(lines.removeFirst().substring(INDEX.length()))
            .orElseThrow(() -> new MalformedNote("An index must be a whole number"));
    List<byte[]> path = new ArrayList<>();
    for (String line : lines) {
      path.add(Wire.hash(line).orElseThrow(TlogProof::notBase64));
    }
    return new TlogProof(extra, index, path, Note.parse(text.substring(end + 2)));
  }

  public long index() {
    return index;
  }

  /** Returns the log's extra data, which is not verified. */
  public Optional<byte[]> extra() {
    return extra.map(byte[]::clone);
  }

  public Note checkpoint() {
    return checkpoint;
  }

  /** Checks that an entry with a leaf hash is at the receipt's index, in a trusted log. */
  public Verdict verify(byte[] leafHash, TrustPolicy policy) {
    return switch (policy.check(checkpoint)) {
      case TrustPolicy.Verdict.Rejected rejected ->
          new Verdict.Refuted("the checkpoint is not trusted: " + rejected.why());
      case TrustPolicy.Verdict.Accepted accepted -> {
        Checkpoint tree = accepted.checkpoint();
        yield Proofs.verifyInclusion(leafHash, index, tree.size(), path, tree.root())
            ? new Verdict.Proven(tree)
            : new Verdict.Refuted("the entry is not where the receipt says");
      }
    };
  }

  /** The result of {@link #verify}. */
  public sealed interface Verdict {
    /** The entry is in the log, under this checkpoint. */
    record Proven(Checkpoint checkpoint) implements Verdict {}

    /** The receipt proves nothing. */
    record Refuted(String why) implements Verdict {}
  }

  private static MalformedNote notBase64() {
    return new MalformedNote("A line of the receipt is not valid base64");
  }

  /** Returns the receipt as text. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(HEADER);
    extra.ifPresent(bytes -> text.append(EXTRA).append(Wire.base64(bytes)).append('\n'));
    text.append(INDEX).append(index).append('\n');
    path.forEach(hash -> text.append(Wire.base64(hash)).append('\n'));
    return text.append('\n').append(checkpoint).toString();
  }
}
