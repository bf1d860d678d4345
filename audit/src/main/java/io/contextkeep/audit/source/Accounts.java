package io.contextkeep.audit.source;

import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.Wire;
import java.util.OptionalLong;

/**
 * A log's account of its private parts at one of its checkpoints. As text it is the checkpoint's
 * note, followed by the number of entries that still have their private part.
 */
public record Accounts(Note checkpoint, long sealed) {
  private static final String SEALED = "sealed ";

  /**
   * Parses the text.
   *
   * @throws MalformedNote if it is malformed
   */
  public static Accounts parse(String text) {
    int line = text.lastIndexOf(SEALED);
    OptionalLong sealed =
        line > 0 && text.endsWith("\n")
            ? Wire.number(text.substring(line + SEALED.length(), text.length() - 1))
            : OptionalLong.empty();
    if (sealed.isEmpty()) {
      throw new MalformedNote("The accounts do not have the number of private parts");
    }
    return new Accounts(Note.parse(text.substring(0, line)), sealed.getAsLong());
  }

  /** Returns the number of entries in the ranges of an evidence bundle. */
  static long count(String ranges) {
    long count = 0;
    for (String range : ranges.lines().toList()) {
      int dash = range.indexOf('-');
      OptionalLong from = Wire.number(range.substring(0, Math.max(0, dash)));
      OptionalLong to = Wire.number(range.substring(dash + 1));
      if (from.isEmpty() || to.isEmpty() || from.getAsLong() > to.getAsLong()) {
        throw new MalformedNote("The list of sealed entries has a line that is not a range");
      }
      count += to.getAsLong() - from.getAsLong() + 1;
    }
    return count;
  }

  @Override
  public String toString() {
    return checkpoint + SEALED + sealed + "\n";
  }
}
