package io.contextkeep.client;

import java.util.regex.Pattern;

/** The forms of names and codes of the API. */
final class Texts {
  /** The name of an attribute. */
  static final Pattern ATTRIBUTE = Pattern.compile("[a-z][a-z0-9_]{0,62}");

  /** A reason, mask or obligation. */
  static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");

  /** The code of a problem. */
  static final Pattern PROBLEM = Pattern.compile("[a-z][a-z0-9_]{0,63}");

  /** The id of a source, batch or decision. */
  static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  private Texts() {}

  /**
   * Returns whether a text survives the exchange: it has no control characters and no lone
   * surrogates, which UTF-8 would silently change.
   */
  static boolean areSound(String text) {
    return text.codePoints()
        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
  }
}
