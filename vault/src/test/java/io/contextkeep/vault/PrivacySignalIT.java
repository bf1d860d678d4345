package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Global Privacy Control, a signal that needs to be sent once and only restricts. */
final class PrivacySignalIT {
  private static final String ADS = "/v1/me/consents/dpv:TargetedAdvertising/ads";

  private TestVault vault;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    vault.register(
        "/v1/apps/ads",
        """
        {"name": "Ads", "facets": [], "purposes": ["dpv:TargetedAdvertising"]}\
        """);
    vault.write("1", "country", "\"x\"");
    ok(vault.put(customer(), ADS, ""));
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  @Test
  void theSignal_stopsAdvertising_atOnceAndPermanently() {
    ok(ask());
    JsonNode seen = signalled("1");
    assertThat(seen.has("gpcHonouredAt")).isTrue();
    assertThat(ask().status()).isEqualTo(403);
    vault.restart();
    assertThat(ok(vault.get(customer(), "/v1/me/consents")).body().path("gpcHonouredAt"))
        .isEqualTo(seen.path("gpcHonouredAt"));
    assertThat(ask().status()).isEqualTo(403);
  }

  @Test
  void theSignal_isRecordedOnce_andStopsNothingElse() {
    ok(vault.put(customer(), "/v1/me/consents/dpv:ServicePersonalisation/shop", ""));
    JsonNode first = signalled("1");
    assertThat(signalled("1")).isEqualTo(first);
    ok(vault.ask("1", "country"));
  }

  /** Checks that the laws in the policy's data define sale and sharing. */
  @Test
  void aPurposeThatALawAdds_isCoveredFromThenOn() {
    String change =
        """
        {"reason": "The law changed", "patch": {"jurisdictions": {"us-ca": {"opt_out":
         ["dpv:DirectMarketing", "dpv:PersonalisedAdvertising", "dpv:SellDataToThirdParties",
          "dpv:TargetedAdvertising"]}}}}\
        """;
    assertThat(signalled("1").toString()).doesNotContain("DirectMarketing");
    long id =
        ok(vault.post(vault.token(Role.OPERATOR, "olga"), "/v1/policy/changes", change, Map.of()))
            .body()
            .path("id")
            .longValue();
    ok(
        vault.post(
            vault.token(Role.OPERATOR, "otto"),
            "/v1/policy/changes/" + id + "/approve",
            "",
            Map.of()));
    assertThat(signalled("1").toString()).contains("dpv:DirectMarketing");
  }

  @Test
  void otherValues_areNotSignals() {
    assertThat(signalled("0").has("gpcHonouredAt")).isFalse();
    assertThat(signalled("true").has("gpcHonouredAt")).isFalse();
    ok(ask());
  }

  /** Checks that the customer's later choice counts, even while their browser keeps signalling. */
  @Test
  void aLaterChoiceOfTheCustomer_counts_andEachConsentNamesWhatBlocksIt() {
    signalled("1");
    String all = "/v1/me/consents/dpv:%s/*";
    for (String purpose : new String[] {"PersonalisedAdvertising", "TargetedAdvertising"}) {
      vault.advance(Duration.ofSeconds(1));
      JsonNode yes = ok(vault.put(customer(), ADS, "")).body();
      assertThat(yes.path("stoppedBy").toString()).contains(purpose + "/*");
      ok(vault.put(customer(), all.formatted(purpose), ""));
    }
    assertThat(ok(vault.put(customer(), ADS, "")).body().path("stoppedBy")).isEmpty();
    signalled("1");
    ok(ask());
  }

  @Test
  void supportForTheSignal_isStatedAtTheSpecifiedPlace() {
    var answer = vault.exchange("GET", "/.well-known/gpc.json", new byte[0], Map.of());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(TestVault.json(answer).path("gpc").asBoolean()).isTrue();
  }

  private JsonNode signalled(String value) {
    return ok(vault.send(customer(), "GET", "/v1/me/consents", "", Map.of("Sec-GPC", value)))
        .body();
  }

  private TestVault.Answered ask() {
    return vault.get(
        vault.token(Role.APP, "ads"),
        "/v1/customers/customer_number:1/context?purpose=dpv:TargetedAdvertising"
            + "&attributes=country");
  }

  private String customer() {
    return vault.customer("customer_number:1");
  }
}
