package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.TestVault.Answered;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.identity.TestKey;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Grants of more access by one operator need the approval of another person. */
final class TwoOperatorsIT {
  private static final String SHOP = "/v1/apps/shop";
  private static final String COUNTRY = "/v1/attributes/country";
  private static final String BUDGET = "/v1/analytics/budgets/dpv:ServicePersonalisation/shop";
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final String CONTEXT =
      "/v1/customers/customer_number:1/context"
          + "?purpose=dpv:ServicePersonalisation&attributes=country";

  private TestVault vault;
  private String olga;
  private String otto;
  private String ann;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    olga = vault.token(Role.OPERATOR, "olga");
    otto = vault.token(Role.OPERATOR, "otto");
    ann = vault.customer("customer_number:1");
    vault.write("1", "country", "\"" + CANARY + "land\"");
    ok(vault.put(ann, CONSENT, ""));
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private Answered patch(String path, String json) {
    return vault.send(olga, "PATCH", path, json, Map.of());
  }

  private Answered patchSeen(String path, String json, String tag) {
    return vault.send(olga, "PATCH", path, json, Map.of("If-Match", tag));
  }

  private static String change(Answered proposed) {
    assertThat(proposed.status()).as("%s", proposed).isEqualTo(202);
    return "/v1/changes/" + proposed.body().path("id").asLong();
  }

  private static String code(Answered answered) {
    return answered.status() + " " + answered.body().path("code").asText();
  }

  private String tag(String path) {
    return raw("GET", olga, path, "", Map.of()).headers().firstValue("ETag").orElseThrow();
  }

  private HttpResponse<byte[]> raw(
      String method, String token, String path, String body, Map<String, String> headers) {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Authorization", "Bearer " + token);
    if (!body.isEmpty()) {
      all.put("Content-Type", "application/json");
    }
    return vault.exchange(method, path, body.getBytes(StandardCharsets.UTF_8), all);
  }

  private String signed(TestKey key) {
    Instant now = vault.clock().instant();
    Map<String, Object> claims = new HashMap<>();
    claims.put("iss", "shop");
    claims.put("sub", "shop");
    claims.put("aud", vault.vault().issuer().name());
    claims.put("iat", now.getEpochSecond());
    claims.put("exp", now.plusSeconds(120).getEpochSecond());
    claims.put("jti", java.util.UUID.randomUUID().toString());
    claims.put("role", "app");
    return key.sign(claims);
  }

  @Test
  void anotherKey_doesNotCount_untilASecondOperatorHasApprovedIt() {
    TestKey key = TestKey.ed25519("mallory");
    Answered proposed =
        vault.put(
            olga,
            SHOP,
            """
            {"name": "Shop", "facets": [], "jwk": %s,
             "purposes": ["dpv:ServicePersonalisation", "dpv:CustomerCare"]}\
            """
                .formatted(key.publicJson()));
    String change = change(proposed);
    assertThat(vault.get(signed(key), CONTEXT).status()).isEqualTo(401);
    assertThat(ok(vault.get(olga, SHOP)).body().has("jwk")).isFalse();
    assertThat(code(vault.approve("olga", proposed))).isEqualTo("403 needs_another_operator");
    assertThat(vault.get(signed(key), CONTEXT).status()).isEqualTo(401);
    vault.restart();
    assertThat(code(vault.approve("olga", proposed))).isEqualTo("403 needs_another_operator");
    assertThat(ok(vault.approve("otto", proposed)).body().path("state").asText())
        .isEqualTo("applied");
    assertThat(ok(vault.get(signed(key), CONTEXT)).body().has("values")).isTrue();
    assertThat(code(vault.approve("otto", proposed))).isEqualTo("409 change_closed");
    assertThat(ok(vault.get(olga, change)).body().path("state").asText()).isEqualTo("applied");
  }

  @Test
  void whateverGivesMore_waitsForTheSecondOperator() {
    vault.register(BUDGET, "{\"rho\": 1, \"delta\": 0}");
    String agent =
        "\"verifyKey\": \"" + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a\"";
    vault.register("/v1/rights-agents/SLIP", "{\"name\": \"Slip\", " + agent + "}");
    Map<String, List<String>> wider =
        Map.of(
            SHOP,
            List.of(
                "{\"purposes\": [\"dpv:ServicePersonalisation\", \"dpv:Marketing\"]}",
                "{\"facets\": [\"profile\"]}",
                "{\"clientId\": \"c-1\"}",
                "{\"noticeUrl\": \"https://shop.example/set\"}",
                "{\"contact\": \"somebody@shop.example\"}",
                "{\"name\": \"Another shop\"}"),
            COUNTRY,
            List.of(
                "{\"category\": \"pd:Interest\"}",
                "{\"facet\": \"behaviour\"}",
                "{\"sensitivity\": \"high\"}",
                "{\"schema\": {\"type\": \"object\"}}",
                "{\"retentionDays\": 3651}",
                "{\"retentionDays\": 1}",
                "{\"analytics\": {\"keys\": [\"France\"]}}"),
            BUDGET,
            List.of("{\"rho\": 1.5}", "{\"delta\": 0.1}"),
            "/v1/rights-agents/SLIP",
            List.of("{\"name\": \"Another\"}"));
    wider.forEach(
        (path, patches) -> {
          JsonNode before = ok(vault.get(olga, path)).body();
          for (String patch : patches) {
            Answered proposed = patchSeen(path, patch, "*");
            assertThat(proposed.status()).as(patch).isEqualTo(202);
            assertThat(code(vault.approve("olga", proposed)))
                .isEqualTo("403 needs_another_operator");
          }
          assertThat(ok(vault.get(olga, path)).body()).isEqualTo(before);
        });
    for (String fresh : List.of("/v1/apps/fresh", "/v1/attributes/fresh")) {
      String body =
          fresh.contains("apps")
              ? "{\"name\": \"F\", \"purposes\": [], \"facets\": []}"
              : """
              {"kind": "value", "facet": "profile", "category": "pd:Country",
               "sensitivity": "low", "schema": {"type": "string"}, "retentionDays": 1}\
              """;
      assertThat(vault.put(olga, fresh, body).status()).isEqualTo(202);
      assertThat(vault.get(olga, fresh).status()).isEqualTo(404);
    }
  }

  @Test
  void whatOnlyTakesAway_takesEffectAtOnce_ifItsWriterSawWhatTheyChange() {
    TestKey key = TestKey.ed25519("shop");
    vault.register(
        SHOP,
        """
        {"name": "Shop", "facets": ["profile"], "jwk": %s, "clientId": "c-1",
         "purposes": ["dpv:ServicePersonalisation", "dpv:CustomerCare"]}\
        """
            .formatted(key.publicJson()));
    ok(vault.get(signed(key), CONTEXT));
    assertThat(code(patch(SHOP, "{\"jwk\": null}"))).isEqualTo("428 precondition_required");
    String stale = tag(SHOP);
    ok(patchSeen(SHOP, "{\"jwk\": null}", stale));
    assertThat(vault.get(signed(key), CONTEXT).status()).isEqualTo(401);
    assertThat(code(patchSeen(SHOP, "{\"clientId\": null}", stale)))
        .isEqualTo("412 precondition_failed");
    ok(patchSeen(SHOP, "{\"clientId\": null, \"facets\": []}", tag(SHOP)));
    ok(patchSeen(SHOP, "{\"purposes\": [\"dpv:CustomerCare\"]}", tag(SHOP)));
    JsonNode shop = ok(vault.get(olga, SHOP)).body();
    assertThat(shop.toString()).doesNotContain("jwk", "c-1", "profile", "Personalisation");
    assertThat(vault.get(vault.token(Role.APP, "shop"), CONTEXT).status()).isEqualTo(403);
    vault.register(BUDGET, "{\"rho\": 1, \"delta\": 0}");
    ok(patchSeen(BUDGET, "{\"rho\": 0.5, \"rhoPerCustomer\": 0.1}", tag(BUDGET)));
    assertThat(patchSeen(BUDGET, "{\"rhoPerCustomer\": null}", tag(BUDGET)).status())
        .isEqualTo(202);
  }

  @Test
  void aPutThatLeavesOutTheKey_keepsIt_andNullTakesItAway() {
    TestKey key = TestKey.ed25519("shop");
    String shop = "{\"name\": \"%s\", \"facets\": [], \"purposes\": [\"dpv:CustomerCare\"]%s}";
    vault.register(
        SHOP,
        shop.formatted(
            "Shop", ", \"jwk\": " + key.publicJson() + ", \"contact\": \"it@shop.example\""));
    vault.register(SHOP, shop.formatted("Renamed", ""));
    JsonNode held = ok(vault.get(olga, SHOP)).body();
    assertThat(held.path("name").asText()).isEqualTo("Renamed");
    assertThat(held.path("contact").asText()).isEqualTo("it@shop.example");
    assertThat(held.path("jwk").path("x").asText()).isNotEmpty();
    vault.register(SHOP, shop.formatted("Renamed", ", \"jwk\": null"));
    assertThat(ok(vault.get(olga, SHOP)).body().has("jwk")).isFalse();
  }

  @Test
  void aChangeOfSomethingThatChangedSince_isRefused() {
    Answered first = patch(SHOP, "{\"contact\": \"one@shop.example\"}");
    Answered second = patch(SHOP, "{\"contact\": \"two@shop.example\"}");
    ok(vault.approve("otto", first));
    assertThat(code(vault.approve("otto", second))).isEqualTo("409 change_outdated");
    ok(vault.delete(olga, change(second)));
    assertThat(ok(vault.get(olga, SHOP)).body().path("contact").asText())
        .isEqualTo("one@shop.example");
  }

  @Test
  void ofApprovalsAtOnce_oneCounts() throws Exception {
    List<Answered> proposed =
        List.of(
            patch(SHOP, "{\"contact\": \"one@shop.example\"}"),
            patch(SHOP, "{\"contact\": \"two@shop.example\"}"),
            patch(SHOP, "{\"contact\": \"three@shop.example\"}"));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> approvals =
          proposed.stream()
              .<Callable<Integer>>map(change -> () -> vault.approve("otto", change).status())
              .toList();
      int applied = 0;
      for (Future<Integer> status : threads.invokeAll(approvals)) {
        assertThat(status.get()).isIn(200, 409);
        applied += status.get() == 200 ? 1 : 0;
      }
      assertThat(applied).isEqualTo(1);
    }
  }

  @Test
  void oneIsOnePerson_howeverTheirNameIsWritten() {
    for (String same : List.of("olga", "Olga", "OLGA")) {
      assertThat(code(vault.approve(same, patch(SHOP, "{\"contact\": \"x@shop.example\"}"))))
          .isEqualTo("403 needs_another_operator");
    }
    assertThat(
            code(
                vault.post(
                    vault.token(Role.AUDITOR, "otto"),
                    change(patch(SHOP, "{\"contact\": \"x@shop.example\"}")) + "/approve",
                    "",
                    Map.of())))
        .isEqualTo("403 role_not_allowed");
  }

  @Test
  void aProposal_isWithdrawnByItsProposer_rejectedByOthers_andExpires() {
    String contact = "{\"contact\": \"x@shop.example\"}";
    Answered withdrawn = patch(SHOP, contact);
    assertThat(ok(vault.delete(olga, change(withdrawn))).body().path("state").asText())
        .isEqualTo("withdrawn");
    Answered rejected = patch(SHOP, contact);
    assertThat(ok(vault.delete(otto, change(rejected))).body().path("state").asText())
        .isEqualTo("rejected");
    Answered expired = patch(SHOP, contact);
    vault.advance(Duration.ofDays(31));
    otto = vault.token(Role.OPERATOR, "otto");
    assertThat(ok(vault.get(otto, change(expired))).body().path("state").asText())
        .isEqualTo("expired");
    for (Answered closed : List.of(withdrawn, rejected, expired)) {
      assertThat(code(vault.approve("otto", closed))).isEqualTo("409 change_closed");
    }
    assertThat(ok(vault.get(otto, SHOP)).body().has("contact")).isFalse();
  }

  @Test
  void theSecondPerson_seesWhatDiffers_andWhichDecisionsWouldFlip() {
    ok(vault.ask("1", "country"));
    Answered proposed =
        vault.send(
            olga,
            "PATCH",
            SHOP + "?reason=The%20shop%20closes%20its%20recommendations",
            "{\"name\": \"Shop 2\", \"purposes\": [\"dpv:CustomerCare\", \"dpv:Marketing\"]}",
            Map.of());
    JsonNode change = ok(vault.get(otto, change(proposed))).body();
    assertThat(change.path("reason").asText()).startsWith("The shop closes");
    assertThat(change.path("differences").findValuesAsText("says"))
        .containsExactly(
            "Replaces name",
            "Takes dpv:ServicePersonalisation out of purposes",
            "Adds dpv:Marketing to purposes");
    assertThat(change.at("/differences/0/before").asText()).isEqualTo("Shop");
    assertThat(change.at("/differences/0/after").asText()).isEqualTo("Shop 2");
    JsonNode replay = ok(vault.get(otto, change.path("replay").asText())).body();
    assertThat(replay.at("/replay/flips/0/change").asText()).isEqualTo("newly-refused");
    assertThat(replay.at("/replay/flips/0/count").asInt()).isEqualTo(1);
    assertThat(replay.path("uses").findValuesAsText("purpose")).contains("dpv:Marketing");

    Answered health = patch(COUNTRY, "{\"category\": \"pd:Health\"}");
    JsonNode attribute = ok(vault.get(otto, change(health) + "/replay")).body();
    assertThat(attribute.path("flips")).isNotEmpty();
    assertThat(code(vault.get(otto, change(budget()) + "/replay")))
        .isEqualTo("404 nothing_to_replay");
  }

  private Answered budget() {
    return vault.put(olga, BUDGET, "{\"rho\": 1, \"delta\": 0}");
  }

  @Test
  void aChangeOfThePolicy_isOneOfThem_withItsDifferencesAndItsReplay() {
    Answered proposed =
        ok(
            vault.post(
                olga,
                "/v1/policy/changes",
                """
                {"reason": "Longer",
                 "patch": {"purposes": {"dpv:DirectMarketing": {"max_age_days": 90}}}}\
                """,
                Map.of()));
    String path = "/v1/changes/" + proposed.body().path("id").asLong();
    JsonNode change = ok(vault.get(otto, path)).body();
    assertThat(change.at("/differences/0/path").asText())
        .isEqualTo("/purposes/dpv:DirectMarketing/max_age_days");
    assertThat(change.at("/differences/0/after").asInt()).isEqualTo(90);
    assertThat(ok(vault.get(otto, path + "/replay")).body().has("flips")).isTrue();
    assertThat(ok(vault.get(otto, "/v1/changes?limit=1")).body().at("/changes/0/kind").asText())
        .isEqualTo("policy");
    assertThat(code(vault.post(olga, path + "/approve", "", Map.of())))
        .isEqualTo("403 needs_another_operator");
    assertThat(
            code(vault.post(vault.token(Role.OPERATOR, "Olga"), path + "/approve", "", Map.of())))
        .isEqualTo("403 needs_another_operator");
    ok(vault.post(otto, path + "/approve", "", Map.of()));
  }

  @Test
  void customersOfTheApp_andTheApp_areTold() {
    ok(patchSeen(SHOP, "{\"purposes\": [\"dpv:ServicePersonalisation\"]}", "*"));
    Answered proposed = patch(SHOP, "{\"purposes\": [\"dpv:Marketing\"]}");
    String shop = vault.token(Role.APP, "shop");
    JsonNode seen = ok(vault.get(shop, SHOP + "/changes")).body().path("changes");
    assertThat(seen.at("/0/state").asText()).isEqualTo("proposed");
    assertThat(seen.at("/0/proposedBy").asText()).isEqualTo("operator");
    assertThat(code(vault.get(shop, "/v1/apps/crm/changes"))).isEqualTo("403 not_your_app");
    assertThat(told().path("appChanges")).hasSize(1);
    ok(vault.approve("otto", proposed));
    JsonNode told = told();
    assertThat(told.at("/appChanges/0/app").asText()).isEqualTo("shop");
    assertThat(told.at("/appChanges/0/changes").toString())
        .contains("Takes dpv:ServicePersonalisation out of purposes", "Adds dpv:Marketing");
    long entry = told.at("/appChanges/0/entry").asLong();
    JsonNode logged =
        ok(vault.get(vault.token(Role.AUDITOR, "ada"), "/v1/audit/entries?type=admin")).body();
    assertThat(logged.path("entries").findValuesAsText("index")).contains(String.valueOf(entry));
    JsonNode stranger = ok(vault.get(other(), "/v1/me/accesses")).body();
    assertThat(stranger.path("appChanges")).isEmpty();
  }

  private JsonNode told() {
    return ok(vault.get(ann, "/v1/me/accesses")).body();
  }

  private String other() {
    vault.write("2", "country", "\"" + CANARY + "land\"");
    return vault.customer("customer_number:2");
  }

  @Test
  void anAnalystsShare_namesAKnownAnalyst() {
    String ana = vault.token(Role.ANALYST, "ana");
    assertThat(
            code(vault.put(olga, BUDGET, "{\"rho\": 1, \"delta\": 0, \"shares\": {\"ana\": 0.5}}")))
        .isEqualTo("404 no_such_analyst");
    ok(vault.get(ana, "/v1/analytics/budget"));
    Answered set = vault.register(BUDGET, "{\"rho\": 1, \"delta\": 0, \"shares\": {\"ana\": 0.5}}");
    assertThat(set.body().at("/shares/ana").asDouble()).isEqualTo(0.5);
    JsonNode own = ok(vault.get(ana, "/v1/analytics/budget")).body().at("/budgets/0/share");
    assertThat(own.path("rho").asDouble()).isEqualTo(0.5);
    assertThat(patchSeen(BUDGET, "{\"shares\": {\"ana\": 0.25}}", "*").status()).isEqualTo(200);
    assertThat(patchSeen(BUDGET, "{\"shares\": {\"ana\": null}}", "*").status()).isEqualTo(202);
  }
}
