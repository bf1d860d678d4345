package io.contextkeep.vault.web;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Content negotiation by the Accept header (RFC 9110 section 12.5.1). The most specific range that
 * matches a type gives the type's weight; a weight of 0 excludes it.
 *
 * <p>A range's parameters are ignored ({@code application/json;charset=utf-8} gets {@code
 * application/json}), and a malformed range matches nothing.
 */
final class Accept {
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Pattern RANGE =
      Pattern.compile("\\s*(" + TOKEN + ")/(" + TOKEN + ")\\s*(;.*)?", Pattern.DOTALL);
  private static final Pattern WEIGHT = Pattern.compile("(?:0(?:\\.[0-9]{0,3})?|1(?:\\.0{0,3})?)");

  private record Range(String type, String subtype, BigDecimal weight) {

    /** Returns how specifically it matches the type: 3 by name, 2 by kind, 1 any, 0 none. */
    int closeness(String mediaType) {
      int slash = mediaType.indexOf('/');
      boolean sameType = type.equals(mediaType.substring(0, slash));
      if (sameType && subtype.equals(mediaType.substring(slash + 1))) {
        return 3;
      }
      if (sameType && subtype.equals("*")) {
        return 2;
      }
      return type.equals("*") && subtype.equals("*") ? 1 : 0;
    }
  }

  private Accept() {}

  /**
   * Returns the offered type with the greatest weight; of several, the first.
   *
   * @param header the Accept header's value, several of them joined by commas
   * @param offered media types in lower case without parameters, the default first
   * @throws Problem 406, naming the offered types, if none is acceptable
   */
  public static String choose(Optional<String> header, List<String> offered) {
    String text = header.orElse("").strip();
    if (text.isEmpty() || text.equals("*/*") || text.equals(offered.getFirst())) {
      return offered.getFirst();
    }
    List<Range> ranges = ranges(text);
    String best = "";
    BigDecimal bestWeight = BigDecimal.ZERO;
    for (String type : offered) {
      BigDecimal weight = weight(ranges, type);
      if (weight.compareTo(bestWeight) > 0) {
        best = type;
        bestWeight = weight;
      }
    }
    if (best.isEmpty()) {
      throw new Problem(406, "not_acceptable", "Accept one of " + String.join(", ", offered) + "");
    }
    return best;
  }

  private static BigDecimal weight(List<Range> ranges, String type) {
    int closest = 0;
    BigDecimal weight = BigDecimal.ZERO;
    for (Range range : ranges) {
      int closeness = range.closeness(type);
      if (closeness > closest) {
        closest = closeness;
        weight = range.weight();
      }
    }
    return weight;
  }

  private static List<Range> ranges(String header) {
    List<Range> ranges = new ArrayList<>();
    for (String element : split(header, ',')) {
      Matcher range = RANGE.matcher(element);
      if (range.matches()) {
        String parameters = Optional.ofNullable(range.group(3)).orElse("");
        weight(parameters)
            .ifPresent(
                weight ->
                    ranges.add(new Range(lower(range.group(1)), lower(range.group(2)), weight)));
      }
    }
    return ranges;
  }

  /** Returns the weight among the parameters; 1 if there is none, empty if it is malformed. */
  static Optional<BigDecimal> weight(String parameters) {
    for (String parameter : split(parameters, ';')) {
      String text = parameter.strip();
      if (text.regionMatches(true, 0, "q=", 0, 2)) {
        String weight = text.substring(2);
        return WEIGHT.matcher(weight).matches()
            ? Optional.of(new BigDecimal(weight))
            : Optional.empty();
      }
    }
    return Optional.of(BigDecimal.ONE);
  }

  /** Splits at the separator outside quoted strings. */
  static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == separator && !quoted) {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
