package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.TestVault.Answered;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.identity.TestIssuer;
import io.contextkeep.vault.identity.TestKey;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Authentication over HTTP at a complete vault. */
final class IdentityIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final String VAULT = "urn:contextkeep:vault";
  private static final String CONTEXT =
      "/v1/customers/customer_number:17850/context"
          + "?purpose=dpv:ServicePersonalisation&attributes=country";

  @TempDir Path dir;
  private final TestKey key = TestKey.ed25519("k1");
  private final TestKey other = TestKey.es256("k2");
  private TestIssuer people;
  private TestIssuer staff;
  private TestVault vault;
  private String operator;

  @BeforeEach
  void start() {
    people = new TestIssuer(() -> vault.clock().instant(), key);
    staff = new TestIssuer(() -> vault.clock().instant(), other);
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("CONTEXTKEEP_OIDC_PEOPLE_ISSUER", TestIssuer.NAME);
    settings.put("CONTEXTKEEP_OIDC_PEOPLE_JWKS", people.jwks().toString());
    settings.put("CONTEXTKEEP_OIDC_PEOPLE_ROLES", "customer,app,source");
    settings.put("CONTEXTKEEP_OIDC_PEOPLE_ACCOUNT_KIND", "customer_number");
    settings.put("CONTEXTKEEP_OIDC_PEOPLE_ACCOUNT_CLAIM", "number");
    settings.put("CONTEXTKEEP_OIDC_STAFF_ISSUER", TestIssuer.NAME + "/staff");
    settings.put("CONTEXTKEEP_OIDC_STAFF_JWKS", staff.jwks().toString());
    settings.put("CONTEXTKEEP_OIDC_STAFF_ROLES", "operator,auditor");
    vault = TestVault.furnished(dir, settings);
    vault.write("17850", "country", "\"" + CANARY + "land\"");
    operator = vault.token(Role.OPERATOR, "olga");
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
    people.close();
    staff.close();
  }

  private String customer(String number) {
    Map<String, Object> claims = people.claims("u-1", VAULT);
    claims.put("number", number);
    return key.sign(claims);
  }

  private String app(TestKey signer, String id, String role) {
    return app(signer, id, role, Map.of());
  }

  private String app(TestKey signer, String id, String role, Map<String, Object> more) {
    Instant now = vault.clock().instant();
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", id);
    claims.put("sub", id);
    claims.put("aud", VAULT);
    claims.put("iat", now.getEpochSecond());
    claims.put("exp", now.plusSeconds(120).getEpochSecond());
    claims.put("role", role);
    claims.putAll(more);
    return signer.sign(claims);
  }

  private Answered register(String more) {
    return vault.register("/v1/apps/shop", shop(more));
  }

  private Answered proposed(String more) {
    return vault.put(operator, "/v1/apps/shop", shop(more));
  }

  private static String shop(String more) {
    return """
    {"name": "Shop", "facets": ["profile"], "purposes": ["dpv:ServicePersonalisation"],
     "identitySource": true%s}\
    """
        .formatted(more);
  }

  @Test
  void aCustomerOfAnExternalIssuer_isFoundByTheirAccount() {
    ok(vault.put(customer("17850"), CONSENT, ""));
    assertThat(ok(vault.get(customer("17850"), "/v1/me")).body().at("/values/country/value"))
        .hasToString("\"" + CANARY + "land\"");
    assertThat(vault.get(customer("404"), "/v1/me").status()).isEqualTo(404);
  }

  @Test
  void anAppWithAKey_signsItsOwnTokens() {
    register(", \"jwk\": " + key.publicJson());
    ok(vault.put(customer("17850"), CONSENT, ""));
    assertThat(ok(vault.get(app(key, "shop", "app"), CONTEXT)).body().has("values")).isTrue();
    String line =
        """
        {"customer": {"customer_number": "17850"}, "attribute": "country", "observed": "%s", "value": "%sia"}\
        """
            .formatted(vault.observedNow(), CANARY);
    Map<String, String> once = Map.of("Idempotency-Key", "1");
    ok(vault.post(app(key, "shop", "source"), "/v1/ingest", line, once));
    assertThat(vault.get(app(key, "shop", "operator"), "/v1/apps").status()).isEqualTo(401);
    assertThat(vault.get(app(other, "shop", "app"), CONTEXT).status()).isEqualTo(401);
  }

  /** The forms of CAMARA's APIs and of RFC 9396. */
  @Test
  void aTokenThatStatesAPurpose_isValidForThatPurposeOnly() {
    register(", \"jwk\": " + key.publicJson());
    ok(vault.put(customer("17850"), CONSENT, ""));
    String unstated = CONTEXT.replaceFirst("purpose=[^&]*&", "");
    assertThat(unstated).doesNotContain("purpose");
    Map<String, Object> scope = Map.of("scope", "openid dpv:ServicePersonalisation");
    Map<String, Object> details = details("dpv:ServicePersonalisation", "pd:Country");
    for (Map<String, Object> stated : List.of(scope, details)) {
      String token = app(key, "shop", "app", stated);
      assertThat(ok(vault.get(token, unstated)).body().at("/purpose").textValue())
          .isEqualTo("dpv:ServicePersonalisation");
      assertThat(ok(vault.get(token, CONTEXT)).body().has("values")).isTrue();
    }
    // The app is registered for it, but its token does not allow it; the refusal is logged.
    Answered other =
        vault.get(app(key, "shop", "app", Map.of("scope", "dpv:CustomerCare")), CONTEXT);
    assertThat(other.status()).isEqualTo(403);
    assertThat(other.body().get("reasons").toString()).contains("PURPOSE_NOT_REGISTERED");
    assertThat(other.body().has("receipt")).isTrue();
    assertThat(code(vault.get(app(key, "shop", "app"), unstated))).isEqualTo("missing_parameter");
    String narrow = app(key, "shop", "app", details("dpv:ServicePersonalisation", "pd:Income"));
    assertThat(code(vault.get(narrow, CONTEXT))).isEqualTo("not_granted");
  }

  /** Checks that a token never allows a purpose beyond the app's registration. */
  @Test
  void aStatedPurpose_onlyNarrows() {
    register(", \"jwk\": " + key.publicJson());
    Answered refused =
        vault.get(
            app(key, "shop", "app", Map.of("scope", "dpv:Marketing")),
            CONTEXT.replace("dpv:ServicePersonalisation", "dpv:Marketing"));
    assertThat(refused.body().get("reasons").toString()).contains("PURPOSE_NOT_REGISTERED");
  }

  @Test
  void aTokenWithUnparsableDetails_isRejected() {
    register(", \"jwk\": " + key.publicJson());
    List<Map<String, Object>> wrong =
        List.of(
            Map.of("scope", "dpv:ServicePersonalisation dpv:Marketing"),
            Map.of("authorization_details", "x"),
            Map.of("authorization_details", List.of(detail("a"), detail("a"))),
            Map.of("authorization_details", List.of(Map.of("type", "contextkeep_context"))),
            Map.of("authorization_details", List.of(with(detail("a"), "locations", List.of()))),
            Map.of("authorization_details", List.of(with(detail("a"), "datatypes", List.of()))),
            Map.of("authorization_details", List.of(with(detail("a"), "datatypes", List.of(1)))),
            Map.of("authorization_details", List.of(with(detail("a"), "actions", List.of("b")))),
            with(details("dpv:Marketing", "pd:Country"), "scope", "dpv:CustomerCare"));
    for (Map<String, Object> claims : wrong) {
      assertThat(code(vault.get(app(key, "shop", "app", claims), CONTEXT)))
          .as("%s", claims)
          .startsWith("token_");
    }
    // Details of another type, or without a purpose, are ignored.
    Map<String, Object> others =
        Map.of("scope", "openid", "authorization_details", List.of(Map.of("type", "payment"), "x"));
    assertThat(code(vault.get(app(key, "shop", "app", others), CONTEXT)))
        .isEqualTo("not_permitted");
  }

  private static String code(Answered answered) {
    return answered.body().path("code").asText();
  }

  private static Map<String, Object> detail(String purpose) {
    return Map.of("type", "contextkeep_context", "purpose", purpose);
  }

  private static Map<String, Object> details(String purpose, String category) {
    return Map.of(
        "authorization_details",
        List.of(
            with(
                with(detail(purpose), "datatypes", List.of(category)),
                "actions",
                List.of("dpv:Retrieve"))));
  }

  private static Map<String, Object> with(Map<String, Object> map, String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(map);
    more.put(name, value);
    return more;
  }

  @Test
  void aReplacedOrRemovedKey_stopsTheNextRequest() {
    register(", \"jwk\": " + key.publicJson());
    String token = app(key, "shop", "app");
    assertThat(vault.get(token, CONTEXT).status()).isEqualTo(403);
    register(", \"jwk\": " + other.publicJson());
    Answered replaced = vault.get(token, CONTEXT);
    assertThat(replaced.status()).isEqualTo(401);
    assertThat(replaced.body().get("code").textValue()).isEqualTo("token_key_unknown");
    assertThat(vault.get(app(other, "shop", "app"), CONTEXT).status()).isEqualTo(403);
    register(", \"jwk\": null");
    assertThat(vault.get(app(other, "shop", "app"), CONTEXT).body().get("code").textValue())
        .isEqualTo("token_issuer");
  }

  @Test
  void aRegisteredKey_isShownByItsThumbprint_andAnInvalidOneIsRefusedWithTheReason() {
    assertThat(register("").body().has("keyThumbprint")).isFalse();
    JsonNode shown = register(", \"jwk\": " + key.publicJson()).body();
    assertThat(shown.get("keyThumbprint").textValue()).hasSize(43);
    assertThat(shown.path("jwk").has("d")).isFalse();
    JsonNode listed = ok(vault.get(operator, "/v1/apps")).body().get("apps");
    assertThat(listed.findValues("jwk")).isEmpty();
    assertThat(listed.findValuesAsText("keyThumbprint"))
        .containsExactly(shown.get("keyThumbprint").textValue());
    for (TestKey whole : new TestKey[] {key, other}) {
      Answered refused = proposed(", \"jwk\": " + whole.jwk().toJSONString());
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.body().get("code").textValue()).isEqualTo("invalid_key");
      assertThat(refused.body().get("detail").textValue()).contains("private part");
    }
    String rsa = "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}";
    assertThat(proposed(", \"jwk\": " + rsa).body().get("detail").textValue())
        .contains("Ed25519")
        .contains("P-256");
    assertThat(proposed(", \"jwk\": \"text\"").status()).isEqualTo(400);
  }

  @Test
  void anAppsClient_isIdentifiedByItsUniqueClientId() {
    register(", \"clientId\": \"client-7\"");
    ok(vault.put(customer("17850"), CONSENT, ""));
    Map<String, Object> claims = people.claims("client-7", VAULT);
    claims.put("azp", "client-7");
    ok(vault.get(key.sign(claims), CONTEXT));
    claims.put("sub", "u-1");
    claims.put("number", "17850");
    assertThat(vault.get(key.sign(claims), CONTEXT).body().get("code").textValue())
        .isEqualTo("role_not_allowed");
    Answered taken =
        vault.put(
            operator,
            "/v1/apps/mall",
            "{\"name\": \"Mall\", \"facets\": [], \"purposes\": [], \"clientId\": \"client-7\"}");
    assertThat(taken.status()).isEqualTo(409);
  }

  @Test
  void staff_haveOnlyTheRolesThatTheirIssuerMayGive() {
    Map<String, Object> claims = staff.claims("audrey", VAULT);
    claims.put("iss", TestIssuer.NAME + "/staff");
    claims.put("role", "auditor");
    ok(vault.get(other.sign(claims), "/v1/audit/entries"));
    JsonNode seen = ok(vault.get(other.sign(claims), "/v1/audit/entries?type=audit-view")).body();
    assertThat(seen.toString()).doesNotContain("audrey");
    String actor = seen.at("/entries/0/actor").asText();
    assertThat(actor).matches("staff-[0-9a-f]{32}");
    JsonNode named = ok(vault.get(other.sign(claims), "/v1/audit/staff?actor=" + actor)).body();
    assertThat(named.at("/staff/0/name").asText()).isEqualTo("staff:audrey");
    assertThat(ok(vault.get(other.sign(claims), "/v1/audit/staff")).body().get("staff"))
        .hasSizeGreaterThan(1);
    claims.put("role", "analyst");
    assertThat(vault.get(other.sign(claims), "/v1/analytics/budget").status()).isEqualTo(401);
    Map<String, Object> customers = people.claims("u-1", VAULT);
    customers.put("role", "operator");
    Answered refused = vault.get(key.sign(customers), "/v1/apps");
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.body().get("code").textValue()).isEqualTo("token_role_not_allowed");
  }

  @Test
  void anUnreachableIssuer_isAnsweredWith503_not401() {
    people.close();
    Answered answered = vault.get(customer("17850"), "/v1/me");
    assertThat(answered.status()).isEqualTo(503);
    assertThat(answered.body().get("code").textValue()).isEqualTo("issuer_unreachable");
    ok(vault.get(operator, "/v1/apps"));
  }
}
