package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of the catalogue, proposed by one operator, approved by another, and logged. */
@Order(1)
final class PolicyChangesIT {
  @TempDir Path dir;
  private TestVault vault;

  @BeforeEach
  void start() {
    vault = TestVault.furnished(dir);
    vault.write("12347", "country", "\"" + CANARY + "land\"");
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private static String keepFor(int seconds) {
    return "{\"purposes\": {\"dpv:CustomerCare\": {\"max_age_days\": 3650, \"ttl_s\": "
        + seconds
        + "}}}";
  }

  private TestVault.Answered propose(String who, String patch) {
    return vault.post(
        vault.token(Role.OPERATOR, who),
        "/v1/policy/changes",
        "{\"reason\": \"As the board wants it\", \"patch\": " + patch + "}",
        Map.of());
  }

  private TestVault.Answered approve(String who, long change) {
    return vault.post(
        vault.token(Role.OPERATOR, who), "/v1/policy/changes/" + change + "/approve", "", Map.of());
  }

  private long proposed(String patch) {
    return ok(propose("olga", patch)).body().path("id").asLong();
  }

  private JsonNode inForce() {
    return ok(vault.get(vault.token(Role.AUDITOR, "ada"), "/v1/policy")).body().path("inForce");
  }

  private static String code(TestVault.Answered answered) {
    return answered.status() + " " + answered.body().path("code").asText();
  }

  private TestVault.Answered ask() {
    return vault.get(
        vault.token(Role.APP, "shop"),
        "/v1/customers/customer_number:12347/context"
            + "?purpose=dpv:AccountManagement&attributes=country");
  }

  /** A purpose that the built-in catalogue does not have. */
  private static final String NEW_PURPOSE =
      """
      {"purposes": {"dpv:AccountManagement": {"basis": "eu-gdpr:A6-1-b",
        "categories": ["pd:Country"], "masks": {}, "max_age_days": 30, "obligations": [],
        "ttl_s": 60}}}\
      """;

  @Test
  void expiredProposal_isShownAsExpiredEverywhere_andCannotBeApproved() {
    long change = proposed(NEW_PURPOSE);
    vault.advance(Duration.ofDays(31));
    String otto = vault.token(Role.OPERATOR, "otto");
    for (String list : List.of("/v1/policy/changes", "/v1/changes")) {
      assertThat(ok(vault.get(otto, list)).body().at("/changes/0/state").asText())
          .isEqualTo("expired");
    }
    assertThat(ok(vault.get(otto, "/v1/changes/" + change)).body().path("state").asText())
        .isEqualTo("expired");
    assertThat(code(approve("otto", change))).isEqualTo("409 change_closed");
    assertThat(code(vault.post(otto, "/v1/changes/" + change + "/approve", "", Map.of())))
        .isEqualTo("409 change_closed");
    assertThat(code(vault.delete(otto, "/v1/policy/changes/" + change)))
        .isEqualTo("409 change_closed");
  }

  @Test
  void aChange_decidesOnceAnotherOperatorHasApprovedIt_andAfterARestart() {
    vault.register(
        "/v1/apps/shop",
        """
        {"name": "Shop", "facets": [], "purposes": ["dpv:AccountManagement"]}\
        """);
    String before = inForce().path("dataDigest").asText();
    long change = proposed(NEW_PURPOSE);
    assertThat(ask().body().path("reasons").path(0).asText()).isEqualTo("PURPOSE_UNKNOWN");
    assertThat(code(approve("olga", change))).isEqualTo("403 needs_another_operator");
    assertThat(ask().status()).isEqualTo(403);
    JsonNode approved = ok(approve("otto", change)).body();
    assertThat(approved.path("state").asText()).isEqualTo("applied");
    assertThat(ok(ask()).body().path("keepForSeconds").asInt()).isEqualTo(60);
    assertThat(inForce().path("revision").asText())
        .isEqualTo(approved.path("revision").asText())
        .endsWith("+" + change);
    assertThat(inForce().path("dataDigest").asText())
        .isEqualTo(approved.path("dataDigest").asText())
        .isNotEqualTo(before);
    vault.restart();
    assertThat(ok(ask()).body().path("keepForSeconds").asInt()).isEqualTo(60);
    assertThat(inForce().path("change").asLong()).isEqualTo(change);
    JsonNode entries = entries("policy");
    assertThat(entries).hasSize(1);
    JsonNode entry = entries.get(0);
    assertThat(entry.path("change").asLong()).isEqualTo(change);
    assertThat(entry.path("actor").asText()).isEqualTo(approved.path("decidedBy").asText());
  }

  private JsonNode entries(String type) {
    return ok(vault.get(vault.token(Role.AUDITOR, "ada"), "/v1/audit/entries?type=" + type))
        .body()
        .path("entries");
  }

  @Test
  void informationForCustomers_followsTheCatalogue() {
    assertThat(told("dpv:CustomerCare")).contains("pd:TelephoneNumber");
    long change =
        proposed(
            """
            {"purposes": {"dpv:CustomerCare": {"categories":
              ["pd:Country", "pd:EmailAddress", "pd:Language", "pd:Name", "pd:Purchase"]}}}\
            """);
    ok(approve("otto", change));
    assertThat(told("dpv:CustomerCare")).doesNotContain("pd:TelephoneNumber");
  }

  private String told(String purpose) {
    JsonNode rights =
        ok(vault.get(vault.customer("customer_number:12347"), "/v1/me/rights")).body();
    for (JsonNode processing : rights.path("processings")) {
      if (processing.path("purpose").asText().equals(purpose)) {
        return processing.path("categories").toString();
      }
    }
    throw new AssertionError(rights);
  }

  @Test
  void aChangeOfAnotherPolicy_isRefused_andCanBeProposedAgain() {
    long first = proposed(NEW_PURPOSE);
    String longer = "{\"purposes\": {\"dpv:DirectMarketing\": {\"max_age_days\": 90}}}";
    long second = proposed(longer);
    ok(approve("otto", first));
    assertThat(code(approve("otto", second))).isEqualTo("409 policy_moved_on");
    ok(approve("otto", proposed(longer)));
    JsonNode data = ok(vault.get(vault.token(Role.OPERATOR, "olga"), "/v1/policy/data")).body();
    assertThat(data.at("/catalogue/purposes/dpv:DirectMarketing/max_age_days").asInt())
        .isEqualTo(90);
    assertThat(data.at("/catalogue/purposes").has("dpv:AccountManagement")).isTrue();
    assertThat(code(approve("otto", first))).isEqualTo("409 change_closed");
    assertThat(code(approve("otto", 99))).isEqualTo("404 no_such_change");
  }

  @Test
  void aWithdrawnChange_isNeverApplied() {
    long change = proposed(NEW_PURPOSE);
    ok(vault.delete(vault.token(Role.OPERATOR, "olga"), "/v1/policy/changes/" + change));
    assertThat(code(approve("otto", change))).isEqualTo("409 change_closed");
    JsonNode changes = ok(vault.get(vault.token(Role.AUDITOR, "ada"), "/v1/policy/changes")).body();
    assertThat(changes.at("/changes/0/state").asText()).isEqualTo("withdrawn");
    assertThat(changes.at("/changes/0/reason").asText()).isEqualTo("As the board wants it");
    assertThat(entries("admin").findValuesAsText("action"))
        .contains("policy.propose", "policy.withdraw");
  }

  @Test
  void invalidOrUnsuitableCatalogues_areRefusedAtOnce() {
    assertThat(code(propose("olga", "{}"))).isEqualTo("400 changes_nothing");
    for (String wrong :
        new String[] {
          "{\"purposes\": {\"dpv:CustomerCare\": {\"ttl\": 7}}}",
          "{\"purposes\": {\"dpv:CustomerCare\": {\"ttl_s\": null}}}",
          "{\"purposes\": {\"dpv:CustomerCare\": {\"basis\": \"eu-gdpr:A6-1-z\"}}}",
          "{\"purposes\": {\"dpv:" + CANARY + "\": {}}}"
        }) {
      TestVault.Answered refused = propose("olga", wrong);
      assertThat(code(refused)).isEqualTo("400 invalid_catalogue");
      assertThat(refused.body().path("detail").asText()).doesNotContain(CANARY);
    }
    for (String edges :
        new String[] {"[10, 0]", "[0, 1]", "[0, 9223372036854775808]", "[0, 10.0]"}) {
      assertThat(
              code(
                  propose(
                      "olga",
                      """
                      {"purposes": {"dpv:DirectMarketing":
                        {"masks": {"pd:Interest": {"mask": "BUCKET", "edges": %s}}}}}\
                      """
                          .formatted(edges))))
          .as(edges)
          .isEqualTo("400 invalid_catalogue");
    }
    // A refusal of marketing must stay a refusal of advertising.
    assertThat(code(propose("olga", "{\"ancestors\": {\"dpv:TargetedAdvertising\": []}}")))
        .isEqualTo("409 change_rejected");
    assertThat(code(propose("olga", "{\"purposes\": {\"dpv:RightsFulfilment\": null}}")))
        .isEqualTo("409 change_rejected");
    assertThat(code(propose("olga", keepFor(901)))).isEqualTo("409 change_rejected");
  }

  @Test
  void aWholeCatalogue_isAcceptedToo() {
    ObjectNode whole =
        (ObjectNode)
            ok(vault.get(vault.token(Role.OPERATOR, "olga"), "/v1/policy/data"))
                .body()
                .path("catalogue");
    ((ObjectNode) whole.at("/purposes/dpv:DirectMarketing")).put("ttl_s", 60);
    TestVault.Answered answered =
        vault.post(
            vault.token(Role.OPERATOR, "olga"),
            "/v1/policy/changes",
            "{\"reason\": \"Shorter\", \"catalogue\": " + whole + "}",
            Map.of());
    assertThat(ok(answered).body().path("state").asText()).isEqualTo("proposed");
  }
}
