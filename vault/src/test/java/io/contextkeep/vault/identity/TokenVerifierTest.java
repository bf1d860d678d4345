package io.contextkeep.vault.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.util.Base64URL;
import io.contextkeep.policy.Assurance;
import io.contextkeep.vault.identity.Apps.RegisteredApp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of token verification, each of which alone makes a token invalid. */
final class TokenVerifierTest {
  private static final String VAULT = "urn:test:vault";

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-24T12:00:00Z"));
  private final InstantSource clock = now::get;
  private final TestKey ed = TestKey.ed25519("ed-1");
  private final TestKey es = TestKey.es256("es-1");
  private final TestIssuer oidc = new TestIssuer(clock, ed, es);
  private final VaultIssuer own =
      new VaultIssuer(VAULT, new SecretKeySpec(new byte[32], "Generic"), clock);
  private final Map<String, RegisteredApp> apps = new HashMap<>();
  private TokenVerifier verifier = verifier(oidc.settings(Role.CUSTOMER));

  @AfterEach
  void close() {
    oidc.close();
  }

  private TokenVerifier verifier(IssuerSettings... issuers) {
    return new TokenVerifier(
        own,
        List.of(issuers),
        new Apps() {
          @Override
          public Optional<RegisteredApp> byId(String id) {
            return Optional.ofNullable(apps.get(id));
          }

          @Override
          public Optional<RegisteredApp> byClientId(String clientId) {
            return apps.values().stream()
                .filter(app -> app.clientId().equals(Optional.of(clientId)))
                .findFirst();
          }
        },
        UnaryOperator.identity(),
        clock);
  }

  private Caller authenticate(String token) {
    return verifier.authenticate(Optional.of("Bearer " + token));
  }

  private void refused(String token, String code) {
    assertThatThrownBy(() -> authenticate(token))
        .isInstanceOfSatisfying(
            NotAuthenticated.class, no -> assertThat(no.code()).isEqualTo(code));
  }

  private Map<String, Object> good() {
    return oidc.claims("u-1", "vault");
  }

  private Map<String, Object> with(String claim, Object value) {
    Map<String, Object> claims = good();
    claims.put(claim, value);
    return claims;
  }

  private Map<String, Object> without(String claim) {
    Map<String, Object> claims = good();
    claims.remove(claim);
    return claims;
  }

  private static Map<String, Object> header(TestKey key, String member, Object value) {
    Map<String, Object> header = key.header();
    header.put(member, value);
    return header;
  }

  @Test
  void withoutABearerToken_thereIsNoCaller() {
    assertThatThrownBy(() -> verifier.authenticate(Optional.empty())).hasMessage("token_missing");
    assertThatThrownBy(() -> verifier.authenticate(Optional.of("Basic YTpi")))
        .hasMessage("token_not_bearer");
    refused("x".repeat(TokenVerifier.MAX_LENGTH + 1), "token_too_long");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "a.b", "a.b.c", "a.b.c.d.e", "....", "e30.e30.e30"})
  void malformedTokens_areRefused(String token) {
    refused(token, "token_malformed");
  }

  @Test
  void eachKindOfIssuer_isAccepted() {
    apps.put("shop", app("shop", ed, "", true, true));
    assertThat(authenticate(own.issue("olga", Role.OPERATOR, Duration.ofHours(1))))
        .isEqualTo(new Caller("olga", Role.OPERATOR, Optional.empty()));
    for (TestKey key : List.of(ed, es)) {
      assertThat(authenticate(key.sign(good())))
          .isEqualTo(new Caller("customer", Role.CUSTOMER, Optional.of("account:u-1")));
    }
    assertThat(authenticate(ed.sign(appClaims("shop"))))
        .isEqualTo(new Caller("shop", Role.APP, Optional.empty()));
  }

  @Test
  void theKeyFixesTheAlgorithm_notTheToken() {
    refused(ed.sign(header(ed, "alg", "ES256"), good()), "token_signature");
    refused(es.sign(header(es, "alg", "EdDSA"), good()), "token_signature");
    refused(es.sign(header(es, "alg", "HS256"), good()), "token_signature");
    refused(es.sign(header(es, "alg", "ES384"), good()), "token_signature");
    // RFC 9864's name for the same algorithm.
    assertThat(authenticate(ed.sign(header(ed, "alg", "Ed25519"), good())).role())
        .isEqualTo(Role.CUSTOMER);
  }

  @Test
  void unsignedTokens_areRefused() {
    for (String none : List.of("none", "None", "NONE", "nOnE")) {
      String token = ed.sign(header(ed, "alg", none), good());
      assertThatThrownBy(() -> authenticate(token)).isInstanceOf(NotAuthenticated.class);
      String unsigned = token.substring(0, token.lastIndexOf('.') + 1);
      assertThatThrownBy(() -> authenticate(unsigned)).isInstanceOf(NotAuthenticated.class);
    }
    String signed = ed.sign(good());
    refused(signed.substring(0, signed.lastIndexOf('.') + 1), "token_malformed");
  }

  @Test
  void aFlippedBitAnywhere_isNoticed() {
    String token = ed.sign(good());
    String[] parts = token.split("\\.", -1);
    byte[] signature = new Base64URL(parts[2]).decode();
    signature[17] ^= 4;
    refused(parts[0] + "." + parts[1] + "." + Base64URL.encode(signature), "token_signature");
    Map<String, Object> others = good();
    others.put("sub", "u-2");
    String another = ed.sign(others).split("\\.", -1)[1];
    refused(parts[0] + "." + another + "." + parts[2], "token_signature");
  }

  @Test
  void aKeyOrAddressInTheHeader_isNotFollowed() throws Exception {
    TestKey mallory = TestKey.ed25519("ed-1");
    Map<String, Object> header = mallory.header();
    header.put("jwk", mallory.jwk().toPublicJWK().toJSONObject());
    header.put("jku", "http://127.0.0.1:1/jwks");
    refused(mallory.sign(header, good()), "token_signature");
    assertThat(oidc.asked()).isEqualTo(1);
  }

  @Test
  void criticalHeaders_areRefused() {
    Map<String, Object> header = header(ed, "crit", List.of("exp"));
    header.put("exp", 1);
    refused(ed.sign(header, good()), "token_critical_header");
    Map<String, Object> b64 = header(ed, "crit", List.of("b64"));
    b64.put("b64", false);
    assertThatThrownBy(() -> authenticate(ed.sign(b64, good())))
        .isInstanceOf(NotAuthenticated.class);
  }

  @Test
  void aTokenOfAnotherType_isRefused_andOneOfNoTypeIsNot() {
    for (String type : List.of("dpop+jwt", "logout+jwt", "secevent+jwt", "JOSE")) {
      refused(ed.sign(header(ed, "typ", type), good()), "token_type");
    }
    for (String type : List.of("JWT", "jwt", "at+jwt", "application/at+jwt")) {
      assertThat(authenticate(ed.sign(header(ed, "typ", type), good())).role())
          .isEqualTo(Role.CUSTOMER);
    }
    Map<String, Object> untyped = ed.header();
    untyped.remove("typ");
    assertThat(authenticate(ed.sign(untyped, good())).role()).isEqualTo(Role.CUSTOMER);
  }

  @Test
  void issuerAudienceAndKeyId_mustMatch() {
    refused(ed.sign(with("iss", "https://elsewhere.example")), "token_issuer");
    refused(ed.sign(with("iss", TestIssuer.NAME + "/")), "token_issuer");
    refused(ed.sign(without("iss")), "token_issuer");
    refused(ed.sign(with("aud", "someone-else")), "token_audience");
    refused(ed.sign(without("aud")), "token_audience");
    refused(ed.sign(header(ed, "kid", "es-1"), good()), "token_signature");
    Map<String, Object> nameless = ed.header();
    nameless.remove("kid");
    refused(ed.sign(nameless, good()), "token_key_missing");
  }

  @Test
  void times_areChecked_withAMinuteOfSkew() {
    long second = now.get().getEpochSecond();
    assertThat(authenticate(ed.sign(with("exp", second - 59))).role()).isEqualTo(Role.CUSTOMER);
    refused(ed.sign(with("exp", second - 60)), "token_expired");
    refused(ed.sign(without("exp")), "token_expired");
    refused(ed.sign(with("exp", Long.MAX_VALUE)), "token_expired");
    assertThat(authenticate(ed.sign(with("nbf", second + 60))).role()).isEqualTo(Role.CUSTOMER);
    refused(ed.sign(with("nbf", second + 61)), "token_not_yet_valid");
    assertThat(authenticate(ed.sign(with("iat", second + 60))).role()).isEqualTo(Role.CUSTOMER);
    refused(ed.sign(with("iat", second + 61)), "token_not_yet_valid");
    refused(ed.sign(with("exp", "tomorrow")), "token_malformed");
  }

  @Test
  void aRememberedToken_expiresLikeAnyOther() {
    String token = ed.sign(good());
    authenticate(token);
    now.updateAndGet(t -> t.plusSeconds(359));
    authenticate(token);
    now.updateAndGet(t -> t.plusSeconds(1));
    refused(token, "token_expired");
  }

  @Test
  void aRememberedToken_doesNotOutliveItsKeyForLong() {
    String token = ed.sign(with("exp", now.get().plusSeconds(100_000).getEpochSecond()));
    authenticate(token);
    oidc.publish(es);
    now.updateAndGet(t -> t.plus(Jwks.FRESH));
    refused(token, "token_key_unknown");
  }

  @Test
  void duplicateMembersAndDeepNesting_areMalformed() {
    String claims =
        "{\"iss\":\"%s\",\"sub\":\"a\",\"sub\":\"b\",\"aud\":\"vault\",\"exp\":%d}"
            .formatted(TestIssuer.NAME, now.get().plusSeconds(60).getEpochSecond());
    String header = "{\"alg\":\"EdDSA\",\"kid\":\"ed-1\"}";
    refused(ed.sign(header, claims), "token_malformed");
    refused(ed.sign(header, "[".repeat(3_000)), "token_malformed");
    refused(ed.sign(header, "{\"a\":".repeat(900)), "token_malformed");
    for (String odd : List.of("null", "7", "\"a\"", "[]", "")) {
      refused(ed.sign(odd, claims), "token_malformed");
      assertThatThrownBy(() -> authenticate(ed.sign(header, odd)))
          .isInstanceOf(NotAuthenticated.class);
    }
  }

  @Test
  void theAuthenticationContext_isTakenFromIssuers_notFromAppsOwnTokens() {
    Map<String, Object> claims = with("acr", "urn:example:loa:3");
    claims.put("amr", List.of("pwd", "otp", "otp", 7, "no word"));
    Assurance said = new Assurance(Optional.of("urn:example:loa:3"), List.of("otp", "pwd"));
    assertThat(authenticate(ed.sign(claims)).assurance()).isEqualTo(said);
    assertThat(authenticate(own.issue("shop", Role.APP, Duration.ofHours(1), "aal2")).assurance())
        .isEqualTo(new Assurance(Optional.of("aal2"), List.of()));
    apps.put("shop", app("shop", ed, "", true, true));
    Map<String, Object> itself = appClaims("shop");
    itself.put("acr", "aal3");
    itself.put("amr", List.of("mfa"));
    assertThat(authenticate(ed.sign(itself)).assurance()).isEqualTo(Assurance.NONE);
  }

  @Test
  void malformedAuthenticationClaims_areIgnored() {
    for (Object odd :
        List.of(3, true, "", "two words", "x".repeat(129), List.of("aal3"), Map.of())) {
      Map<String, Object> claims = with("acr", odd);
      claims.put("amr", "mfa");
      assertThat(authenticate(ed.sign(claims)).assurance()).isEqualTo(Assurance.NONE);
    }
  }

  @Test
  void anIssuer_canGiveConfiguredRolesOnly() {
    for (Role role : Role.values()) {
      if (role != Role.CUSTOMER) {
        refused(ed.sign(with("role", role.code())), "token_role_not_allowed");
      }
    }
    refused(ed.sign(with("role", "root")), "token_role");
    refused(ed.sign(with("role", List.of("customer", "operator"))), "token_role");
    refused(ed.sign(with("role", Map.of("customer", true))), "token_role");
    verifier = verifier(oidc.settings(Role.OPERATOR, Role.AUDITOR));
    assertThat(authenticate(ed.sign(with("role", List.of("staff", "operator")))))
        .isEqualTo(new Caller("corp:u-1", Role.OPERATOR, Optional.empty()));
    refused(ed.sign(with("role", "analyst")), "token_role_not_allowed");
    refused(ed.sign(good()), "token_role_not_allowed");
  }

  @Test
  void theClaimsOfRoleAndAccount_areConfigurable() {
    verifier =
        verifier(
            new IssuerSettings(
                "corp",
                TestIssuer.NAME,
                oidc.jwks(),
                "vault",
                java.util.Set.of(Role.CUSTOMER, Role.AUDITOR),
                "realm.roles",
                "email",
                "email"));
    Map<String, Object> claims = with("realm", Map.of("roles", List.of("offline", "customer")));
    claims.put("role", "operator");
    claims.put("email", "ann@example.com");
    refused(ed.sign(claims), "token_account_unverified");
    claims.put("email_verified", "true");
    refused(ed.sign(claims), "token_account_unverified");
    claims.put("email_verified", true);
    assertThat(authenticate(ed.sign(claims)).account()).contains("email:ann@example.com");
    claims.put("email", "ann\n@example.com");
    refused(ed.sign(claims), "token_account");
    claims.remove("email");
    refused(ed.sign(claims), "token_account");
    claims.put("realm.roles", "auditor");
    assertThat(authenticate(ed.sign(claims)).role()).isEqualTo(Role.AUDITOR);
  }

  @Test
  void staffAreDistinguishedByIssuer_andSubjectsThatAreNotCodesAreHashed() {
    verifier = verifier(oidc.settings(Role.AUDITOR));
    Map<String, Object> claims = with("role", "auditor");
    claims.put("sub", "audrey@example.com");
    String id = authenticate(ed.sign(claims)).id();
    assertThat(id).matches("corp:[0-9a-f]{32}");
    assertThat(authenticate(es.sign(claims)).id()).isEqualTo(id);
    claims.put("sub", "audrey2@example.com");
    assertThat(authenticate(es.sign(claims)).id()).isNotEqualTo(id);
    claims.remove("sub");
    refused(ed.sign(claims), "token_subject");
  }

  @Test
  void aClientsOwnToken_isItsApps_andAUsersTokenIsNot() {
    verifier = verifier(oidc.settings(Role.CUSTOMER, Role.APP, Role.SOURCE));
    apps.put("shop", app("shop", null, "client-7", true, false));
    Map<String, Object> users = with("azp", "client-7");
    assertThat(authenticate(ed.sign(users)).role()).isEqualTo(Role.CUSTOMER);
    Map<String, Object> clients = with("sub", "client-7");
    clients.put("client_id", "client-7");
    assertThat(authenticate(ed.sign(clients)))
        .isEqualTo(new Caller("shop", Role.APP, Optional.empty()));
    Map<String, Object> named = with("role", "app");
    named.put("azp", "client-7");
    assertThat(authenticate(ed.sign(named)).id()).isEqualTo("shop");
    named.put("role", "source");
    refused(ed.sign(named), "token_role_not_allowed");
    named.put("role", "app");
    named.put("client_id", "client-8");
    refused(ed.sign(named), "token_client");
    named.put("azp", "client-8");
    refused(ed.sign(named), "token_client_unknown");
    named.remove("azp");
    named.remove("client_id");
    refused(ed.sign(named), "token_client_unknown");
  }

  private static RegisteredApp app(
      String id, @Nullable TestKey key, String clientId, boolean asks, boolean writes) {
    return new RegisteredApp(
        id,
        Optional.ofNullable(key).map(TestKey::publicJson),
        Optional.of(clientId).filter(client -> !client.isEmpty()),
        asks,
        writes);
  }

  private Map<String, Object> appClaims(String id) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", id);
    claims.put("sub", id);
    claims.put("aud", VAULT);
    claims.put("iat", now.get().getEpochSecond());
    claims.put("exp", now.get().plusSeconds(600).getEpochSecond());
    return claims;
  }

  @Test
  void anAppsOwnToken_isValidForTenMinutesAtMost_andForThisVaultOnly() {
    apps.put("shop", app("shop", es, "", true, true));
    assertThat(authenticate(es.sign(appClaims("shop"))).id()).isEqualTo("shop");
    Map<String, Object> longer = appClaims("shop");
    longer.put("exp", now.get().plusSeconds(601).getEpochSecond());
    refused(es.sign(longer), "token_life_too_long");
    Map<String, Object> undated = appClaims("shop");
    undated.remove("iat");
    refused(es.sign(undated), "token_life_too_long");
    Map<String, Object> elsewhere = appClaims("shop");
    elsewhere.put("aud", List.of(VAULT, "urn:other:vault"));
    refused(es.sign(elsewhere), "token_audience");
    Map<String, Object> forAnother = appClaims("shop");
    forAnother.put("sub", "crm");
    refused(es.sign(forAnother), "token_subject");
    refused(ed.sign(header(ed, "kid", "es-1"), appClaims("shop")), "token_signature");
    refused(es.sign(header(es, "kid", "es-2"), appClaims("shop")), "token_key_unknown");
    refused(es.sign(appClaims("nobody")), "token_issuer");
  }

  @Test
  void anAppsToken_mayNameItsKeyByThumbprint_orOmitIt() {
    apps.put("shop", app("shop", es, "", true, true));
    String thumbprint = AppKey.parse(es.publicJson()).thumbprint();
    authenticate(es.sign(header(es, "kid", thumbprint), appClaims("shop")));
    Map<String, Object> unnamed = es.header();
    unnamed.remove("kid");
    authenticate(es.sign(unnamed, appClaims("shop")));
  }

  @Test
  void anApp_hasTheRolesOfItsRegistration() {
    Map<String, Object> claims = appClaims("shop");
    apps.put("shop", app("shop", ed, "", true, false));
    assertThat(authenticate(ed.sign(claims)).role()).isEqualTo(Role.APP);
    claims.put("role", "source");
    refused(ed.sign(claims), "token_role_not_allowed");
    apps.put("shop", app("shop", ed, "", true, true));
    assertThat(authenticate(ed.sign(claims)).role()).isEqualTo(Role.SOURCE);
    for (String role : List.of("operator", "auditor", "analyst", "customer")) {
      claims.put("role", role);
      refused(ed.sign(claims), "token_role_not_allowed");
    }
    claims.put("role", List.of("app"));
    refused(ed.sign(claims), "token_role");
    claims.remove("role");
    apps.put("shop", app("shop", ed, "", false, true));
    assertThat(authenticate(ed.sign(claims)).role()).isEqualTo(Role.SOURCE);
    apps.put("shop", app("shop", ed, "", false, false));
    refused(ed.sign(claims), "token_role_not_allowed");
  }

  @Test
  void aCachedAppsToken_isInvalid_onceTheAppIsRemovedOrHasAnotherKey() {
    verifier = verifier(oidc.settings(Role.APP));
    apps.put("shop", app("shop", ed, "client-7", true, true));
    String own = ed.sign(appClaims("shop"));
    Map<String, Object> claims = with("sub", "client-7");
    claims.put("azp", "client-7");
    String outside = es.sign(claims);
    authenticate(own);
    authenticate(outside);
    apps.put("shop", app("shop", es, "client-8", true, true));
    refused(own, "token_key_unknown");
    refused(outside, "token_client_unknown");
    apps.put("shop", app("shop", ed, "client-7", true, true));
    authenticate(own);
    authenticate(outside);
    apps.clear();
    refused(own, "token_issuer");
    refused(outside, "token_client_unknown");
  }

  @Test
  void rememberedTokens_areBounded() {
    TokenVerifier small =
        new TokenVerifier(own, List.of(), new NoApps(), UnaryOperator.identity(), clock, 100);
    for (int i = 0; i < 1_000; i++) {
      String token = own.issue("a" + i, Role.OPERATOR, Duration.ofHours(1));
      small.authenticate(Optional.of("Bearer " + token));
    }
    assertThat(small.remembered()).isBetween(1L, 100L);
  }

  private record NoApps() implements Apps {
    @Override
    public Optional<RegisteredApp> byId(String id) {
      return Optional.empty();
    }

    @Override
    public Optional<RegisteredApp> byClientId(String clientId) {
      return Optional.empty();
    }
  }

  @Test
  void twoIssuersOfOneName_stopTheStart() {
    assertThatThrownBy(() -> verifier(oidc.settings(Role.CUSTOMER), oidc.settings(Role.CUSTOMER)))
        .hasMessageContaining("oidc.corp.issuer");
  }
}
