package io.contextkeep.vault.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The requested page of a list, by {@code limit} and {@code cursor}. Cursors are opaque to clients,
 * which follow {@code next}; it repeats the other parameters.
 *
 * @param path the list's path
 * @param query the request's parameters
 * @param limit the most items
 * @param cursor the end of the previous page; empty for the first page
 */
public record Page(String path, Map<String, String> query, int limit, Optional<String> cursor) {
  static final String LIMIT = "limit";
  static final String CURSOR = "cursor";

  private static final int MAX_CURSOR = 200;

  /** Refuses a cursor that is longer than any that this vault gives. */
  static Optional<String> checked(Optional<String> cursor) {
    if (cursor.isPresent() && cursor.get().length() > MAX_CURSOR) {
      throw foreign();
    }
    return cursor;
  }

  /**
   * Reads the cursor.
   *
   * @param place parses a place as given to {@link #next}; empty if it cannot
   * @return the end of the previous page; empty for the first page
   * @throws Problem 400 if the cursor is not one of this list
   */
  public <T> Optional<T> after(Function<String, Optional<T>> place) {
    return cursor.map(text -> place.apply(text).orElseThrow(Page::foreign));
  }

  private static Problem foreign() {
    return Problem.badRequest(
        "invalid_parameter",
        "The parameter 'cursor' is not one of this list; follow 'next' of the previous page");
  }

  /** Reads a cursor that is a whole number; empty for the first page. */
  public Optional<Long> afterNumber() {
    return after(
        text -> text.matches("[0-9]{1,18}") ? Optional.of(Long.parseLong(text)) : Optional.empty());
  }

  /**
   * Returns the page of a list that is held whole.
   *
   * @param all the list, sorted by its items' places
   * @param place the place of an item as given to {@link #next}
   */
  public <T> List<T> of(List<T> all, Function<T, String> place) {
    return all.stream()
        .filter(one -> cursor.isEmpty() || place.apply(one).compareTo(cursor.get()) > 0)
        .limit(limit)
        .toList();
  }

  /**
   * Returns the URL of the page that follows a full one; empty after the last page.
   *
   * @param items those of this page
   * @param place the place of an item, from which {@link #after} reads it
   */
  public <T> Optional<String> next(List<T> items, Function<T, String> place) {
    return items.size() < limit
        ? Optional.empty()
        : Optional.of(next(place.apply(items.getLast())));
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
