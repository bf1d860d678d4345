package io.contextkeep.vault.registry;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import com.networknt.schema.regex.RegularExpression;

/**
 * A regular expression from outside. It is matched by RE2/J, in time that grows with the length of
 * the text times the {@link #size} of the pattern at most, so no text makes it run away. What RE2
 * cannot do (lookaround, back references, possessive repeats) is refused.
 *
 * <p>RE2/J writes out counted repeats, so {@code ((a{1000}){1000}){1000}} would fill the memory
 * while it is compiled: the size is counted before.
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
   * @throws IllegalArgumentException if it is no pattern, or one of another kind or too large
   */
  static LinearPattern compile(String text) {
    if (new Size(text).counted() > MAX_SIZE) {
      throw new IllegalArgumentException(
          "A pattern has at most " + MAX_SIZE + " steps when its repeats are written out");
    }
    try {
      Pattern pattern = Pattern.compile(text);
      return new LinearPattern(pattern, pattern.programSize());
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "A pattern is a regular expression of RE2: without lookaround, back references and"
              + " possessive repeats, with \\x{e9} for \\u00e9",
          e);
    }
  }

  /** How many steps the pattern takes for a character at most. */
  int size() {
    return size;
  }

  /** Says whether the pattern is found anywhere in the text, as JSON Schema asks. */
  @Override
  public boolean matches(String text) {
    return pattern.matcher(text).find();
  }

  /** Counts a pattern's steps without compiling it. What is no pattern may have any count. */
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
        throw new IllegalArgumentException("Groups in a pattern are nested at most 50 deep");
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

    /** The larger number of {@code {2,5}}; 1 where the brace is only a brace. */
    private long repeats() {
      int end = text.indexOf('}', at);
      long most = 1;
      long number = 0;
      for (int i = at; i < end; i++) {
        char c = text.charAt(i);
        if (c == ',') {
          number = 0;
        } else if (c >= '0' && c <= '9') {
          number = Math.min(10 * number + (c - '0'), MAX_SIZE + 1L);
          most = Math.max(most, number);
        } else {
          return 1;
        }
      }
      at = Math.max(at, end + 1);
      return most + 1;
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
            "A pattern quotes with \\ before each sign, not with \\Q");
      }
      at = named ? Math.max(at + 2, text.indexOf('}', at) + 1) : at + 1;
      return 1;
    }
  }
}
