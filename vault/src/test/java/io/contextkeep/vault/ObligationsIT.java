package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.client.CustomerId;
import io.contextkeep.client.Disclosed;
import io.contextkeep.client.Purpose;
import io.contextkeep.client.Refused;
import io.contextkeep.client.VaultClient;
import io.contextkeep.policy.Bundle;
import io.contextkeep.vault.TestVault.Answered;
import io.contextkeep.vault.identity.Role;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Obligations of purposes, from the catalogue to the answer: each mask and each cap is stated
 * there, decided by the compiled policy and enforced by a whole vault.
 */
final class ObligationsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CARE = "dpv:CustomerCare";
  private static final CustomerId ANN = new CustomerId("customer_number", "17850");

  @TempDir Path dir;

  /** Started by each test with its own terms. */
  @SuppressWarnings("NullAway.Init")
  private TestVault vault;

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  @Test
  void eachMask_appliesToItsValues_andLeavesNothingOfOthers() throws Exception {
    vaultWhere(
        """
        'masks': {
          'pd:TelephoneNumber': 'LAST_FOUR', 'pd:BirthDate': 'YEAR_ONLY',
          'pd:Location': 'COUNTRY_ONLY', 'pd:Age': {'mask': 'BUCKET', 'edges': [18, 30, 65]},
          'pd:Income': 'ROUND_HUNDRED', 'pd:IPAddress': 'PSEUDONYM', 'pd:Name': 'REDACT'}\
        """);
    Map<String, String> values = new TreeMap<>();
    values.put("telephone_number", "\"" + CANARY + "0123\"");
    values.put("birth_date", "\"1984-05-12\"");
    values.put("location", "{\"country\": \"IS\", \"street\": \"" + CANARY + "\"}");
    values.put("age", "42");
    values.put("income", "43157");
    values.put("ip_address", "\"" + CANARY + "\"");
    values.put("name", "\"" + CANARY + "\"");
    String names = String.join(",", values.keySet());
    values.forEach((name, value) -> vault.write("17850", name, value));

    JsonNode body = ok(ask("17850", names)).body();
    assertThat(body.get("withheld")).isEmpty();
    assertShown(body, "telephone_number", "LAST_FOUR", "\"****0123\"");
    assertShown(body, "birth_date", "YEAR_ONLY", "1984");
    assertShown(body, "location", "COUNTRY_ONLY", "\"IS\"");
    assertShown(body, "age", "BUCKET", "{\"from\":30,\"below\":65}");
    assertShown(body, "income", "ROUND_HUNDRED", "43100");
    assertShown(body, "name", "REDACT", "\"[redacted]\"");
    assertThat(pseudonym(body)).matches("p-[0-9a-f]{32}");
    assertThat(body.toString()).doesNotContain(CANARY);

    values.keySet().forEach(name -> vault.write("17850", name, "[\"" + CANARY + "\"]"));
    JsonNode unfit = ok(ask("17850", names)).body();
    assertThat(unfit.toString()).doesNotContain(CANARY);
    assertThat(unfit.get("values").properties()).extracting(Map.Entry::getKey).containsOnly("name");
    assertThat(unfit.get("withheld"))
        .hasSize(values.size() - 1)
        .allSatisfy(why -> assertThat(why.textValue()).isEqualTo("MASK_DOES_NOT_FIT"));
  }

  private static void assertShown(JsonNode body, String name, String mask, String value) {
    JsonNode shown = body.at("/values/" + name);
    assertThat(shown.path("masked").textValue()).as(name).isEqualTo(mask);
    assertThat(shown.path("value")).as(name).hasToString(value);
  }

  @Test
  void oneEventThatTheMaskDoesNotFit_withholdsAllEvents() throws Exception {
    vaultWhere("'masks': {'pd:Purchase': 'ROUND_HUNDRED'}");
    event("purchase", 1, "1234");
    assertThat(ok(ask("17850", "purchase")).body().at("/values/purchase/0/value").intValue())
        .isEqualTo(1200);
    event("purchase", 2, "{\"item\": \"" + CANARY + "\"}");
    JsonNode body = ok(ask("17850", "purchase")).body();
    assertThat(body.get("values")).isEmpty();
    assertThat(body.at("/withheld/purchase").textValue()).isEqualTo("MASK_DOES_NOT_FIT");
  }

  @Test
  void pseudonym_isStableForOneApp_differsByAppAndCustomer_andEndsWithTheCustomer()
      throws Exception {
    vaultWhere("'masks': {'pd:IPAddress': 'PSEUDONYM'}");
    register("desk");
    vault.write("17850", "ip_address", "\"" + CANARY + "\"");
    vault.write("12347", "ip_address", "\"" + CANARY + "\"");
    String first = pseudonym(ok(ask("17850", "ip_address")).body());
    vault.restart();
    assertThat(pseudonym(ok(ask("17850", "ip_address")).body())).isEqualTo(first);
    String atTheDesk = pseudonym(ok(ask("desk", "17850", "ip_address")).body());
    String another = pseudonym(ok(ask("12347", "ip_address")).body());
    ok(vault.delete(vault.customer("customer_number:17850"), "/v1/me"));
    vault.write("17850", "ip_address", "\"" + CANARY + "\"");
    String afterwards = pseudonym(ok(ask("17850", "ip_address")).body());
    assertThat(List.of(first, atTheDesk, another, afterwards)).doesNotHaveDuplicates();
  }

  private static String pseudonym(JsonNode body) {
    return body.at("/values/ip_address/value").textValue();
  }

  @Test
  void eachEvent_isShownUntilItsOwnMaximumAge() throws Exception {
    vaultWhere("'max_age_days': 30");
    event("purchase", 1, "1");
    vault.advance(Duration.ofDays(20));
    event("purchase", 2, "2");
    assertThat(ok(ask("17850", "purchase")).body().at("/values/purchase")).hasSize(2);
    vault.advance(Duration.ofDays(20));
    JsonNode body = ok(ask("17850", "purchase")).body();
    assertThat(body.at("/values/purchase")).hasSize(1);
    assertThat(body.at("/values/purchase/0/value").intValue()).isEqualTo(2);
    vault.advance(Duration.ofDays(20));
    assertThat(ok(ask("17850", "purchase")).body().at("/withheld/purchase").textValue())
        .isEqualTo("NOT_AVAILABLE");
  }

  @Test
  void eventCap_keepsTheNewestOfAllKinds_andTheAnswerNamesWhatIsCut() throws Exception {
    vaultWhere("'caps': {'events': 3}");
    for (int i = 1; i <= 2; i++) {
      event("visit", i, "\"" + CANARY + "\"");
      vault.advance(Duration.ofMinutes(1));
    }
    assertThat(ok(ask("17850", "purchase,visit")).body().has("cut")).isFalse();
    for (int i = 1; i <= 2; i++) {
      event("purchase", i, "" + i);
      vault.advance(Duration.ofMinutes(1));
    }
    JsonNode body = ok(ask("17850", "purchase,visit")).body();
    assertThat(body.at("/values/purchase")).hasSize(2);
    assertThat(body.at("/values/visit")).hasSize(1);
    assertThat(body.get("cut")).hasToString("{\"visit\":\"EVENT_CAP\"}");
    event("purchase", 3, "3");
    JsonNode none = ok(ask("17850", "purchase,visit")).body();
    assertThat(none.has("cut")).isFalse();
    assertThat(none.at("/withheld/visit").textValue()).isEqualTo("EVENT_CAP");
    try (VaultClient shop = vault.client("shop")) {
      vault.advance(Duration.ofMinutes(1));
      event("purchase", 4, "4");
      Disclosed disclosed =
          (Disclosed) vault.counted(shop.ask(Purpose.of(CARE), ANN, List.of("purchase")));
      assertThat(disclosed.cut()).containsEntry("purchase", "EVENT_CAP");
      assertThat(disclosed.events("purchase"))
          .extracting(event -> event.value().intValue())
          .containsExactlyInAnyOrder(4, 3, 2);
    }
  }

  @Test
  void requestWithTooManyCustomers_isRefusedForEach() throws Exception {
    vaultWhere("'caps': {'customers': 2}");
    vault.write("17850", "country", "\"Iceland\"");
    JsonNode three = askAll("17850", "404", "405");
    assertThat(three)
        .hasSize(3)
        .allSatisfy(
            answer ->
                assertThat(answer.at("/problem/reasons")).hasToString("[\"TOO_MANY_CUSTOMERS\"]"));
    JsonNode two = askAll("17850", "404");
    assertThat(two.get(0).at("/values/country/value").textValue()).isEqualTo("Iceland");
    assertThat(two.get(1).at("/problem/reasons")).hasToString("[\"NOT_PERMITTED\"]");
  }

  @Test
  void hourlyCap_countsReadsOfAllCustomers_alsoAfterARestart() throws Exception {
    vaultWhere("'caps': {'reads_per_hour': 2}");
    register("desk");
    vault.write("17850", "country", "\"Iceland\"");
    assertThat(ask("404", "country").body().get("reasons")).hasToString("[\"NOT_PERMITTED\"]");
    ok(ask("17850", "country"));
    vault.advance(Duration.ofMinutes(30));
    ok(ask("17850", "country"));
    for (String customer : List.of("17850", "404")) {
      Answered over = ask(customer, "country");
      assertThat(over.status()).isEqualTo(403);
      assertThat(over.body().get("reasons")).hasToString("[\"READ_CAP\"]");
    }
    ok(ask("desk", "17850", "country"));
    vault.restart();
    assertThat(ask("17850", "country").status()).isEqualTo(403);
    vault.advance(Duration.ofMinutes(31));
    ok(ask("17850", "country"));
    assertThat(ask("17850", "country").status()).isEqualTo(403);
    vault.advance(Duration.ofMinutes(62));
    ok(ask("17850", "country"));
  }

  @Test
  void concurrentReads_stayWithinTheCap_andABatchReadsACustomerOnce() throws Exception {
    vaultWhere("'caps': {'reads_per_hour': 5}");
    vault.write("17850", "country", "\"Iceland\"");
    List<Callable<Integer>> asks = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      asks.add(() -> ask("17850", "country").status());
    }
    int permitted = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> status : threads.invokeAll(asks)) {
        permitted += status.get() == 200 ? 1 : 0;
      }
    }
    assertThat(permitted).isEqualTo(5);
    vault.advance(Duration.ofMinutes(62));
    String[] sameTwentyTimes = new String[20];
    Arrays.fill(sameTwentyTimes, "17850");
    for (int batch = 0; batch < 6; batch++) {
      // A customer who is named twenty times is read once.
      boolean allowed = batch < 5;
      assertThat(askAll(sameTwentyTimes))
          .hasSize(20)
          .allSatisfy(answer -> assertThat(answer.has("values")).isEqualTo(allowed));
    }
  }

  @Test
  void purposeWithStepUp_challengesWeakTokens_andAnswersStrongOnes() throws Exception {
    vaultWhere("'assurance': 2");
    vault.write("17850", "country", "\"Iceland\"");
    for (String weak :
        List.of(
            vault.token(Role.APP, "shop"),
            vault.vault().issuer().issue("shop", Role.APP, Duration.ofMinutes(5), "aal1"))) {
      for (String customer : List.of("17850", "404")) {
        HttpResponse<byte[]> refused =
            vault.exchange(
                "GET",
                path(customer, "country"),
                new byte[0],
                Map.of("Authorization", "Bearer " + weak));
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().allValues("WWW-Authenticate"))
            .containsExactly(
                "Bearer error=\"insufficient_user_authentication\", error_description=\"The"
                    + " purpose demands a stronger authentication\", acr_values=\"aal2 aal3 phr"
                    + " phrh\"");
        JsonNode problem = TestVault.json(refused);
        assertThat(problem.get("reasons")).hasToString("[\"STEP_UP_REQUIRED\"]");
        assertThat(problem.get("acrValues")).hasToString("[\"aal2\",\"aal3\",\"phr\",\"phrh\"]");
      }
    }
    String strong = vault.vault().issuer().issue("shop", Role.APP, Duration.ofMinutes(5), "aal2");
    assertThat(ok(vault.get(strong, path("17850", "country"))).body().at("/values/country/value"))
        .hasToString("\"Iceland\"");
    assertThat(vault.get(vault.token(Role.APP, "shop"), path("17850", "country")).status())
        .isEqualTo(401);
  }

  @Test
  void batchRequest_isChallengedToo_andTheClientReportsTheReason() throws Exception {
    vaultWhere("'assurance': 2");
    HttpResponse<byte[]> refused =
        vault.exchange(
            "POST",
            "/v1/context",
            request("17850").getBytes(StandardCharsets.UTF_8),
            Map.of(
                "Authorization",
                "Bearer " + vault.token(Role.APP, "shop"),
                "Content-Type",
                "application/json"));
    assertThat(refused.statusCode()).isEqualTo(200);
    assertThat(refused.headers().firstValue("WWW-Authenticate").orElse(""))
        .contains("insufficient_user_authentication", "acr_values=\"aal2 aal3 phr phrh\"");
    try (VaultClient shop = vault.client("shop")) {
      Refused no = (Refused) shop.ask(Purpose.of(CARE), ANN, List.of("country"));
      assertThat(no.reasons()).containsExactly("STEP_UP_REQUIRED");
    }
  }

  @Test
  void analyst_isChallengedToo_ifThePurposeNeedsIt() throws Exception {
    vaultWhere("'assurance': 2");
    String count =
        """
        {"purpose": "dpv:CustomerCare", "population": "shop", "measure": "count",
         "budget": {"rho": 0.1}}\
        """;
    HttpResponse<byte[]> refused =
        vault.exchange(
            "POST",
            "/v1/analytics/queries",
            count.getBytes(StandardCharsets.UTF_8),
            Map.of(
                "Authorization",
                "Bearer " + vault.token(Role.ANALYST, "ana"),
                "Content-Type",
                "application/json"));
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.headers().firstValue("WWW-Authenticate").orElse(""))
        .contains("insufficient_user_authentication", "acr_values=\"aal2 aal3 phr phrh\"");
    assertThat(TestVault.json(refused).get("reasons")).hasToString("[\"STEP_UP_REQUIRED\"]");
    Duration life = Duration.ofMinutes(5);
    String strong = vault.vault().issuer().issue("ana", Role.ANALYST, life, "aal3");
    Answered asked = vault.post(strong, "/v1/analytics/queries", count, Map.of());
    assertThat(asked.body().get("code").textValue()).isEqualTo("no_budget");
  }

  @Test
  void unknownObligation_disclosesNothing() throws Exception {
    vaultWhere("'obligations': ['NO_ONWARD_TRANSFER', 'DELETE_ON_MONDAYS']");
    vault.write("17850", "country", "\"" + CANARY + "\"");
    Answered refused = ask("17850", "country");
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body().get("reasons")).hasToString("[\"POLICY_ERROR\"]");
    assertThat(refused.body().toString()).doesNotContain(CANARY);
  }

  /** Returns a furnished vault whose policy has these terms for customer care. */
  private void vaultWhere(String terms) throws Exception {
    ObjectNode data = (ObjectNode) JSON.readTree(Bundle.builtIn().data());
    // The golden decisions expect the built-in terms.
    ((ObjectNode) data.get("contextkeep")).remove("golden");
    ObjectNode care = (ObjectNode) data.at("/contextkeep/catalogue/purposes/" + CARE);
    care.putObject("masks");
    care.setAll((ObjectNode) JSON.readTree(("{" + terms + "}").replace('\'', '"')));
    care.putArray("categories");
    Map<String, String> attributes = new TreeMap<>();
    attributes.put("country", "Country");
    for (String category :
        List.of("TelephoneNumber", "BirthDate", "Location", "Age", "Income", "IPAddress", "Name")) {
      attributes.put(
          category.replaceAll("([a-z]|IP)([A-Z])", "$1_$2").toLowerCase(Locale.ROOT), category);
    }
    attributes.put("purchase", "Purchase");
    attributes.put("visit", "BrowsingBehaviour");
    attributes.values().forEach(category -> care.withArray("categories").add("pd:" + category));
    vault = new TestVault(dir, Map.of(), Bundle.builtIn().withData(data.toString()));
    vault.furnish();
    register("shop");
    attributes.forEach(this::register);
  }

  private void register(String attribute, String category) {
    boolean event = List.of("purchase", "visit").contains(attribute);
    vault.register(
        "/v1/attributes/" + attribute,
        """
        {"kind": "%s", "facet": "profile", "category": "pd:%s", "sensitivity": "low",
         "schema": {}, "retentionDays": 3650}\
        """
            .formatted(event ? "event" : "value", category));
  }

  private void register(String app) {
    vault.register(
        "/v1/apps/" + app,
        "{\"name\": \"An app\", \"facets\": [], \"purposes\": [\"" + CARE + "\"]}");
  }

  private void event(String name, int id, String value) {
    JsonNode report =
        ok(vault.post(
                vault.token(Role.SOURCE, "crm"),
                "/v1/ingest",
                """
                {"customer": {"customer_number": "17850"}, "event": "%s", "id": "%d", "observed": "%s", "value": %s}\
                """
                    .formatted(name, id, Instant.parse(vault.observedNow()), value),
                Map.of("Idempotency-Key", name + id)))
            .body();
    assertThat(report.path("kept").intValue()).as("%s", report).isEqualTo(1);
  }

  private Answered ask(String customer, String attributes) {
    return ask("shop", customer, attributes);
  }

  private Answered ask(String app, String customer, String attributes) {
    return vault.get(vault.token(Role.APP, app), path(customer, attributes));
  }

  private static String path(String customer, String attributes) {
    return "/v1/customers/customer_number:"
        + customer
        + "/context?purpose="
        + CARE
        + "&attributes="
        + attributes;
  }

  private JsonNode askAll(String... customers) {
    String app = vault.token(Role.APP, "shop");
    return ok(vault.post(app, "/v1/context", request(customers), Map.of())).body().get("answers");
  }

  private static String request(String... customers) {
    ObjectNode request = JSON.createObjectNode().put("purpose", CARE);
    request.putArray("attributes").add("country");
    for (String customer : customers) {
      request.withArray("customers").add("customer_number:" + customer);
    }
    return request.toString();
  }
}
