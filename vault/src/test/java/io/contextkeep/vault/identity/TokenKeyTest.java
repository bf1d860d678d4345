package io.contextkeep.vault.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures by Wycheproof's vectors, and valid and invalid keys. */
final class TokenKeyTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void ed25519_conformsToWycheproof() throws IOException {
    assertThat(
            verify(
                "ed25519_test.json",
                key -> TokenKey.Ed25519Key.of(HEX.parseHex(key.get("pk").textValue()))))
        .isEqualTo(151);
  }

  @Test
  void es256_conformsToWycheproof() throws IOException {
    assertThat(
            verify(
                "ecdsa_secp256r1_sha256_p1363_test.json",
                key ->
                    TokenKey.P256Key.of(
                        new BigInteger(key.get("wx").textValue(), 16),
                        new BigInteger(key.get("wy").textValue(), 16))))
        .isEqualTo(262);
  }

  /** Runs every vector; a key that is refused verifies nothing. */
  private static int verify(String file, Function<JsonNode, TokenKey> keys) throws IOException {
    Path found =
        Path.of(System.getProperty("contextkeep.root"), "../shared/vectors/wycheproof", file);
    assumeTrue(Files.exists(found), "SKIPPED: ../shared/vectors/wycheproof does not exist");
    int run = 0;
    List<String> wrong = new ArrayList<>();
    for (JsonNode group : new ObjectMapper().readTree(found.toFile()).get("testGroups")) {
      Optional<TokenKey> key = key(keys, group.get("publicKey"));
      for (JsonNode test : group.get("tests")) {
        run++;
        byte[] message = HEX.parseHex(test.get("msg").textValue());
        byte[] signature = HEX.parseHex(test.get("sig").textValue());
        boolean verified = key.isPresent() && key.get().verifies(message, signature);
        if (verified != test.get("result").textValue().equals("valid")) {
          wrong.add(test.toString());
        }
      }
    }
    assertThat(wrong).isEmpty();
    return run;
  }

  private static Optional<TokenKey> key(Function<JsonNode, TokenKey> keys, JsonNode json) {
    try {
      return Optional.of(keys.apply(json));
    } catch (IllegalArgumentException refused) {
      return Optional.empty();
    }
  }

  @Test
  void validKeys_areAccepted() throws Exception {
    for (TestKey made : List.of(TestKey.ed25519("a"), TestKey.es256("b"))) {
      TokenKey key = TokenKey.of(JSONObjectUtils.parse(made.publicJson()));
      assertThat(key.algorithms()).extracting(Object::toString).contains(made.algorithm());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A point of order one, under which anyone can make valid signatures.
        """
        {"kty":"OKP","crv":"Ed25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}\
        """,
        // Too short.
        """
        {"kty":"OKP","crv":"Ed25519","x":"AQAA"}\
        """,
        // Not on the curve.
        """
        {"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}\
        """,
        """
        {"kty":"EC","crv":"P-384","x":"AQ","y":"AQ"}\
        """,
        """
        {"kty":"OKP","crv":"X25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}\
        """,
        """
        {"kty":"oct","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"}\
        """,
        """
        {"kty":"RSA","n":"AQAB","e":"AQAB"}\
        """,
        """
        {"kty":"OKP","crv":"Ed25519","use":"enc","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}\
        """,
        """
        {"kty":"OKP","crv":"Ed25519","alg":"ES256","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}\
        """,
        """
        {"kty":"OKP","crv":"Ed25519","key_ops":["sign"],"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}\
        """,
        "{}",
        "[]",
        "null",
        "nonsense",
      })
  void invalidKeys_areRefused(String json) {
    assertThatThrownBy(() -> AppKey.parse(json)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPrivateKey_isRefused_withoutBeingShown() {
    for (TestKey key : List.of(TestKey.ed25519("a"), TestKey.es256("b"))) {
      assertThatThrownBy(() -> AppKey.parse(key.jwk().toJSONString()))
          .hasMessageContaining("private part")
          .hasMessageContaining("make a new key");
    }
  }

  /** The example of RFC 8037, appendix A.3. */
  @Test
  void aKey_isIdentifiedByItsThumbprint() {
    AppKey key =
        AppKey.parse(
            """
            {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
             "x5c":["never kept"], "note":"never kept"}\
            """);
    assertThat(key.thumbprint()).isEqualTo("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    assertThat(key.json()).doesNotContain("never kept").contains("11qYAYKxCrfVS");
    assertThat(AppKey.parse(key.json()).thumbprint()).isEqualTo(key.thumbprint());
  }
}
