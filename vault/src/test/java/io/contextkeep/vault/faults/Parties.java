package io.contextkeep.vault.faults;

import io.contextkeep.vault.demo.DemoCatalogue;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.identity.VaultIssuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** The callers of a vault with their tokens: shop, CRM, customers. */
final class Parties implements AutoCloseable {
  static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final Duration HOUR = Duration.ofHours(1);

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI base;
  private final VaultIssuer issuer;
  private final String shop;
  private final String crm;

  Parties(int port, VaultIssuer issuer) {
    this.base = URI.create("http://127.0.0.1:" + port);
    this.issuer = issuer;
    this.shop = token(Role.APP, "shop");
    this.crm = token(Role.SOURCE, "crm");
  }

  String token(Role role, String id) {
    return issuer.issue(id, role, HOUR);
  }

  String customer(String number) {
    return issuer.issueToCustomer("customer_number:" + number, HOUR);
  }

  /** Registers the demo's apps and attributes. */
  void furnish() {
    DemoCatalogue.registrations().forEach((path, json) -> register(path, json).ok());
  }

  /** Registers an app, an attribute or a budget as two operators do. */
  Answer register(String path, String json) {
    Answer proposed = send("PUT", path, token(Role.OPERATOR, "olga"), json, Map.of());
    return proposed.status() == 202
        ? send(
            "POST",
            "/v1/changes/" + proposed.json().path("id").asLong() + "/approve",
            token(Role.OPERATOR, "otto"),
            "",
            Map.of())
        : proposed;
  }

  /** Writes a value of a customer as the CRM. */
  Answer write(String number, String attribute, String jsonValue) {
    String line =
        """
        {"customer":{"customer_number":"%s"},"attribute":"%s","observed":"%s","value":%s}\
        """
            .formatted(number, attribute, Instant.now(), jsonValue);
    return ingest(line, UUID.randomUUID().toString());
  }

  Answer ingest(String lines, String key) {
    return send("POST", "/v1/ingest", crm, lines, Map.of("Idempotency-Key", key));
  }

  Answer consent(String number) {
    return send("PUT", CONSENT, customer(number), "{}", Map.of());
  }

  Answer withdraw(String number) {
    return send("DELETE", CONSENT, customer(number), "", Map.of());
  }

  /** Reads a customer's own data. */
  Answer view(String number) {
    return send("GET", "/v1/me", customer(number), "", Map.of());
  }

  Answer erase(String number) {
    return send("DELETE", "/v1/me", customer(number), "", Map.of());
  }

  /** Reads a customer's country as the shop. */
  Answer ask(String number) {
    return send(
        "GET",
        "/v1/customers/customer_number:"
            + number
            + "/context?purpose=dpv:ServicePersonalisation&attributes=country",
        shop,
        "",
        Map.of());
  }

  /** The privacy budget of the shop's customers, in rho. */
  Answer budget(String rho) {
    return register(
        "/v1/analytics/budgets/dpv:ServicePersonalisation/shop",
        "{\"rho\": " + rho + ", \"delta\": 0}");
  }

  /** Counts the customers as an analyst, at a price. */
  Answer count(String rho) {
    return send(
        "POST",
        "/v1/analytics/queries",
        token(Role.ANALYST, "ana"),
        """
        {"purpose": "dpv:ServicePersonalisation", "population": "shop", "measure": "count",
         "budget": {"rho": %s}}\
        """
            .formatted(rho),
        Map.of());
  }

  Answer verification() {
    return send("GET", "/v1/audit/verification", token(Role.AUDITOR, "audrey"), "", Map.of());
  }

  /**
   * Sends a request.
   *
   * @throws UncheckedIOException if there is no complete answer
   */
  Answer send(String method, String path, String token, String body, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + token)
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      request.header(
          "Content-Type", path.endsWith("/ingest") ? "application/x-ndjson" : "application/json");
    }
    headers.forEach(request::header);
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("Content-Type").orElse(""),
          response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
