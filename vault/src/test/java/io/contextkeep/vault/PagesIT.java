package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.created;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.OpenApi.Operation;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Every list of the contract that is read in pages, in a vault that has several items of each. */
@TestInstance(Lifecycle.PER_CLASS)
final class PagesIT {
  private static final OpenApi API = OpenApi.bundled();
  private static final String ANN = "customer_number:1";

  /** Lists that grow while they are read, since each look is an entry of them. */
  private static final Set<String> OF_THE_LOG = Set.of("/v1/audit/entries", "/v1/me/accesses");

  private TestVault vault;
  private String olga;
  private String ann;

  @BeforeAll
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    olga = vault.token(Role.OPERATOR, "olga");
    ann = vault.customer(ANN);
    registrations();
    notices();
    customer();
    corrections();
    erase("2");
    erase("3");
    propose(181);
    propose(182);
  }

  @AfterAll
  void checkInvariants() {
    vault.close();
  }

  private void registrations() {
    vault.register(
        "/v1/apps/shop",
        """
        {"name": "The shop", "facets": [],
         "purposes": ["dpv:ServicePersonalisation", "dpv:CustomerCare", "dpv:DirectMarketing"]}\
        """);
    vault.register(
        "/v1/attributes/country",
        """
        {"kind": "value", "facet": "profile", "category": "pd:Country", "sensitivity": "low",
         "schema": {"type": "string"}, "retentionDays": 3651}\
        """);
    String agent = API.document().at("/components/schemas/RightsAgentRegistration/examples/0") + "";
    vault.register("/v1/rights-agents/ONE", agent);
    vault.register("/v1/rights-agents/OTHER", agent);
    String budget = "{\"rho\": 1, \"delta\": 0.000001}";
    vault.register("/v1/analytics/budgets/dpv:ServicePersonalisation/shop", budget);
    vault.register("/v1/analytics/budgets/dpv:CustomerCare/shop", budget);
  }

  private void notices() {
    String text = API.document().at("/components/schemas/NoticeText/examples/0").toString();
    created(vault.put(olga, "/v1/notices/shop-care/1", text));
    created(
        vault.put(
            olga,
            "/v1/notices/shop-mail/1",
            text.replace("dpv:CustomerCare", "dpv:DirectMarketing")));
  }

  private void customer() {
    link();
    link();
    String consent = "/v1/me/consents/dpv:DirectMarketing/shop";
    ok(vault.put(ann, consent, "{\"notice\": \"shop-mail.1\", \"language\": \"en-GB\"}"));
    ok(vault.delete(ann, consent));
    String strings = "{\"gpp\": \"DBABBg~BVUAAAAA.QA\"}";
    ok(vault.post(ann, "/v1/me/signals", strings, Map.of()));
    ok(
        vault.post(
            vault.token(Role.APP, "shop"), "/v1/customers/" + ANN + "/signals", strings, Map.of()));
    for (String right : List.of("access", "portability", "restriction")) {
      created(vault.post(ann, "/v1/me/requests", "{\"right\": \"" + right + "\"}", Map.of()));
    }
  }

  private void link() {
    ok(
        vault.post(
            vault.token(Role.SOURCE, "crm"),
            "/v1/ingest",
            """
            {"customer": {"customer_number": "1", "device": "%s"}, "attribute": "country", "observed": "%s", "value": "Iceland"}\
            """
                .formatted(UUID.randomUUID(), vault.observedNow()),
            Map.of("Idempotency-Key", UUID.randomUUID().toString())));
  }

  /** A source disagrees with two corrections. */
  private void corrections() {
    for (String attribute : List.of("country", "email")) {
      vault.write("1", attribute, "\"first@example.org\"");
      ok(vault.put(ann, "/v1/me/attributes/" + attribute, "{\"value\": \"ann@example.org\"}"));
      vault.advance(Duration.ofSeconds(1));
      vault.write("1", attribute, "\"other@example.org\"");
    }
  }

  /** A customer whose data the shop was given. */
  private void erase(String number) {
    String customer = vault.customer("customer_number:" + number);
    vault.write(number, "country", "\"Iceland\"");
    ok(vault.put(customer, "/v1/me/consents/dpv:ServicePersonalisation/shop", ""));
    ok(vault.ask(number, "country"));
    ok(vault.delete(customer, "/v1/me"));
  }

  private void propose(int days) {
    created(
        vault.post(
            olga,
            "/v1/policy/changes",
            """
            {"reason": "Longer", "patch": {"purposes": {"dpv:DirectMarketing": {"max_age_days": %d}}}}\
            """
                .formatted(days),
            Map.of()));
  }

  @TestFactory
  Stream<DynamicTest> everyList_isTheSameInSmallPages_asAsAWhole() {
    return API.operations().stream()
        .filter(operation -> takes(operation, "limit") && takes(operation, "cursor"))
        .filter(operation -> operation.node().at("/responses/200/content").has("application/json"))
        .map(operation -> dynamicTest(operation.toString(), () -> isTheSame(operation)));
  }

  private static boolean takes(Operation operation, String parameter) {
    return operation.node().path("parameters").findValuesAsText("name").contains(parameter);
  }

  private void isTheSame(Operation operation) {
    String token = token(Role.parse(operation.roles().getFirst()).orElseThrow());
    String path =
        operation
            .path()
            .replace("/attributes/{name}", "/attributes/country")
            .replace("{name}", "shop")
            .replace("{customer}", ANN);
    String list = list(operation);
    List<JsonNode> whole = items(ok(vault.get(token, path)).body(), list);
    assertThat(whole).as("several items of %s", path).hasSizeGreaterThan(1);
    List<JsonNode> paged = paged(token, path, list, (whole.size() + 1) / 2);
    if (OF_THE_LOG.contains(path)) {
      assertThat(paged).containsSubsequence(whole);
    } else {
      assertThat(paged).isEqualTo(whole);
    }
  }

  private List<JsonNode> paged(String token, String path, String list, int limit) {
    List<JsonNode> all = new ArrayList<>();
    String next = path + "?limit=" + limit;
    int pages = 0;
    while (!next.isEmpty()) {
      JsonNode page = ok(vault.get(token, next)).body();
      assertThat(page.path(list).size()).isLessThanOrEqualTo(limit);
      all.addAll(items(page, list));
      next = page.path("next").asText();
      pages++;
    }
    assertThat(pages).isGreaterThan(1);
    return all;
  }

  /** Returns the name of the list in an operation's answer. */
  private static String list(Operation operation) {
    JsonNode schema =
        API.resolved(operation.node().at("/responses/200/content/application~1json/schema"));
    return schema
        .path("required")
        .valueStream()
        .map(JsonNode::asText)
        .filter(name -> schema.path("properties").path(name).path("type").asText().equals("array"))
        .findFirst()
        .orElseThrow();
  }

  private static List<JsonNode> items(JsonNode page, String list) {
    List<JsonNode> items = new ArrayList<>();
    page.path(list).forEach(items::add);
    return items;
  }

  private String token(Role role) {
    return switch (role) {
      case CUSTOMER -> ann;
      case APP, SOURCE -> vault.token(role, "shop");
      default -> vault.token(role, "olga");
    };
  }
}
