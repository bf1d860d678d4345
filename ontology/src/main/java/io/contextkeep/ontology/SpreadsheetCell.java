package io.contextkeep.ontology;

import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * A cell of a table for spreadsheets. A text that a spreadsheet would evaluate as a formula gets an
 * apostrophe before it; numbers, also negative ones, stay unchanged.
 */
public final class SpreadsheetCell {
  private static final String FORMULA_STARTS = "=+-@";
  private static final String CONTROL_STARTS = "\t\r\n";
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private SpreadsheetCell() {}

  /** Returns the text, with an apostrophe before it if it begins like a formula. */
  public static String safe(String text) {
    return beginsLikeFormula(text) && !NUMBER.matcher(text).matches() ? "'" + text : text;
  }

  /**
   * Normalises the text as spreadsheets do: they trim invisible characters, and some treat a
   * fullwidth sign like the plain one.
   */
  private static boolean beginsLikeFormula(String text) {
    if (text.isEmpty()) {
      return false;
    }
    if (CONTROL_STARTS.indexOf(text.charAt(0)) >= 0) {
      return true;
    }
    int first = text.codePoints().filter(c -> !isInvisible(c)).findFirst().orElse(' ');
    String plain = Normalizer.normalize(Character.toString(first), Normalizer.Form.NFKC);
    return FORMULA_STARTS.indexOf(plain.codePointAt(0)) >= 0;
  }

  private static boolean isInvisible(int character) {
    return switch (Character.getType(character)) {
      case Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.CONTROL,
          Character.FORMAT ->
          true;
      default -> false;
    };
  }
}
