package io.contextkeep.vault.web;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Suggestions for mistyped names. Only known names are ever shown. */
public final class Nearest {
  /** Longer names get no suggestion. */
  private static final int MAX_LENGTH = 64;

  private static final int MAX_EDITS = 2;

  private Nearest() {}

  private record Candidate(String name, int edits) {}

  /** Returns "; did you mean 'purpose'?" where one of the known names is near, or nothing. */
  public static String hint(String given, Collection<String> known) {
    return of(given, known).map(name -> "; did you mean '" + name + "'?").orElse("");
  }

  /**
   * Returns the detail for an unknown name. The name itself is shown only if it is close to a known
   * one, because even a name may be personal data.
   *
   * @param what the kind of name, such as "field"
   * @param at the path of its object
   */
  static String unknown(String what, String given, String at, Collection<String> known) {
    String others = known.isEmpty() ? "; send none" : "; known are " + String.join(", ", known);
    return of(given, known)
        .map(
            meant ->
                "There is no %s '%s'%s; did you mean '%s'?"
                    .formatted(what, FieldPath.of(at, given), others, meant))
        .orElseGet(
            () ->
                "There is an unknown %s%s%s"
                    .formatted(what, at.isEmpty() ? "" : " in '" + at + "'", others));
  }

  /** Returns the nearest of the known names, at most two typing errors away. */
  static Optional<String> of(String given, Collection<String> known) {
    if (given.isEmpty() || given.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    int limit = Math.min(MAX_EDITS, given.length() / 3);
    return known.stream()
        .map(name -> new Candidate(name, edits(given, name)))
        .filter(candidate -> candidate.edits() <= limit)
        .min(Comparator.comparingInt(Candidate::edits).thenComparing(Candidate::name))
        .map(Candidate::name);
  }

  /** Compares without case, and with and without the prefix of a term. */
  private static int edits(String given, String known) {
    String one = given.toLowerCase(Locale.ROOT);
    String other = known.toLowerCase(Locale.ROOT);
    return Math.min(distance(one, other), distance(one, other.substring(other.indexOf(':') + 1)));
  }

  /** Returns the least number of insertions, deletions, replacements and swaps of neighbours. */
  private static int distance(String one, String other) {
    int[][] edits = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      for (int k = 0; k <= other.length(); k++) {
        edits[i][k] = i == 0 || k == 0 ? i + k : cheapest(edits, one, other, i, k);
      }
    }
    return edits[one.length()][other.length()];
  }

  private static int cheapest(int[][] edits, String one, String other, int i, int k) {
    int replaced = edits[i - 1][k - 1] + (one.charAt(i - 1) == other.charAt(k - 1) ? 0 : 1);
    int cheapest = Math.min(replaced, 1 + Math.min(edits[i - 1][k], edits[i][k - 1]));
    boolean swapped =
        i > 1
            && k > 1
            && one.charAt(i - 1) == other.charAt(k - 2)
            && one.charAt(i - 2) == other.charAt(k - 1);
    return swapped ? Math.min(cheapest, edits[i - 2][k - 2] + 1) : cheapest;
  }
}
