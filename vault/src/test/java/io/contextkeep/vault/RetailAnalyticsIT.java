package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.demo.Api;
import io.contextkeep.vault.demo.Demo;
import io.contextkeep.vault.demo.DemoCatalogue;
import io.contextkeep.vault.demo.RetailLoader;
import io.contextkeep.vault.identity.Role;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Baskets and spending by country on real purchases: the true and the private values. */
final class RetailAnalyticsIT {
  private static final String SAMPLE = "online-retail-sample.csv.gz";

  /** The number of lines; -Dcontextkeep.retail.lines=100000 takes all. */
  private static final int LINES = Integer.getInteger("contextkeep.retail.lines", 3_000);

  private static final double SHARE_OF_BOUND = 200_000;

  @TempDir Path dir;

  /** A customer's values, and those that count. */
  private static final class Truth {
    final Set<String> invoices = new HashSet<>();
    String country = "";
    long pence;

    double baskets() {
      return Math.min(50, invoices.size());
    }

    double spend() {
      return Math.max(0, Math.min(SHARE_OF_BOUND, pence));
    }
  }

  @Test
  void privateValues_areNearTheTrueOnes() throws Exception {
    Map<String, Truth> customers = truth();
    try (TestVault vault = new TestVault(dir)) {
      load(vault, customers.keySet());
      compare(vault, "invoices", customers, 300);
      compare(vault, "spend_pence", customers, 1_500_000);
    }
  }

  private static void load(TestVault vault, Set<String> customers) throws Exception {
    URI base = URI.create("http://127.0.0.1:" + vault.vault().port());
    DemoCatalogue.registrations().forEach(vault::register);
    analysable(
        vault,
        "country",
        "pd:Country",
        "string",
        "{\"keys\": [\"France\", \"Germany\", \"United Kingdom\"]}");
    analysable(
        vault,
        "invoices",
        "pd:Purchase",
        "integer",
        "{\"lower\": 0, \"upper\": 50, \"step\": 1, \"unit\": \"baskets\"}");
    analysable(
        vault,
        "spend_pence",
        "pd:PurchasesAndSpendingHabit",
        "integer",
        "{\"lower\": 0, \"upper\": 200000, \"step\": 1, \"unit\": \"pence\"}");
    vault.register(
        "/v1/apps/shop",
        "{\"name\": \"Shop\", \"facets\": [], \"purposes\": [\"dpv:ServiceUsageAnalytics\"]}");
    vault.register(
        "/v1/analytics/budgets/dpv:ServiceUsageAnalytics/shop", "{\"rho\": 2, \"delta\": 0}");
    new RetailLoader(new Api(base, () -> vault.token(Role.SOURCE, "crm")), false)
        .load(new ByteArrayInputStream(sample()), -1);
    for (String customer : customers) {
      ok(
          vault.put(
              vault.customer("customer_number:" + customer),
              "/v1/me/consents/dpv:ServiceUsageAnalytics/shop",
              ""));
    }
  }

  private static void analysable(
      TestVault vault, String name, String category, String type, String analytics) {
    vault.register(
        "/v1/attributes/" + name,
        """
        {"kind": "value", "facet": "behaviour", "category": "%s", "sensitivity": "low",
         "schema": {"type": "%s"}, "retentionDays": 36500, "analytics": %s}\
        """
            .formatted(category, type, analytics));
  }

  private static void compare(
      TestVault vault, String attribute, Map<String, Truth> customers, double farthest) {
    JsonNode answer =
        ok(vault.post(
                vault.token(Role.ANALYST, "ana"),
                "/v1/analytics/queries",
                """
                {"purpose": "dpv:ServiceUsageAnalytics", "population": "shop", "measure": "sum",
                 "attribute": "%s", "groupBy": [{"attribute": "country"}],
                 "budget": {"rho": 0.5}}\
                """
                    .formatted(attribute),
                Map.of()))
            .body();
    for (JsonNode cell : answer.get("cells")) {
      String country = cell.at("/key/country").textValue();
      double truth =
          customers.values().stream()
              .filter(customer -> customer.country.equals(country))
              .mapToDouble(c -> attribute.equals("invoices") ? c.baskets() : c.spend())
              .sum();
      double told = cell.get("value").doubleValue();
      System.out.printf(
          "%-14s %-12s true %12.0f  private %12.0f  (95 %%: %.0f to %.0f)%n",
          country,
          attribute,
          truth,
          told,
          cell.at("/interval/lower").doubleValue(),
          cell.at("/interval/upper").doubleValue());
      // Five and more standard deviations of the noise.
      assertThat(told).as(country).isBetween(truth - farthest, truth + farthest);
    }
  }

  /** Returns the first lines of the sample, compressed. */
  private static byte[] sample() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (InputStream in = Objects.requireNonNull(Demo.class.getResourceAsStream(SAMPLE));
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(in), StandardCharsets.UTF_8));
        Writer out = new OutputStreamWriter(new GZIPOutputStream(bytes), StandardCharsets.UTF_8)) {
      for (String line : reader.lines().limit(LINES).toList()) {
        out.write(line + "\n");
      }
    }
    return bytes.toByteArray();
  }

  private static Map<String, Truth> truth() throws Exception {
    Map<String, Truth> customers = new TreeMap<>();
    try (InputStreamReader reader =
        new InputStreamReader(
            new GZIPInputStream(new ByteArrayInputStream(sample())), StandardCharsets.UTF_8)) {
      CSVFormat csv = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
      for (CSVRecord line : csv.parse(reader)) {
        Truth customer =
            customers.computeIfAbsent(line.get("CustomerID").replace(".0", ""), _ -> new Truth());
        customer.country = line.get("Country");
        customer.invoices.add(line.get("InvoiceNo"));
        customer.pence +=
            Math.round(Double.parseDouble(line.get("UnitPrice")) * 100)
                * Long.parseLong(line.get("Quantity"));
      }
    }
    return customers;
  }
}
