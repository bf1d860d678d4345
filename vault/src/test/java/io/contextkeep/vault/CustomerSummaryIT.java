package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The summary that a customer's portal shows first. */
final class CustomerSummaryIT {
  private TestVault vault;
  private String ann;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    vault.write("17850", "country", "\"" + CANARY + "land\"");
    ann = vault.customer("customer_number:17850");
    ok(vault.put(ann, "/v1/me/consents/dpv:ServicePersonalisation/shop", ""));
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private JsonNode summary() {
    return ok(vault.get(ann, "/v1/me/summary")).body();
  }

  private JsonNode facet(String facet) {
    for (JsonNode held : summary().path("held")) {
      if (held.path("facet").asText().equals(facet)) {
        return held;
      }
    }
    throw new AssertionError("There is no facet " + facet);
  }

  @Test
  void valuesAndEvents_areCountedByFacet_andNoneIsShown() {
    assertThat(summary().path("held")).hasSize(7);
    assertThat(facet("profile").path("values").asInt()).isEqualTo(1);
    assertThat(facet("behaviour").path("events").asInt()).isZero();
    vault.write("17850", "country", "\"" + CANARY + "ia\"");
    ok(
        vault.post(
            vault.token(Role.SOURCE, "crm"),
            "/v1/ingest",
            """
            {"customer": {"customer_number": "17850"}, "event": "purchase", "id": "a",
             "observed": "%s", "value": {"amount": 1}}\
            """
                .formatted(vault.observedNow())
                .replace("\n", ""),
            Map.of("Idempotency-Key", UUID.randomUUID().toString())));
    assertThat(facet("profile").path("values").asInt()).isEqualTo(1);
    assertThat(facet("behaviour").path("events").asInt()).isEqualTo(1);
    assertThat(summary().toString()).doesNotContain(CANARY);
  }

  @Test
  void lastTenReads_areShownAsTheListOfAccessesShowsThem() {
    for (int i = 0; i < 11; i++) {
      ok(vault.ask("17850", "country"));
    }
    assertThat(vault.ask("17850", "none_such").status()).isEqualTo(400);
    JsonNode reads = summary().path("reads");
    assertThat(reads).hasSize(10).allMatch(read -> read.path("type").asText().equals("read"));
    JsonNode newest = ok(vault.get(ann, "/v1/me/accesses")).body().path("accesses");
    assertThat(reads.get(0))
        .isEqualTo(
            newest
                .valueStream()
                .filter(access -> access.path("type").asText().equals("read"))
                .findFirst()
                .orElseThrow());
  }

  @Test
  void openRequests_areListedUntilTheyEnd() {
    long decision = vault.ask("17850", "country").body().at("/receipt/index").asLong();
    JsonNode made =
        ok(vault.post(
                ann,
                "/v1/me/requests",
                "{\"right\": \"review\", \"decision\": " + decision + "}",
                Map.of()))
            .body();
    ok(vault.post(ann, "/v1/me/requests", "{\"right\": \"restriction\"}", Map.of()));
    assertThat(summary().path("requests")).hasSize(1);
    assertThat(summary().at("/requests/0/id")).isEqualTo(made.path("id"));
  }

  @Test
  void look_isRecorded() {
    summary();
    JsonNode entry = ok(vault.get(ann, "/v1/me/accesses?limit=2")).body().at("/accesses/1");
    assertThat(entry.path("type").asText()).isEqualTo("self-view");
    assertThat(entry.path("action").asText()).isEqualTo("summary");
  }

  @Test
  void otherRolesAndUnknownCustomers_areRefused() {
    assertThat(vault.get(vault.token(Role.OPERATOR, "olga"), "/v1/me/summary").status())
        .isEqualTo(403);
    assertThat(vault.get(vault.customer("customer_number:404"), "/v1/me/summary").status())
        .isEqualTo(404);
  }
}
