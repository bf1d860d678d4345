package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rights that customers see, and the calls that exercise them. */
final class RightsIT {
  private TestVault vault;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    vault.register(
        "/v1/apps/guard",
        """
        {"name": "Guard", "facets": [], "purposes": ["dpv:FraudPreventionAndDetection"]}\
        """);
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  @Test
  void theRights_followFromTheBasisOfEachProcessing() {
    assertThat(rights("shop", "dpv:ServicePersonalisation"))
        .contains("eu-gdpr:A7-3", "eu-gdpr:A17", "eu-gdpr:A20")
        .doesNotContain("eu-gdpr:A21");
    assertThat(rights("shop", "dpv:CustomerCare"))
        .contains("eu-gdpr:A17", "eu-gdpr:A20")
        .doesNotContain("eu-gdpr:A7-3", "eu-gdpr:A21");
    assertThat(rights("guard", "dpv:FraudPreventionAndDetection"))
        .contains("eu-gdpr:A21", "eu-gdpr:A17")
        .doesNotContain("eu-gdpr:A7-3", "eu-gdpr:A20");
  }

  @Test
  void rightsThatDoNotApply_haveAReason() {
    JsonNode guard = processing("guard", "dpv:FraudPreventionAndDetection");
    assertThat(guard.path("basis").asText()).isEqualTo("eu-gdpr:A6-1-f");
    JsonNode portability =
        elements(guard.path("otherRights"))
            .filter(right -> right.path("right").asText().equals("eu-gdpr:A20"))
            .findFirst()
            .orElseThrow();
    assertThat(portability.path("why").asText())
        .contains("eu-gdpr:A6-1-a", "eu-gdpr:A6-1-b", "rests on eu-gdpr:A6-1-f");
  }

  @Test
  void specialCategories_nameTheirAdditionalBasis() {
    JsonNode shop = processing("shop", "dpv:ServicePersonalisation");
    assertThat(shop.path("specialBasis").asText()).isEqualTo("eu-gdpr:A9-2-a");
    assertThat(elements(shop.path("special")).map(JsonNode::asText)).contains("pd:Health");
    assertThat(processing("shop", "dpv:CustomerCare").has("special")).isFalse();
  }

  /** Makes each offered call, with names filled in; erasure is last. */
  @Test
  void everyOfferedCall_works() {
    vault.write("1", "country", "\"x\"");
    ok(vault.put(customer(), "/v1/me/consents/dpv:ServicePersonalisation/shop", ""));
    List<String> calls = new ArrayList<>();
    for (JsonNode processing : all()) {
      elements(processing.path("rights"))
          .filter(right -> right.has("call"))
          .map(right -> right.path("call").asText().replace("{name}", "country"))
          .filter(call -> !calls.contains(call))
          .forEach(calls::add);
    }
    assertThat(calls).hasSize(6).contains("DELETE /v1/me");
    calls.remove("DELETE /v1/me");
    calls.add("DELETE /v1/me");
    for (String call : calls) {
      String[] parts = call.split(" ");
      String body = parts[1].contains("/attributes/") ? "{\"value\": \"y\"}" : "";
      ok(vault.send(customer(), parts[0], parts[1], body, Map.of()));
    }
    assertThat(vault.get(customer(), "/v1/me").status()).isEqualTo(404);
  }

  private List<String> rights(String app, String purpose) {
    return elements(processing(app, purpose).path("rights"))
        .map(right -> right.path("right").asText())
        .toList();
  }

  private JsonNode processing(String app, String purpose) {
    return elements(all())
        .filter(p -> p.path("app").asText().equals(app))
        .filter(p -> p.path("purpose").asText().equals(purpose))
        .findFirst()
        .orElseThrow();
  }

  private JsonNode all() {
    return ok(vault.get(customer(), "/v1/me/rights")).body().path("processings");
  }

  private String customer() {
    return vault.customer("customer_number:1");
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
