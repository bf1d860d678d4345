package io.contextkeep.vault.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The page of a list that a request asks for by {@code limit} and {@code cursor}. A cursor means
 * nothing to clients: they follow {@code next}, which repeats the other parameters.
 *
 * @param path the list's
 * @param query the request's parameters
 * @param limit the most items
 * @param cursor where the page before ended; empty for the first page
 */
public record Page(String path, Map<String, String> query, int limit, Optional<String> cursor) {
  static final String LIMIT = "limit";
  static final String CURSOR = "cursor";

  /**
   * Reads the cursor.
   *
   * @param place reads what {@link #next} was given; empty where the text is no such thing
   * @return the place where the page before ended; empty for the first page
   * @throws Problem 400 where the cursor is not one of this list
   */
  public <T> Optional<T> after(Function<String, Optional<T>> place) {
    return cursor.map(
        text ->
            place
                .apply(text)
                .orElseThrow(
                    () ->
                        Problem.badRequest(
                            "invalid_parameter",
                            "The parameter 'cursor' is part of the 'next' of the page before;"
                                + " follow that")));
  }

  /** Returns the URL of the page that begins after a place. */
  public String next(String place) {
    Map<String, String> all = new TreeMap<>(query);
    all.put(CURSOR, place);
    return path
        + all.entrySet().stream()
            .map(one -> encoded(one.getKey()) + "=" + encoded(one.getValue()))
            .collect(Collectors.joining("&", "?", ""));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
