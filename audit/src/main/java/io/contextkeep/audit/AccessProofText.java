package io.contextkeep.audit;

import io.contextkeep.audit.AccessProof.Absence;
import io.contextkeep.audit.AccessProof.Access;
import io.contextkeep.audit.AccessProof.Entry;
import io.contextkeep.audit.labels.LabelProof;
import io.contextkeep.audit.labels.Labelled;
import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.Wire;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * An access proof as text, in the manner of C2SP tlog-proof. After a header come sections, each a
 * line of words followed by lines of hashes in base64: the entry that records the root ({@code root
 * <index> <leaf>}), for each of the customer's entries {@code access <n> <index> <leaf>} with the
 * path in the log and {@code label} with the hashes beside the path in the index, for each absent
 * label {@code absent <n>} and the label in its place, if there is one ({@code <label> <index>}),
 * and {@code later <index> <leaf>} for what the root does not cover. An empty line and the
 * checkpoint end it.
 */
final class AccessProofText {
  private static final String HEADER = "contextkeep/access-proof@v1\n";

  private final Deque<String> lines;

  private AccessProofText(Deque<String> lines) {
    this.lines = lines;
  }

  static String format(AccessProof proof) {
    StringBuilder out = new StringBuilder(HEADER);
    entry(out, "root", proof.root());
    for (Access access : proof.accesses()) {
      entry(out, "access " + access.n(), access.entry());
      out.append("label\n");
      hashes(out, access.siblings());
    }
    for (Absence absence : proof.absences()) {
      out.append("absent ").append(absence.n());
      absence
          .proof()
          .end()
          .ifPresent(
              end ->
                  out.append(' ').append(Wire.base64(end.label())).append(' ').append(end.index()));
      out.append('\n');
      hashes(out, absence.proof().siblings());
    }
    proof.later().forEach(entry -> entry(out, "later", entry));
    return out.append('\n').append(proof.checkpoint()).toString();
  }

  static AccessProof parse(String text) {
    int end = text.indexOf("\n\n");
    if (!text.startsWith(HEADER) || end < HEADER.length()) {
      throw new MalformedNote("An access proof must begin with " + HEADER.strip());
    }
    Deque<String> lines =
        new ArrayDeque<>(List.of(text.substring(HEADER.length(), end).split("\n", -1)));
    return new AccessProofText(lines).read(Note.parse(text.substring(end + 2)));
  }

  private AccessProof read(Note checkpoint) {
    Entry root = entry(words("root", 3), 1);
    List<Access> accesses = new ArrayList<>();
    while (nextIs("access")) {
      List<String> words = words("access", 4);
      Entry entry = entry(words, 2);
      words("label", 1);
      accesses.add(new Access(number(words.get(1)), entry, hashes()));
    }
    List<Absence> absences = new ArrayList<>();
    while (nextIs("absent")) {
      List<String> words = List.of(lines.remove().split(" ", -1));
      if (words.size() != 2 && words.size() != 4) {
        throw new MalformedNote(
            "An absence must be a number, with or without a label and its entry");
      }
      Optional<Labelled> end =
          words.size() == 2
              ? Optional.empty()
              : Optional.of(new Labelled(hash(words.get(2)), number(words.get(3))));
      absences.add(new Absence(number(words.get(1)), new LabelProof(hashes(), end)));
    }
    List<Entry> later = new ArrayList<>();
    while (nextIs("later")) {
      later.add(entry(words("later", 3), 1));
    }
    if (!lines.isEmpty()) {
      throw new MalformedNote("The proof has a line that is out of place");
    }
    return new AccessProof(root, accesses, absences, later, checkpoint);
  }

  private boolean nextIs(String word) {
    return !lines.isEmpty() && lines.element().startsWith(word + " ");
  }

  private List<String> words(String first, int count) {
    List<String> words = lines.isEmpty() ? List.of() : List.of(lines.remove().split(" ", -1));
    if (words.size() != count || !words.getFirst().equals(first)) {
      throw new MalformedNote("The proof lacks a line that begins with " + first);
    }
    return words;
  }

  private Entry entry(List<String> words, int at) {
    byte[] leaf = Wire.bytes(words.get(at + 1)).orElseThrow(AccessProofText::notBase64);
    return new Entry(number(words.get(at)), new String(leaf, StandardCharsets.UTF_8), hashes());
  }

  /** Returns the lines of hashes up to the next section. */
  private List<byte[]> hashes() {
    List<byte[]> hashes = new ArrayList<>();
    while (!lines.isEmpty() && lines.element().length() == 44) {
      Optional<byte[]> hash = Wire.hash(lines.element());
      if (hash.isEmpty()) {
        return hashes;
      }
      hashes.add(hash.get());
      lines.remove();
    }
    return hashes;
  }

  private static byte[] hash(String word) {
    return Wire.hash(word).orElseThrow(AccessProofText::notBase64);
  }

  private static long number(String word) {
    return Wire.number(word).orElseThrow(() -> new MalformedNote("A number is not one"));
  }

  private static MalformedNote notBase64() {
    return new MalformedNote("A word of the proof is not valid base64");
  }

  private static void entry(StringBuilder out, String words, Entry entry) {
    byte[] leaf = entry.leaf().getBytes(StandardCharsets.UTF_8);
    out.append(words).append(' ').append(entry.index()).append(' ').append(Wire.base64(leaf));
    out.append('\n');
    hashes(out, entry.path());
  }

  private static void hashes(StringBuilder out, List<byte[]> hashes) {
    hashes.forEach(hash -> out.append(Wire.base64(hash)).append('\n'));
  }
}
