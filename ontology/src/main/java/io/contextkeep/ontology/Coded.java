package io.contextkeep.ontology;

import java.util.Locale;

/**
 * An enum whose constants have codes in requests, answers and the log. All codes of the API have
 * one spelling, the constant's name in lower case with hyphens; a constant overrides it only where
 * another vocabulary names it.
 */
public interface Coded {
  /** Returns the constant's name, which every enum has. */
  String name();

  /** Returns the code. */
  default String code() {
    return spelled(name());
  }

  /** Returns the code of a constant, also of an enum that has no code of its own. */
  static String of(Enum<?> constant) {
    return constant instanceof Coded coded ? coded.code() : spelled(constant.name());
  }

  private static String spelled(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
