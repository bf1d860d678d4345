package io.contextkeep.vault.registry;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import com.networknt.schema.regex.RegularExpression;

/**
 * A regular expression of an operator. RE2/J matches it in time proportional to the length of the
 * text and the {@link #size} of the pattern at most. Patterns that RE2 does not support
 * (lookaround, back references, possessive repeats) are refused.
 *
 * <p>RE2/J expands counted repeats, so compiling {@code ((a{1000}){1000}){1000}} would fill the
 * memory. The size is therefore counted before.
 */
final class LinearPattern implements RegularExpression {
  static final int MAX_SIZE = 1_000;
  private static final int MAX_DEPTH = 50;

  private final Pattern pattern;
  private final int size;

  private LinearPattern(Pattern pattern, int size) {
    this.pattern = pattern;
    this.size = size;
  }

  /**
   * Compiles a pattern.
   *
   * @throws IllegalArgumentException if the pattern is invalid, unsupported or too large
   */
  static LinearPattern compile(String text) {
    if (new Size(text).counted() > MAX_SIZE) {
      throw new IllegalArgumentException(
          "a pattern must have at most " + MAX_SIZE + " steps when its repeats are expanded");
    }
    try {
      Pattern pattern = Pattern.compile(text);
      return new LinearPattern(pattern, pattern.programSize());
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "a pattern must be a regular expression of RE2: without lookaround, back references and"
              + " possessive repeats, with \\x{e9} for \\u00e9",
          e);
    }
  }

  /** Returns the maximum number of steps for a character. */
  int size() {
    return size;
  }

  /** Returns whether the pattern matches anywhere in the text, as JSON Schema requires. */
  @Override
  public boolean matches(String text) {
    return pattern.matcher(text).find();
  }

  /** The count of a pattern's steps, made without compiling it; any for an invalid pattern. */
  private static final class Size {
    private final String text;
    private int at;

    Size(String text) {
      this.text = text;
    }

    long counted() {
      return group(0);
    }

    /** Counts up to the end of the group, or of the text. */
    private long group(int depth) {
      if (depth > MAX_DEPTH) {
        throw new IllegalArgumentException("groups in a pattern must be nested at most 50 deep");
      }
      long all = 0;
      long last = 0;
      while (at < text.length() && all <= MAX_SIZE) {
        char c = text.charAt(at++);
        switch (c) {
          case ')' -> {
            return all + 2;
          }
          case '{' -> {
            long repeated = last * repeats();
            all += repeated - last;
            last = repeated;
          }
          case '*', '+', '?', '|' -> all++;
          default -> {
            last =
                switch (c) {
                  case '(' -> group(depth + 1);
                  case '[' -> characters();
                  case '\\' -> escaped();
                  default -> 1;
                };
            all += last;
          }
        }
      }
      return all;
    }

    /** Returns the larger number of {@code {2,5}}; 1 if the brace is literal. */
    private long repeats() {
      int end = text.indexOf('}', at);
      long max = 1;
      long number = 0;
      for (int i = at; i < end; i++) {
        char c = text.charAt(i);
        if (c == ',') {
          number = 0;
        } else if (c >= '0' && c <= '9') {
          number = Math.min(10 * number + (c - '0'), MAX_SIZE + 1L);
          max = Math.max(max, number);
        } else {
          return 1;
        }
      }
      at = Math.max(at, end + 1);
      return max + 1;
    }

    private long characters() {
      int first = at;
      while (at < text.length() && (text.charAt(at) != ']' || at == first)) {
        at += text.charAt(at) == '\\' ? 2 : 1;
      }
      at++;
      return 1;
    }

    private long escaped() {
      boolean named =
          text.startsWith("p{", at) || text.startsWith("P{", at) || text.startsWith("x{", at);
      if (text.startsWith("Q", at)) {
        throw new IllegalArgumentException(
            "a pattern must quote each character with \\, not with \\Q");
      }
      at = named ? Math.max(at + 2, text.indexOf('}', at) + 1) : at + 1;
      return 1;
    }
  }
}
