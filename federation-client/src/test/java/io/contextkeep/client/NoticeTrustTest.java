package io.contextkeep.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Notices to an app's endpoint, which count only if the vault signed them for this app. */
final class NoticeTrustTest {
  private static final String HEADER = "{\"alg\":\"EdDSA\",\"typ\":\"secevent+jwt\"}";
  private static final String CLAIMS =
      """
      {"iss":"https://vault.example","aud":"shop","jti":"00000000-0000-4000-8000-000000000001",
       "iat":1764072000,"sub_id":{"format":"opaque","id":"customer_number:17850"},
       "events":{"urn:contextkeep:event:erasure":{"right":"eu-gdpr:A17"}}}\
      """;

  private final KeyPair keys = pair();
  private final NoticeTrust trust = NoticeTrust.of(x(keys), "https://vault.example", "shop");

  @Test
  void aNoticeOfTheVault_hasTheNamesThatTheAppHadUsed() throws Exception {
    ErasureNotice notice = trust.read(token(HEADER, CLAIMS, keys)).orElseThrow();
    assertThat(notice.id()).isEqualTo("00000000-0000-4000-8000-000000000001");
    assertThat(notice.issued()).isEqualTo(Instant.ofEpochSecond(1_764_072_000));
    assertThat(notice.customer()).containsExactly(new CustomerId("customer_number", "17850"));
    assertThat(notice.toString()).doesNotContain("17850");

    String aliases =
        """
        {"format":"aliases","identifiers":[{"format":"email","email":"ann@example.com"},
         {"format":"phone_number","phone_number":"+15551234567"}]}\
        """;
    String many = CLAIMS.replaceFirst("\\{\"format\".*?}", aliases);
    assertThat(trust.read(token(HEADER, many, keys)).orElseThrow().customer())
        .containsExactly(
            new CustomerId("email", "ann@example.com"),
            new CustomerId("phone_number", "+15551234567"));
  }

  @Test
  void unsignedTokens_andThoseOfOthers_areIgnored() throws Exception {
    assertThat(trust.read(token(HEADER, CLAIMS, pair()))).isEmpty();
    String good = token(HEADER, CLAIMS, keys);
    assertThat(trust.read(good.substring(0, good.lastIndexOf('.') + 1))).isEmpty();
    String[] parts = good.split("\\.", -1);
    String other = encoded(CLAIMS.replace("17850", "17851"));
    assertThat(trust.read(parts[0] + "." + other + "." + parts[2])).isEmpty();
    assertThat(trust.read("")).isEmpty();
    assertThat(trust.read("a.b.c")).isEmpty();
    assertThat(trust.read("\ud800..")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"alg\":\"EdDSA\"|\"alg\":\"none\"",
        "\"alg\":\"EdDSA\"|\"alg\":\"HS256\"",
        "secevent+jwt|erasure-certificate+jwt"
      })
  void aTokenOfAnotherType_isIgnored(String change) throws Exception {
    String[] parts = change.split("\\|", 2);
    assertThat(HEADER).contains(parts[0]);
    assertThat(trust.read(token(HEADER.replace(parts[0], parts[1]), CLAIMS, keys))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://vault.example|https://other.example",
        "\"aud\":\"shop\"|\"aud\":\"crm\"",
        "event:erasure|event:consent",
        "\"format\":\"opaque\"|\"format\":\"did\"",
        "customer_number:17850|17850",
        "\"iat\":1764072000|\"iat\":\"yesterday\"",
        "00000000-0000|../../v1/me"
      })
  void aNoticeOfAnotherEvent_orForAnotherApp_isIgnored(String change) throws Exception {
    String[] parts = change.split("\\|", 2);
    assertThat(CLAIMS).contains(parts[0]);
    assertThat(trust.read(token(HEADER, CLAIMS.replace(parts[0], parts[1]), keys))).isEmpty();
  }

  @Test
  void anInvalidKey_isRefusedAtOnce() {
    assertThatThrownBy(() -> NoticeTrust.of("AAAA", "https://vault.example", "shop"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static KeyPair pair() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String x(KeyPair keys) {
    byte[] encoded = keys.getPublic().getEncoded();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
  }

  private static String token(String header, String claims, KeyPair keys) throws Exception {
    String input = encoded(header) + "." + encoded(claims);
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(keys.getPrivate());
    signature.update(input.getBytes(StandardCharsets.US_ASCII));
    return input + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
  }

  private static String encoded(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
