package io.contextkeep.audit.note;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A C2SP signed note: text with signatures. Its text must not be trusted before {@link #verify} has
 * found a signature of a trusted key.
 *
 * @param text ends with a newline
 */
public record Note(String text, List<NoteSignature> signatures) {
  /** The most signatures; the specification requires at least 16. */
  static final int MAX_SIGNATURES = 100;

  private static final int MAX_BYTES = 1_000_000;
  private static final String SPLIT = "\n\n";

  /**
   * @throws MalformedNote if a note cannot have this text, or there is no signature
   */
  public Note {
    if (text.isEmpty() || !text.endsWith("\n") || !isText(text)) {
      throw new MalformedNote("A note must have UTF-8 lines without control characters");
    }
    if (signatures.isEmpty() || signatures.size() > MAX_SIGNATURES) {
      throw new MalformedNote("A note has 1 to " + MAX_SIGNATURES + " signatures");
    }
    signatures = List.copyOf(signatures);
  }

  /**
   * Parses bytes.
   *
   * @throws MalformedNote naming the fault
   */
  public static Note parse(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new MalformedNote("A note may have at most " + MAX_BYTES + " bytes");
    }
    try {
      return parse(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw new MalformedNote("A note is UTF-8");
    }
  }

  /**
   * Parses text.
   *
   * @throws MalformedNote naming the fault
   */
  public static Note parse(String note) {
    int split = note.lastIndexOf(SPLIT);
    if (split < 0 || note.length() > MAX_BYTES || !note.endsWith("\n") || !isText(note)) {
      throw new MalformedNote("A note must have text, an empty line and signature lines");
    }
    String signed = note.substring(split + SPLIT.length());
    List<NoteSignature> signatures = new ArrayList<>();
    for (int at = 0; at < signed.length(); ) {
      int end = signed.indexOf('\n', at);
      signatures.add(NoteSignature.parse(signed.substring(at, end)));
      at = end + 1;
    }
    return new Note(note.substring(0, split + 1), signatures);
  }

  /** Signs the text with each key. */
  public static Note sign(String text, Collection<SignerKey> keys) {
    return new Note(text, keys.stream().map(key -> key.sign(text)).toList());
  }

  /** Returns the note with more signatures, without duplicates. */
  public Note with(Collection<NoteSignature> more) {
    List<NoteSignature> all = new ArrayList<>(signatures);
    more.stream().filter(signature -> !all.contains(signature)).forEach(all::add);
    return new Note(text, all);
  }

  /**
   * Returns which of the known keys signed. Signatures of other keys are ignored, even if they
   * share the name or the id of a known one; an invalid signature of a known key makes the whole
   * note invalid.
   */
  public Verdict verify(Collection<VerifierKey> known) {
    List<VerifierKey> signers = new ArrayList<>();
    for (NoteSignature signature : signatures) {
      for (VerifierKey key : known) {
        if (key.claims(signature)) {
          if (!key.verifies(text, signature)) {
            return new Verdict.Rejected("the signature of " + key.name() + " is false");
          }
          signers.add(key);
        }
      }
    }
    return signers.isEmpty()
        ? new Verdict.Rejected("no known key signed it")
        : new Verdict.Signed(signers);
  }

  /** The result of {@link #verify}. */
  public sealed interface Verdict {
    /**
     * A valid note: at least one known key signed, and none of the known keys' signatures is false.
     *
     * @param by every known key that signed; never empty
     */
    record Signed(List<VerifierKey> by) implements Verdict {
      public Signed {
        by = List.copyOf(by);
      }
    }

    record Rejected(String why) implements Verdict {}
  }

  /** Returns the note as text. */
  @Override
  public String toString() {
    return text + "\n" + signatures.stream().map(NoteSignature::line).collect(Collectors.joining());
  }

  /** Returns whether the text has only printable lines of well-formed Unicode. */
  private static boolean isText(String text) {
    return text.codePoints()
        .noneMatch(c -> (c < 0x20 && c != '\n') || (c >= 0xd800 && c <= 0xdfff));
  }
}
