package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions of registrations, each with its log entry. */
final class RegistrationsIT {

  @Test
  void everyVersion_ofAnAppAndOfAnAttribute_isKept(@TempDir Path dir) {
    try (TestVault vault = new TestVault(dir)) {
      vault.furnish();
      String olga = vault.token(Role.OPERATOR, "olga");
      vault.advance(Duration.ofMinutes(5));
      vault.register("/v1/apps/shop", app("dpv:Marketing"));
      vault.register("/v1/attributes/country", attribute(7));
      vault.restart();

      String ada = vault.token(Role.AUDITOR, "ada");
      JsonNode apps = ok(vault.get(ada, "/v1/apps/shop/versions")).body().get("versions");
      assertThat(apps.findValuesAsText("version")).containsExactly("2", "1");
      assertThat(apps.at("/0/registered/purposes").toString()).isEqualTo("[\"dpv:Marketing\"]");
      assertThat(apps.at("/1/registered/purposes").toString())
          .contains("dpv:ServicePersonalisation");
      JsonNode page = ok(vault.get(ada, "/v1/apps/shop/versions?limit=1")).body();
      assertThat(page.findValuesAsText("version")).containsExactly("2");
      JsonNode last = ok(vault.get(ada, page.path("next").asText())).body();
      assertThat(last.findValuesAsText("version")).containsExactly("1");
      JsonNode days = ok(vault.get(ada, "/v1/attributes/country/versions")).body();
      assertThat(days.findValuesAsText("retentionDays")).first().isEqualTo("7");
      assertThat(days.get("versions")).hasSize(2);
      String request = apps.at("/0/request").textValue();
      JsonNode entry = ok(vault.get(ada, "/v1/audit/entries?request=" + request)).body();
      assertThat(entry.at("/entries/0/action").textValue()).isEqualTo("app.put");
      assertThat(entry.at("/entries/0/actor")).isEqualTo(apps.at("/0/by"));
      assertThat(vault.get(ada, "/v1/apps/nobody/versions").status()).isEqualTo(404);
    }
  }

  private static String app(String purpose) {
    return "{\"name\": \"Shop\", \"facets\": [\"profile\"], \"purposes\": [\"" + purpose + "\"]}";
  }

  private static String attribute(int days) {
    return """
    {"kind": "value", "facet": "profile", "category": "pd:Country", "sensitivity": "low",
     "schema": {"type": "string"}, "retentionDays": %d}\
    """
        .formatted(days);
  }
}
