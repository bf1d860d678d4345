package io.contextkeep.bench;

import io.contextkeep.vault.demo.Api;
import io.contextkeep.vault.demo.Demo;
import io.contextkeep.vault.demo.DemoCatalogue;
import io.contextkeep.vault.demo.RetailLoader;
import io.contextkeep.vault.identity.VaultIssuer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;

/**
 * A vault that is filled through its public API with the bundled customers, each with a consent to
 * the shop's personalisation, and the shop's requests.
 */
final class RetailVault {
  static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final String QUESTION =
      "?purpose=dpv:ServicePersonalisation&attributes=country,first_purchase,last_purchase,spend_pence";

  /** The most customers of a batch. */
  static final int BATCH = 100;

  private RetailVault() {}

  static void register(VaultProcess vault) throws IOException, InterruptedException {
    String olga = vault.token("operator", "olga");
    String otto = vault.token("operator", "otto");
    Api one = new Api(vault.base(), () -> olga);
    Api another = new Api(vault.base(), () -> otto);
    DemoCatalogue.registrations().forEach((path, json) -> one.register(another, path, json));
  }

  static RetailLoader.Report load(VaultProcess vault, InputStream gzip)
      throws IOException, InterruptedException {
    String source = vault.token("source", "crm");
    return new RetailLoader(new Api(vault.base(), () -> source), true).load(gzip, -1);
  }

  /** Registers, loads the bundled sample, and lets every customer consent. */
  static void fill(VaultProcess vault) throws IOException, InterruptedException {
    register(vault);
    try (InputStream sample = sample()) {
      load(vault, sample);
    }
    VaultIssuer issuer = vault.issuer();
    AtomicReference<String> token = new AtomicReference<>("");
    Api api = new Api(vault.base(), token::get);
    for (String customer : customers()) {
      token.set(issuer.issueToCustomer("customer_number:" + customer, Duration.ofMinutes(5)));
      api.put(CONSENT, "{}");
    }
  }

  /** Returns the path of the shop's request about a customer. */
  static String path(String customer) {
    return "/v1/customers/customer_number:" + customer + "/context" + QUESTION;
  }

  /** Writes one request about each customer, for the load generator. */
  static void writeRequests(Path file, String shop) throws IOException {
    writeRequests(file, shop, customers());
  }

  /** Writes one request about each of these customers. */
  static void writeRequests(Path file, String shop, List<String> customers) throws IOException {
    StringBuilder requests = new StringBuilder();
    for (String customer : customers) {
      requests
          .append("GET ")
          .append(path(customer))
          .append(" HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ")
          .append(shop)
          .append("\r\n\r\n");
    }
    Files.writeString(file, requests);
  }

  /** Writes requests about a hundred customers each, until each customer was named once. */
  static void writeBatches(Path file, String shop) throws IOException {
    List<String> customers = customers();
    StringBuilder requests = new StringBuilder();
    for (int from = 0; from + BATCH <= customers.size(); from += BATCH) {
      String body =
          """
          {"purpose": "dpv:ServicePersonalisation",
           "attributes": ["country", "first_purchase", "last_purchase", "spend_pence"],
           "customers": [%s]}\
          """
              .formatted(
                  customers.subList(from, from + BATCH).stream()
                      .map(customer -> "\"customer_number:" + customer + "\"")
                      .collect(Collectors.joining(", ")));
      requests
          .append("POST /v1/context HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ")
          .append(shop)
          .append("\r\nContent-Type: application/json\r\nContent-Length: ")
          .append(body.length())
          .append("\r\n\r\n")
          .append(body);
    }
    Files.writeString(file, requests);
  }

  static InputStream sample() {
    return Objects.requireNonNull(Demo.class.getResourceAsStream("online-retail-sample.csv.gz"));
  }

  static List<String> customers() throws IOException {
    CSVFormat csv = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(sample()), StandardCharsets.UTF_8))) {
      return csv.parse(reader).stream()
          .map(line -> line.get("CustomerID"))
          .filter(number -> !number.isBlank())
          .map(number -> new BigDecimal(number.strip()).toBigInteger().toString())
          .distinct()
          .sorted()
          .toList();
    }
  }
}
