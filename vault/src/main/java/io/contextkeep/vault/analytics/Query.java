package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.analytics.noise.Rational;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.web.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A question about a population. Questions of the same meaning are equal in {@link #canonical}.
 *
 * @param purpose a DPV purpose
 * @param population the app whose customers, by their consent to it, are counted
 * @param column the measured attribute; empty if customers are counted
 * @param quantile the quantile, between 0 and 1
 * @param bins the number of bins of a histogram
 */
record Query(
    String purpose,
    String population,
    Measure measure,
    Optional<Column> column,
    Optional<Rational> quantile,
    int bins,
    Optional<Every> every,
    Window window,
    List<Group> groups,
    List<Filter> filters,
    Precision precision) {

  /** Returns the attributes that the answer depends on, by name. */
  public SortedMap<String, Attribute> attributes() {
    SortedMap<String, Attribute> all = new TreeMap<>();
    column.ifPresent(c -> all.put(c.attribute().name(), c.attribute()));
    groups.forEach(g -> all.put(g.attribute().name(), g.attribute()));
    filters.forEach(f -> all.put(f.attribute().name(), f.attribute()));
    return all;
  }

  public boolean ofEvents() {
    return column.map(c -> c.attribute().kind() == Attribute.Kind.EVENT).orElse(false);
  }

  public boolean privateKeys() {
    return groups.stream().anyMatch(group -> group.keys().isEmpty());
  }

  /** Returns the canonical form: members in a fixed order, normalised numbers, and sorted sets. */
  public ObjectNode canonical() {
    return Json.tree(CanonicalQuery.of(this));
  }

  /** Returns the question with a computed price. */
  Query at(Precision price) {
    return new Query(
        purpose,
        population,
        measure,
        column,
        quantile,
        bins,
        every,
        window,
        groups,
        filters,
        price);
  }

  /** Returns the keys of each group in order; one empty list if nothing is grouped. */
  List<List<String>> publicCells() {
    List<List<String>> cells = new ArrayList<>(List.of(List.of()));
    for (Group group : groups) {
      List<List<String>> longer = new ArrayList<>();
      for (List<String> cell : cells) {
        for (String key : group.keys().orElseThrow()) {
          List<String> next = new ArrayList<>(cell);
          next.add(key);
          longer.add(next);
        }
      }
      cells = longer;
    }
    return cells;
  }
}
