package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.created;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * Consent is as easy to withdraw as to give (GDPR article 7(3)): for every operation that gives
 * consent, one call that needs no more withdraws it, and the next read is refused.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class StepParityIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final OpenApi API = OpenApi.bundled();
  private static final String SHOP = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final String MAIL = "/v1/me/consents/dpv:DirectMarketing/shop";

  private TestVault vault;
  private int customers;

  @BeforeAll
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    vault.register(
        "/v1/apps/shop",
        """
        {"name": "Shop", "facets": [],
         "purposes": ["dpv:ServicePersonalisation", "dpv:CustomerCare", "dpv:DirectMarketing"]}\
        """);
    vault.register(
        "/v1/apps/crm",
        """
        {"name": "CRM", "purposes": ["dpv:ServicePersonalisation"],
         "facets": ["profile", "behaviour", "preferences"]}\
        """);
    created(
        vault.put(
            vault.token(Role.OPERATOR, "olga"),
            "/v1/notices/shop-care/1",
            API.document()
                .at("/components/schemas/NoticeText/examples/0")
                .toString()
                .replace("dpv:CustomerCare", "dpv:DirectMarketing")));
  }

  @AfterAll
  void checkInvariants() {
    vault.close();
  }

  /** The inputs that a call needs from the customer. */
  private record Steps(int inPath, int parameters, int fields) {
    boolean noMoreThan(Steps other) {
      return inPath <= other.inPath && parameters <= other.parameters && fields <= other.fields;
    }
  }

  /** Returns the smallest call of an operation. */
  private static Steps least(JsonNode operation) {
    int inPath = 0;
    int parameters = 0;
    for (JsonNode parameter : operation.path("parameters")) {
      boolean path = parameter.path("in").asText().equals("path");
      inPath += path ? 1 : 0;
      parameters += !path && parameter.path("required").asBoolean() ? 1 : 0;
    }
    JsonNode body = operation.path("requestBody");
    JsonNode schema = API.resolved(body.at("/content/application~1json/schema"));
    int fields =
        body.path("required").asBoolean() ? Math.max(1, schema.path("required").size()) : 0;
    return new Steps(inPath, parameters, fields);
  }

  private static JsonNode node(String id) {
    return API.operation(id).node();
  }

  @TestFactory
  Stream<DynamicTest> everyWayOfGiving_isWithdrawnByOneCall_thatAsksForNoMore() {
    Map<String, ObjectNode> ways = new LinkedHashMap<>();
    ways.put("nothing", JSON.createObjectNode());
    ObjectNode all = JSON.createObjectNode();
    JsonNode fields = API.document().at("/components/schemas/ConsentGrant/properties");
    fields
        .fieldNames()
        .forEachRemaining(
            field -> {
              ways.put(field, JSON.createObjectNode().set(field, value(field)));
              all.set(field, value(field));
            });
    ways.put("everything", all);
    List<DynamicTest> tests = new ArrayList<>();
    ways.forEach(
        (name, body) ->
            tests.add(
                dynamicTest(
                    "given with " + name,
                    () -> givenAndWithdrawn(SHOP, "dpv:ServicePersonalisation", body))));
    ObjectNode noticed =
        JSON.createObjectNode().put("notice", "shop-care.1").put("language", "en-GB");
    tests.add(
        dynamicTest(
            "given to a notice", () -> givenAndWithdrawn(MAIL, "dpv:DirectMarketing", noticed)));
    assertThat(tests).hasSizeGreaterThan(7);
    return tests.stream();
  }

  /** A field that is added to giving needs a value here. */
  private JsonNode value(String field) {
    return switch (field) {
      case "explicit" -> JSON.getNodeFactory().booleanNode(true);
      case "notice" -> JSON.getNodeFactory().textNode("v3");
      case "language" -> JSON.getNodeFactory().textNode("en");
      case "method" -> JSON.getNodeFactory().textNode("paper");
      case "expires" ->
          JSON.getNodeFactory()
              .textNode(vault.clock().instant().plus(Duration.ofDays(9)).toString());
      default -> throw new IllegalArgumentException("How is a consent given with " + field + "?");
    };
  }

  private void givenAndWithdrawn(String path, String purpose, ObjectNode body) {
    String number = String.valueOf(++customers);
    String customer = vault.customer("customer_number:" + number);
    vault.write(number, "country", "\"x\"");
    Steps giving = least(node("giveConsent"));
    Steps gave = new Steps(giving.inPath(), giving.parameters(), giving.fields() + body.size());
    ok(vault.put(customer, path, body.isEmpty() ? "" : body.toString()));
    ok(ask(number, purpose));
    assertThat(least(node("withdrawConsent")).noMoreThan(gave)).isTrue();
    ok(vault.delete(customer, path));
    assertThat(ask(number, purpose).status()).isEqualTo(403);
  }

  @Test
  void oneCall_withdrawsConsentFromManyApps() {
    vault.write("1000", "country", "\"x\"");
    String customer = vault.customer("customer_number:1000");
    for (String app : List.of("shop", "crm")) {
      ok(vault.put(customer, "/v1/me/consents/dpv:ServicePersonalisation/" + app, ""));
    }
    ok(vault.delete(customer, "/v1/me/consents/dpv:ServicePersonalisation/*"));
    assertThat(ask("1000", "dpv:ServicePersonalisation").status()).isEqualTo(403);
  }

  /** A call that protects the customer never needs more than the call that lifts the protection. */
  @Test
  void objectingAndRestricting_needNoMoreThanLifting() {
    Map<String, String> pairs =
        Map.of(
            "objectTo", "unobjectTo",
            "restrict", "unrestrict",
            "withdrawConsent", "giveConsent");
    pairs.forEach(
        (protecting, lifting) ->
            assertThat(least(node(protecting)).noMoreThan(least(node(lifting))))
                .as(protecting)
                .isTrue());
  }

  /** The measure must notice inputs that are added. */
  @Test
  void inputAddedToWithdrawing_isNoticed() {
    Steps giving = least(node("giveConsent"));
    ObjectNode withBody = node("withdrawConsent").deepCopy();
    withBody
        .putObject("requestBody")
        .put("required", true)
        .putObject("content")
        .putObject("application/json")
        .putObject("schema")
        .putArray("required")
        .add("reason");
    ObjectNode withHeader = node("withdrawConsent").deepCopy();
    withHeader
        .withArray("parameters")
        .addObject()
        .put("name", "Why")
        .put("in", "header")
        .put("required", true);
    ObjectNode withPath = node("withdrawConsent").deepCopy();
    withPath.withArray("parameters").addObject().put("name", "notice").put("in", "path");
    for (JsonNode harder : List.of(withBody, withHeader, withPath)) {
      assertThat(least(harder).noMoreThan(giving)).isFalse();
    }
  }

  private TestVault.Answered ask(String number, String purpose) {
    return vault.get(
        vault.token(Role.APP, "shop"),
        "/v1/customers/customer_number:"
            + number
            + "/context?attributes=country&purpose="
            + purpose);
  }
}
