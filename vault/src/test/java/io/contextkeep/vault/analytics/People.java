package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.vault.analytics.noise.DiscreteGaussian;
import io.contextkeep.vault.analytics.noise.Draws;
import io.contextkeep.vault.analytics.noise.Rational;
import io.contextkeep.vault.context.Plaintext;
import io.contextkeep.vault.context.Snapshot;
import io.contextkeep.vault.registry.Analysable;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Facet;
import io.contextkeep.vault.registry.ValueRule;
import io.contextkeep.vault.web.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;

/** Questions and customers for tests without a vault. */
final class People {
  private static final ObjectMapper JSON = new ObjectMapper();
  static final Attribute SPEND =
      attribute(
          "spend", "value", "{\"lower\": -5, \"upper\": 100, \"step\": 0.1, \"unit\": \"EUR\"}");
  static final Attribute BUYS =
      attribute(
          "buys",
          "event",
          "{\"lower\": 0, \"upper\": 10, \"step\": 1, \"unit\": \"EUR\", \"perCustomer\": 3}");
  static final Attribute COUNTRY =
      attribute("country", "value", "{\"keys\": [\"France\", \"Spain\"], \"privateKeys\": true}");

  private People() {}

  static Attribute attribute(String name, String kind, String analytics) {
    try {
      return new Attribute(
          name,
          Attribute.Kind.valueOf(kind.toUpperCase(java.util.Locale.ROOT)),
          Facet.parse("behaviour").orElseThrow(),
          DataCategory.parse("pd:Purchase").orElseThrow(),
          "low",
          "{}",
          ValueRule.of(JSON.readTree("{}")),
          Duration.ofDays(365),
          Optional.of(Analysable.parse(JSON.readTree(analytics), kind.equals("event"))));
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Query query(Measure measure, Attribute attribute, Precision precision) {
    Analysable analytics = attribute.analytics().orElseThrow();
    return new Query(
        "dpv:ServiceUsageAnalytics",
        "shop",
        measure,
        Optional.of(new Column(attribute, analytics.scale(), analytics.perCustomer())),
        measure == Measure.QUANTILE ? Optional.of(Rational.of(1, 2)) : Optional.empty(),
        measure == Measure.HISTOGRAM ? 5 : 0,
        Optional.empty(),
        Window.EVER,
        List.of(),
        List.of(),
        precision);
  }

  /** Returns the question whether a value exists. */
  static Query unbounded(Query query) {
    return new Query(
        query.purpose(),
        query.population(),
        query.measure(),
        query.column().map(c -> new Column(c.attribute(), Optional.empty(), c.perCustomer())),
        query.quantile(),
        query.bins(),
        query.every(),
        query.window(),
        query.groups(),
        query.filters(),
        query.precision());
  }

  /** Returns a time series of purchases. */
  static Query series(Every every, Window window, Precision precision) {
    Query query = query(Measure.SUM, BUYS, precision);
    return new Query(
        query.purpose(),
        query.population(),
        query.measure(),
        query.column(),
        query.quantile(),
        query.bins(),
        Optional.of(every),
        window,
        query.groups(),
        query.filters(),
        query.precision());
  }

  static Query byCountry(Precision precision, boolean privateKeys) {
    Optional<List<String>> keys =
        privateKeys ? Optional.empty() : Optional.of(List.of("France", "Spain"));
    return new Query(
        "dpv:ServiceUsageAnalytics",
        "shop",
        Measure.COUNT,
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.empty(),
        Window.EVER,
        List.of(new Group(COUNTRY, keys)),
        List.of(),
        precision);
  }

  static Precision pure(long numerator, long denominator) {
    return new Precision.Pure(Rational.of(numerator, denominator));
  }

  static Precision concentrated(long numerator, long denominator) {
    return new Precision.Concentrated(Rational.of(numerator, denominator));
  }

  /** Returns the plan with almost no noise. */
  static Plan bare(Plan plan) {
    List<Part> parts =
        plan.parts().stream()
            .map(
                part ->
                    new Part(
                        part.name(),
                        part.sensitivity(),
                        part.slots(),
                        part.first(),
                        new DiscreteGaussian(Rational.of(1, 1_000_000))))
            .toList();
    return new Plan(plan.query(), parts, plan.cost(), plan.threshold(), plan.grain());
  }

  static Tally tally(Plan plan, List<List<Plaintext.Item>> customers) {
    Tally tally = new Tally(plan, new SecretKeySpec(new byte[32], "HmacSHA256"));
    long subject = 1;
    for (List<Plaintext.Item> customer : customers) {
      tally.add(subject++, customer);
    }
    return tally;
  }

  static List<BigInteger> sums(Plan plan, List<List<Plaintext.Item>> customers, Draws draws) {
    return tally(plan, customers).release(draws).cells().firstEntry().getValue();
  }

  static ObjectNode answer(Plan plan, List<List<Plaintext.Item>> customers, Draws draws) {
    return Json.tree(Answers.results(plan, tally(plan, customers).release(draws)));
  }

  static Plaintext.Item item(Attribute attribute, JsonNode value, long at) {
    return new Plaintext.Item(new Snapshot.Held(attribute, at, "crm", "b", 1), value);
  }

  static List<Plaintext.Item> spends(String amount) {
    return List.of(item(SPEND, DecimalNode.valueOf(new BigDecimal(amount)), 1));
  }

  static List<Plaintext.Item> buys(long... amounts) {
    List<Plaintext.Item> items = new ArrayList<>();
    for (long amount : amounts) {
      items.add(item(BUYS, BigIntegerNode.valueOf(BigInteger.valueOf(amount)), items.size()));
    }
    return items;
  }
}
