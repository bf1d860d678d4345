package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.JsonWebSignature;

/** Signatures of a vault, checked with another JOSE library and the published key. */
final class Signed {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Signed() {}

  static JsonNode verified(TestVault vault, String jws, String type) throws Exception {
    JsonWebSignature signature = new JsonWebSignature();
    signature.setAlgorithmConstraints(new AlgorithmConstraints(ConstraintType.PERMIT, "EdDSA"));
    signature.setCompactSerialization(jws);
    signature.setKey(
        new JsonWebKeySet(anybody(vault, "/v1/consent-receipts/jwks"))
            .getJsonWebKeys()
            .getFirst()
            .getKey());
    assertThat(signature.verifySignature()).isTrue();
    assertThat(signature.getHeader("typ")).isEqualTo(type);
    return JSON.readTree(signature.getPayload());
  }

  /** Reads a public resource. */
  static String anybody(TestVault vault, String path) {
    return new String(
        vault.exchange("GET", path, new byte[0], Map.of("Accept", "*/*")).body(),
        StandardCharsets.UTF_8);
  }
}
