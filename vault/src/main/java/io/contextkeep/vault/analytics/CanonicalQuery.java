package io.contextkeep.vault.analytics;

import io.contextkeep.vault.analytics.Filter.Is;
import io.contextkeep.vault.analytics.Filter.Within;
import io.contextkeep.vault.web.Json;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The canonical form of a question, whose bytes are hashed: members in a fixed order, normalised
 * numbers, and sorted sets.
 *
 * @param bins the number of bins; empty unless it is a histogram
 * @param where the filters, each as the text of its own canonical form
 */
record CanonicalQuery(
    String purpose,
    String population,
    String measure,
    Optional<Measured> column,
    Optional<String> quantile,
    Optional<Integer> bins,
    Optional<String> every,
    Optional<String> from,
    Optional<String> until,
    Optional<List<Grouped>> groupBy,
    List<String> where,
    Budget budget) {

  /** The column of values that are measured. */
  private record Measured(
      String attribute,
      int perCustomer,
      Optional<String> lower,
      Optional<String> upper,
      Optional<String> step) {
    static Measured of(Column column) {
      return new Measured(
          column.attribute().name(),
          column.perCustomer(),
          column.bounds().map(scale -> plain(scale.lower())),
          column.bounds().map(scale -> plain(scale.upper())),
          column.bounds().map(scale -> plain(scale.step())));
    }
  }

  /**
   * An attribute by whose values the answer is grouped.
   *
   * @param keys the public texts, or {@code threshold}
   */
  private record Grouped(String attribute, Object keys) {
    static Grouped of(Group group) {
      return new Grouped(
          group.attribute().name(), group.keys().<Object>map(keys -> keys).orElse("threshold"));
    }
  }

  /** A condition on the customers or events that count. */
  private record Condition(
      String attribute, Optional<Set<String>> is, Optional<String> from, Optional<String> below) {
    static Condition of(Filter filter) {
      String attribute = filter.attribute().name();
      return switch (filter) {
        case Is some ->
            new Condition(attribute, Optional.of(some.texts()), Optional.empty(), Optional.empty());
        case Within within ->
            new Condition(
                attribute,
                Optional.empty(),
                Optional.of(plain(within.number(within.from()))),
                Optional.of(plain(within.number(within.below()))));
      };
    }
  }

  /** What the question may cost, in one of three terms. */
  private record Budget(Optional<String> epsilon, Optional<String> rho, Optional<String> error) {
    static Budget of(Precision precision) {
      return switch (precision) {
        case Precision.Pure pure ->
            new Budget(Optional.of(pure.epsilon().toString()), Optional.empty(), Optional.empty());
        case Precision.Concentrated concentrated ->
            new Budget(
                Optional.empty(), Optional.of(concentrated.rho().toString()), Optional.empty());
        case Precision.Error error ->
            new Budget(Optional.empty(), Optional.empty(), Optional.of(plain(error.most())));
      };
    }
  }

  static CanonicalQuery of(Query query) {
    Optional<Window> window = Optional.of(query.window()).filter(some -> !some.equals(Window.EVER));
    return new CanonicalQuery(
        query.purpose(),
        query.population(),
        query.measure().code(),
        query.column().map(Measured::of),
        query.quantile().map(Object::toString),
        Optional.of(query.bins()).filter(bins -> bins > 0),
        query.every().map(Every::code),
        window.map(some -> some.from().toString()),
        window.map(some -> some.until().toString()),
        Optional.of(query.groups().stream().map(Grouped::of).toList())
            .filter(groups -> !groups.isEmpty()),
        query.filters().stream()
            .map(filter -> Json.tree(Condition.of(filter)).toString())
            .sorted()
            .distinct()
            .toList(),
        Budget.of(query.precision()));
  }

  private static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }
}
