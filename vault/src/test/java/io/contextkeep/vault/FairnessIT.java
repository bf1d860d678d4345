package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.db.Sql;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No caller takes what others need, and nobody is kept from opting out. */
final class FairnessIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final String TO_ALL = "/v1/me/consents/dpv:ServicePersonalisation/*";

  /** Of what is limited by the minute, so much may come at once. */
  private static final int AT_ONCE = 5;

  private TestVault vault;
  private String ann;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault =
        new TestVault(
            dir,
            Map.of(
                "CONTEXTKEEP_LIMITS_CHANGES_PER_MINUTE", "1",
                "CONTEXTKEEP_LIMITS_LOOKS_PER_MINUTE", "1"));
    vault.furnish();
    ann = vault.customer("customer_number:17850");
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private long rows(String sql) {
    return vault
        .vault()
        .db()
        .<Long>inRead(c -> Sql.one(c, sql, row -> row.getLong(1)).orElseThrow());
  }

  private long events() {
    return rows("SELECT count(*) FROM consent_event");
  }

  private HttpResponse<byte[]> send(String token, String method, String path) {
    return vault.exchange(method, path, new byte[0], Map.of("Authorization", "Bearer " + token));
  }

  @ParameterizedTest
  @ValueSource(strings = {CONSENT, TO_ALL})
  void sayingAgainWhatStands_addsNothingToTheHistory_andIsAnsweredAlike(String path) {
    JsonNode yes = ok(vault.put(ann, path, "")).body();
    vault.advance(java.time.Duration.ofMinutes(1));
    assertThat(ok(vault.put(ann, path, "")).body()).isEqualTo(yes);
    assertThat(events()).isEqualTo(1);
    JsonNode no = ok(vault.delete(ann, path)).body();
    vault.advance(java.time.Duration.ofMinutes(1));
    assertThat(ok(vault.delete(ann, path)).body()).isEqualTo(no);
    assertThat(events()).isEqualTo(2);
  }

  @Test
  void aYesToMoreOrForLonger_isNoRepetition() {
    ok(vault.put(ann, CONSENT, ""));
    ok(vault.put(ann, CONSENT, "{\"explicit\": true}"));
    ok(vault.put(ann, CONSENT, "{\"explicit\": true, \"expires\": \"2100-01-01T00:00:00Z\"}"));
    assertThat(events()).isEqualTo(3);
  }

  @Test
  void aNoToAll_thatMissesOneApp_isNoRepetition() {
    ok(vault.delete(ann, TO_ALL));
    ok(vault.put(ann, CONSENT, ""));
    JsonNode no = ok(vault.delete(ann, TO_ALL)).body();
    assertThat(no.path("status").textValue()).isEqualTo("WITHDRAWN");
    assertThat(rows("SELECT count(*) FROM consent_state WHERE status = 'WITHDRAWN'")).isEqualTo(2);
  }

  @Test
  void endlessRepetition_isLimited_andAddsNoEntryOnceItIs() {
    for (int i = 0; i < AT_ONCE; i++) {
      ok(vault.put(ann, CONSENT, ""));
    }
    long entries = rows("SELECT count(*) FROM audit_leaf");
    HttpResponse<byte[]> limited = send(ann, "PUT", CONSENT);
    assertThat(limited.statusCode()).isEqualTo(429);
    assertThat(TestVault.json(limited).path("code").textValue()).isEqualTo("too_many_changes");
    long wait = limited.headers().firstValueAsLong("Retry-After").orElseThrow();
    assertThat(wait).isBetween(1L, 60L);
    assertThat(limited.headers().firstValue("RateLimit-Policy")).contains("\"changes\";q=5;w=300");
    assertThat(limited.headers().firstValue("RateLimit")).contains("\"changes\";r=0;t=" + wait);
    assertThat(rows("SELECT count(*) FROM audit_leaf")).isEqualTo(entries);
    ok(vault.put(vault.customer("customer_number:12347"), CONSENT, ""));
  }

  @Test
  void whoeverHasChangedTooMuch_canStillOptOut_inEveryWay() {
    ok(vault.put(ann, CONSENT, ""));
    for (int i = 1; i < AT_ONCE; i++) {
      ok(vault.delete(ann, "/v1/me/restriction"));
    }
    assertThat(send(ann, "DELETE", "/v1/me/restriction").statusCode()).isEqualTo(429);
    ok(vault.delete(ann, CONSENT));
    ok(vault.delete(ann, TO_ALL));
    ok(vault.put(ann, "/v1/me/objections/dpv:Marketing", ""));
    ok(vault.put(ann, "/v1/me/restriction", ""));
    ok(vault.post(ann, "/v1/me/requests", "{\"right\": \"opt-out\"}", Map.of()));
    for (String again :
        List.of(CONSENT, TO_ALL, "/v1/me/restriction", "/v1/me/objections/dpv:Marketing")) {
      String method = again.contains("consents") ? "DELETE" : "PUT";
      assertThat(send(ann, method, again).statusCode()).as(again).isEqualTo(429);
    }
    ok(vault.delete(ann, "/v1/me"));
  }

  @Test
  void cases_areLimitedByThemselves() {
    for (int i = 0; i < AT_ONCE; i++) {
      ok(vault.post(ann, "/v1/me/requests", "{\"right\": \"restriction\"}", Map.of()));
    }
    assertThat(
            vault
                .post(ann, "/v1/me/requests", "{\"right\": \"restriction\"}", Map.of())
                .body()
                .path("code")
                .textValue())
        .isEqualTo("too_many_changes");
    ok(vault.put(ann, CONSENT, ""));
  }

  @Test
  void endlessLooking_isLimited_andKeepsNobodyFromChanging() {
    ok(vault.put(ann, CONSENT, ""));
    for (int i = 0; i < AT_ONCE; i++) {
      ok(vault.get(ann, "/v1/me/consents"));
    }
    HttpResponse<byte[]> limited = send(ann, "GET", "/v1/me/accesses");
    assertThat(limited.statusCode()).isEqualTo(429);
    assertThat(TestVault.json(limited).path("code").textValue()).isEqualTo("too_many_looks");
    ok(vault.delete(ann, CONSENT));
  }
}
