package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.Rfc3339;
import io.contextkeep.vault.analytics.noise.Rational;
import io.contextkeep.vault.registry.Analysable;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A strict reader of questions in JSON. It refuses unknown members, and its problems never depend
 * on customers' data.
 */
final class QueryReader {
  private static final Set<String> MEMBERS =
      new TreeSet<>(
          Set.of(
              "purpose",
              "population",
              "measure",
              "attribute",
              "bounds",
              "perCustomer",
              "quantile",
              "bins",
              "every",
              "from",
              "until",
              "groupBy",
              "where",
              "budget"));
  private static final int MAX_GROUPS = 2;
  private static final int MAX_FILTERS = 8;
  private static final int MAX_BINS = 200;

  private final Registry registry;

  public QueryReader(Registry registry) {
    this.registry = registry;
  }

  /**
   * @throws BadQuery if the question is malformed
   */
  public Query read(JsonNode json) {
    only(json, "The question", MEMBERS);
    Measure measure = measure(json);
    Optional<Column> column = column(json, measure);
    Window window = window(json);
    Query query =
        new Query(
            Purpose.parse(text(json, "purpose"))
                .orElseThrow(
                    () ->
                        bad(
                            "unknown_purpose",
                            "The purpose must be one of DPV 2.3, such as"
                                + " dpv:ServicePersonalisation"))
                .curie(),
            population(json),
            measure,
            column,
            quantile(json, measure),
            bins(json, measure, column),
            every(json),
            window,
            groups(json),
            filters(json),
            precision(json.path("budget")));
    check(query);
    return query;
  }

  private static void check(Query query) {
    boolean windowed = !query.window().equals(Window.EVER);
    if ((windowed || query.every().isPresent()) && !query.ofEvents()) {
      throw bad("not_events", "'from', 'until' and 'every' are for attributes that are events");
    }
    if (query.every().isPresent()
        && (!windowed || query.measure() != Measure.COUNT && query.measure() != Measure.SUM)) {
      throw bad("invalid_series", "'every' needs 'from' and 'until', and a count or a sum");
    }
    if (query.privateKeys()
        && (query.measure() == Measure.HISTOGRAM
            || query.measure() == Measure.QUANTILE
            || query.every().isPresent())) {
      throw bad(
          "keys_not_public",
          "Name the keys: keys by threshold are for counts, sums, means and variances");
    }
  }

  private String population(JsonNode json) {
    String id = text(json, "population");
    return registry
        .app(id)
        .orElseThrow(() -> bad("unknown_population", "The population must be a registered app"))
        .id();
  }

  private static Measure measure(JsonNode json) {
    String code = text(json, "measure");
    for (Measure measure : Measure.values()) {
      if (measure.code().equals(code)) {
        return measure;
      }
    }
    throw bad(
        "unknown_measure",
        "Measures are " + List.of(Measure.values()).stream().map(Measure::code).toList());
  }

  private Optional<Column> column(JsonNode json, Measure measure) {
    if (!json.has("attribute")) {
      if (measure.ofNumbers() || json.has("bounds") || json.has("perCustomer")) {
        throw bad("missing_field", "The field 'attribute' is needed");
      }
      return Optional.empty();
    }
    Attribute attribute = attribute(text(json, "attribute"));
    Analysable analytics = attribute.analytics().orElseThrow();
    Optional<Analysable.Scale> bounds =
        analytics.scale().map(scale -> narrowed(scale, json.path("bounds")));
    if (measure.ofNumbers() && bounds.isEmpty()) {
      throw bad(
          "unbounded_measure", "The catalogue has no bounds of it; count it by groups instead");
    }
    if (bounds.isEmpty() && json.has("bounds")) {
      throw bad("invalid_bounds", "Only numbers have bounds");
    }
    return Optional.of(
        new Column(
            attribute,
            measure.ofNumbers() ? bounds : Optional.empty(),
            perCustomer(json, analytics.perCustomer())));
  }

  /** Reads bounds, which may be narrower than the catalogue's but not wider. */
  private static Analysable.Scale narrowed(Analysable.Scale scale, JsonNode bounds) {
    if (bounds.isMissingNode()) {
      return scale;
    }
    only(bounds, "The field 'bounds'", Set.of("lower", "upper"));
    BigDecimal lower = number(bounds, "lower").orElse(scale.lower());
    BigDecimal upper = number(bounds, "upper").orElse(scale.upper());
    if (lower.compareTo(scale.lower()) < 0 || upper.compareTo(scale.upper()) > 0) {
      throw bad(
          "invalid_bounds",
          "Bounds must lie within those of the catalogue, "
              + scale.lower().toPlainString()
              + " to "
              + scale.upper().toPlainString());
    }
    try {
      return new Analysable.Scale(lower, upper, scale.step(), scale.unit());
    } catch (IllegalArgumentException e) {
      throw bad("invalid_bounds", String.valueOf(e.getMessage()));
    }
  }

  private static int perCustomer(JsonNode json, int most) {
    JsonNode node = json.path("perCustomer");
    if (node.isMissingNode()) {
      return most;
    }
    if (!node.isInt() || node.intValue() < 1 || node.intValue() > most) {
      throw bad("invalid_field", "The field 'perCustomer' is 1 to " + most);
    }
    return node.intValue();
  }

  private static Optional<Rational> quantile(JsonNode json, Measure measure) {
    if (json.has("quantile") != (measure == Measure.QUANTILE)) {
      throw bad("invalid_field", "A quantile needs the field 'quantile', and nothing else has it");
    }
    return number(json, "quantile")
        .map(
            number -> {
              if (number.signum() <= 0
                  || number.compareTo(BigDecimal.ONE) >= 0
                  || number.scale() > 4) {
                throw bad(
                    "invalid_field", "The field 'quantile' is between 0 and 1, with 4 digits");
              }
              return Rational.of(number);
            });
  }

  private static int bins(JsonNode json, Measure measure, Optional<Column> column) {
    JsonNode node = json.path("bins");
    if (node.isMissingNode() == (measure == Measure.HISTOGRAM)) {
      throw bad("invalid_field", "A histogram needs the field 'bins', and nothing else has it");
    }
    if (node.isMissingNode()) {
      return 0;
    }
    Column binned = column.orElseThrow();
    long most = Math.min(MAX_BINS, binned.upper() - binned.lower() + 1);
    if (!node.isInt() || node.intValue() < 1 || node.intValue() > most) {
      throw bad(
          "invalid_field",
          "The field 'bins' is 1 to " + most + " here: a bin has one step at least");
    }
    return node.intValue();
  }

  private static Optional<Every> every(JsonNode json) {
    if (!json.has("every")) {
      return Optional.empty();
    }
    String code = text(json, "every");
    for (Every every : Every.values()) {
      if (every.code().equals(code)) {
        return Optional.of(every);
      }
    }
    throw bad("invalid_field", "The field 'every' is day, week or month");
  }

  private static Window window(JsonNode json) {
    if (!json.has("from") && !json.has("until")) {
      return Window.EVER;
    }
    Window window = new Window(instant(json, "from"), instant(json, "until"));
    if (!window.from().isBefore(window.until())
        || window.from().isBefore(Window.EVER.from())
        || window.until().isAfter(Window.EVER.until())) {
      throw bad("invalid_window", "'from' is before 'until', between the years 1900 and 2200");
    }
    return window;
  }

  private List<Group> groups(JsonNode json) {
    List<Group> groups = new ArrayList<>();
    for (JsonNode node : list(json, "groupBy", MAX_GROUPS)) {
      only(node, "Each item of 'groupBy'", Set.of("attribute", "keys"));
      Attribute attribute = attribute(text(node, "attribute"));
      Analysable analytics = attribute.analytics().orElseThrow();
      if (attribute.kind() != Attribute.Kind.VALUE || analytics.scale().isPresent()) {
        throw bad("invalid_group", "Only attributes with values that are texts can group");
      }
      groups.add(new Group(attribute, keys(node, analytics)));
    }
    if (groups.stream().map(group -> group.attribute().name()).distinct().count() < groups.size()) {
      throw bad("invalid_group", "An attribute can group only once");
    }
    groups.sort(Comparator.comparing(group -> group.attribute().name()));
    return List.copyOf(groups);
  }

  private static Optional<List<String>> keys(JsonNode node, Analysable analytics) {
    JsonNode keys = node.path("keys");
    if (keys.isTextual() && keys.textValue().equals("threshold")) {
      if (!analytics.privateKeys()) {
        throw bad("keys_not_public", "The catalogue allows only the public keys here");
      }
      return Optional.empty();
    }
    Set<String> named = new TreeSet<>(analytics.keys());
    if (!keys.isMissingNode()) {
      named = new TreeSet<>(texts(node, "keys", 1_000));
      if (!analytics.keys().containsAll(named)) {
        throw bad("keys_not_public", "A key is not in the catalogue");
      }
    }
    if (named.isEmpty()) {
      throw bad("keys_not_public", "Name public keys, or ask for keys by \"threshold\"");
    }
    return Optional.of(List.copyOf(named));
  }

  private List<Filter> filters(JsonNode json) {
    List<Filter> filters = new ArrayList<>();
    for (JsonNode node : list(json, "where", MAX_FILTERS)) {
      Attribute attribute = attribute(text(node, "attribute"));
      Analysable analytics = attribute.analytics().orElseThrow();
      if (attribute.kind() != Attribute.Kind.VALUE) {
        throw bad("invalid_filter", "Only attributes with values can filter, not events");
      }
      filters.add(
          analytics.scale().isPresent()
              ? within(attribute, analytics.scale().get(), node)
              : is(attribute, analytics, node));
    }
    return List.copyOf(filters);
  }

  private static Filter is(Attribute attribute, Analysable analytics, JsonNode node) {
    only(node, "A filter of texts in 'where'", Set.of("attribute", "is"));
    TreeSet<String> texts = new TreeSet<>(texts(node, "is", 100));
    if (texts.isEmpty() || !analytics.privateKeys() && !analytics.keys().containsAll(texts)) {
      throw bad("invalid_filter", "The field 'is' must list keys of the catalogue");
    }
    return new Filter.Is(attribute, texts);
  }

  /**
   * Reads limits. Values count in whole steps, so a limit between two steps equals the next step.
   * Values beyond the bounds count as the bound.
   */
  private static Filter within(Attribute attribute, Analysable.Scale scale, JsonNode node) {
    only(node, "A filter of numbers in 'where'", Set.of("attribute", "from", "below"));
    BigDecimal beyond = scale.upper().add(scale.step());
    BigDecimal from = number(node, "from").orElse(scale.lower()).max(scale.lower());
    BigDecimal below = number(node, "below").orElse(beyond).min(beyond);
    long first = nextStep(scale, from.min(beyond));
    long last = nextStep(scale, below.max(scale.lower()));
    if (first >= last) {
      throw bad(
          "invalid_filter",
          "No value can be between 'from' and 'below' of '"
              + attribute.name()
              + "': its values count as "
              + scale.lower().toPlainString()
              + " to "
              + scale.upper().toPlainString()
              + " in steps of "
              + scale.step().toPlainString());
    }
    return new Filter.Within(attribute, first, last);
  }

  private static long nextStep(Analysable.Scale scale, BigDecimal number) {
    return number.divide(scale.step(), 0, RoundingMode.CEILING).longValueExact();
  }

  private static Precision precision(JsonNode budget) {
    only(budget, "The field 'budget'", Set.of("epsilon", "rho", "error"));
    if (budget.size() != 1) {
      throw bad("invalid_budget", "The field 'budget' has one of 'epsilon', 'rho' and 'error'");
    }
    String kind = budget.fieldNames().next();
    BigDecimal amount = number(budget, kind).orElseThrow().stripTrailingZeros();
    if (amount.signum() <= 0
        || amount.scale() > 9
        || !kind.equals("error") && amount.compareTo(BigDecimal.valueOf(100)) > 0) {
      throw bad(
          "invalid_budget",
          "'"
              + kind
              + "' of 'budget' is above 0 with at most 9 digits after the point; 'epsilon' and"
              + " 'rho' are at most 100");
    }
    return switch (kind) {
      case "epsilon" -> new Precision.Pure(Rational.of(amount));
      case "rho" -> new Precision.Concentrated(Rational.of(amount));
      default -> new Precision.Error(amount);
    };
  }

  private Attribute attribute(String name) {
    return registry
        .attribute(name)
        .filter(attribute -> attribute.analytics().isPresent())
        .orElseThrow(
            () ->
                bad("unknown_attribute", "Ask about attributes that are catalogued for analysts"));
  }

  private static List<JsonNode> list(JsonNode json, String field, int most) {
    JsonNode array = json.path(field);
    if (array.isMissingNode()) {
      return List.of();
    }
    if (!array.isArray() || array.size() > most) {
      throw bad("invalid_field", "The field '" + field + "' is a list of at most " + most);
    }
    List<JsonNode> all = new ArrayList<>();
    array.forEach(all::add);
    return all;
  }

  private static List<String> texts(JsonNode json, String field, int most) {
    return list(json, field, most).stream()
        .map(checked(JsonNode::isTextual, field))
        .map(JsonNode::textValue)
        .toList();
  }

  private static Function<JsonNode, JsonNode> checked(
      java.util.function.Predicate<JsonNode> right, String field) {
    return node -> {
      if (!right.test(node)) {
        throw bad("invalid_field", "The field '" + field + "' holds texts");
      }
      return node;
    };
  }

  private static String text(JsonNode json, String field) {
    JsonNode node = json.path(field);
    if (!node.isTextual()) {
      throw bad("missing_field", "The field '" + field + "' is a text, and needed");
    }
    return node.textValue();
  }

  private static Instant instant(JsonNode json, String field) {
    return Rfc3339.parse(text(json, field))
        .orElseThrow(
            () -> bad("invalid_window", "The field '" + field + "' is an instant of RFC 3339"));
  }

  private static Optional<BigDecimal> number(JsonNode json, String field) {
    JsonNode node = json.path(field);
    if (node.isMissingNode()) {
      return Optional.empty();
    }
    if (!node.isNumber() || node.asText().length() > 40) {
      throw bad("invalid_field", "The field '" + field + "' is a number of at most 40 characters");
    }
    return Optional.of(node.decimalValue());
  }

  private static void only(JsonNode json, String place, Set<String> known) {
    if (!json.isObject()) {
      throw bad("not_an_object", place + " is an object with members of " + new TreeSet<>(known));
    }
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw bad(
                    "unknown_field",
                    place + " has an unknown field; known are " + new TreeSet<>(known));
              }
            });
  }

  private static BadQuery bad(String code, String message) {
    return new BadQuery(code, message);
  }
}
