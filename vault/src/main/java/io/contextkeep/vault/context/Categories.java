package io.contextkeep.vault.context;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The data categories in a log entry. A leaf has a fixed size, so too many are only counted. The
 * entry's private part names the attributes, and a batch its categories.
 */
public final class Categories {
  static final int MAX = 24;

  private Categories() {}

  /** Adds {@code categories}, or {@code categoryCount} where there are too many. */
  public static void put(Map<String, Object> facts, Collection<String> categories) {
    List<String> sorted = List.copyOf(new TreeSet<>(categories));
    if (sorted.size() <= MAX) {
      facts.put("categories", sorted);
    } else {
      facts.put("categoryCount", sorted.size());
    }
  }
}
