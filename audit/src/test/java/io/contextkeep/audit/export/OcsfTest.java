package io.contextkeep.audit.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.audit.AuditRow;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Events by what the Open Cybersecurity Schema Framework 1.6 asks of class 6005, of the objects in
 * it and of the profile Security Control.
 */
final class OcsfTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REFUSAL =
      "{\"actor\":\"shop\",\"basis\":\"eu-gdpr:A6-1-a\",\"decision\":\"refuse\",\"decisionId\":\"d1\","
          + "\"policy\":\"r7\",\"policyDigest\":\"ab\",\"purpose\":\"dpv:Marketing\","
          + "\"reasons\":[\"NO_CONSENT\",\"EXPIRED\"],\"request\":\"r-1\",\"role\":\"app\","
          + "\"time\":1764000000000,\"type\":\"refuse\",\"v\":1}";

  /** The attributes of the class, of its base event and of the profile; no others may be there. */
  private static final Set<String> KNOWN =
      Set.of(
          "action",
          "action_id",
          "activity_id",
          "activity_name",
          "actor",
          "authorizations",
          "category_name",
          "category_uid",
          "class_name",
          "class_uid",
          "contextkeep",
          "database",
          "disposition",
          "disposition_id",
          "metadata",
          "policy",
          "severity_id",
          "src_endpoint",
          "status",
          "status_detail",
          "status_id",
          "time",
          "type_uid");

  @Test
  void aRefusal_isADeniedRead_withItsPolicyAndItsPurpose() throws IOException {
    JsonNode event = event("refuse", REFUSAL);
    assertConforms(event);
    assertThat(event.path("activity_id").intValue()).isEqualTo(1);
    assertThat(event.path("type_uid").intValue()).isEqualTo(600_501);
    assertThat(event.path("action_id").intValue()).isEqualTo(2);
    assertThat(event.path("disposition_id").intValue()).isEqualTo(2);
    assertThat(event.path("status_detail").asText()).isEqualTo("NO_CONSENT EXPIRED");
    assertThat(event.at("/policy/version").asText()).isEqualTo("r7");
    assertThat(event.at("/authorizations/0/decision").asText()).isEqualTo("refuse");
    assertThat(event.at("/contextkeep/purpose").asText()).isEqualTo("dpv:Marketing");
    assertThat(event.at("/contextkeep/legal_basis").asText()).isEqualTo("eu-gdpr:A6-1-a");
    assertThat(event.at("/metadata/correlation_uid").asText()).isEqualTo("r-1");
    assertThat(event.at("/metadata/uid").asText()).isEqualTo("vault.example/audit/5");
    assertThat(event.at("/actor/user/type_id").intValue()).isEqualTo(4);
  }

  @Test
  void everyTypeOfEntry_conforms() throws IOException {
    for (String type :
        List.of(
            "genesis",
            "read",
            "self-view",
            "export",
            "audit-view",
            "write",
            "correct",
            "grant",
            "erase",
            "retention",
            "map-root",
            "admin")) {
      JsonNode event = event(type, "{\"time\":1,\"type\":\"" + type + "\",\"v\":1}");
      assertConforms(event);
      assertThat(event.path("activity_id").intValue())
          .as(type)
          .isEqualTo(
              switch (type) {
                case "read", "self-view", "export" -> 1;
                case "audit-view" -> 4;
                case "write" -> 5;
                case "correct", "grant" -> 2;
                case "erase", "retention" -> 7;
                default -> 99;
              });
    }
  }

  private static JsonNode event(String type, String leaf) throws IOException {
    long time = type.equals("refuse") ? 1_764_000_000_000L : 1;
    return JSON.readTree(new Ocsf("vault.example/audit").line(new AuditRow(5, time, type, leaf)));
  }

  private static void assertConforms(JsonNode event) {
    assertThat(KNOWN).containsAll(names(event));
    for (String required :
        List.of(
            "activity_id",
            "actor",
            "category_uid",
            "class_uid",
            "metadata",
            "severity_id",
            "src_endpoint",
            "time",
            "type_uid")) {
      assertThat(event.has(required)).as(required).isTrue();
    }
    assertThat(event.path("class_uid").intValue()).isEqualTo(6_005);
    assertThat(event.path("category_uid").intValue()).isEqualTo(6);
    assertThat(event.path("type_uid").intValue())
        .isEqualTo(600_500 + event.path("activity_id").intValue());
    assertThat(event.path("time").isIntegralNumber()).isTrue();
    assertThat(event.at("/metadata/version").asText()).isEqualTo("1.6.0");
    assertThat(event.at("/metadata/product/name").asText()).isNotEmpty();
    assertThat(event.at("/metadata/profiles").toString()).isEqualTo("[\"security_control\"]");
    for (String member : List.of("name", "uid", "version")) {
      assertThat(event.at("/metadata/extensions/0/" + member).asText()).isNotEmpty();
    }
    assertThat(event.at("/database/name").asText()).isNotEmpty();
    assertThat(event.at("/database/type_id").isInt()).isTrue();
    assertThat(event.at("/src_endpoint/svc_name").asText()).isNotEmpty();
    assertThat(event.at("/actor/user/uid").asText()).isNotEmpty();
    assertThat(event.at("/contextkeep/leaf_hash").asText()).hasSize(64);
  }

  private static Set<String> names(JsonNode node) {
    Set<String> names = new TreeSet<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
