package io.contextkeep.policy.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSObject;
import io.contextkeep.policy.bundle.BundleRejected.Step;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The verification of a bundle's signature ({@code .signatures.json}: one JWT over each file's
 * hash) by the pinned keys. A bundle without a signature is refused, and so is one with a file more
 * or less than was signed.
 */
final class Signatures {
  static final String FILE = ".signatures.json";
  private static final Set<String> HASHES = Set.of("SHA-256", "SHA-384", "SHA-512");

  private Signatures() {}

  /**
   * Verifies the signature.
   *
   * @param keys the keys that may sign, by id
   * @param scope the scope that the signature must have, if any
   */
  static void verify(
      SortedMap<String, byte[]> files, Map<String, BundleKey> keys, Optional<String> scope)
      throws BundleRejected {
    try {
      JsonNode payload = payload(files.get(FILE), keys);
      String said = payload.path("scope").asText("");
      if (!said.equals(scope.orElse(""))) {
        throw new BundleRejected(Step.SIGNATURE, "The signature has another scope");
      }
      SortedMap<String, byte[]> others = new TreeMap<>(files);
      others.remove(FILE);
      same(others, payload.path("files"));
    } catch (IOException | ParseException | JOSEException e) {
      throw new BundleRejected(Step.SIGNATURE, "The bundle's signature cannot be read", e);
    }
  }

  private static JsonNode payload(byte @Nullable [] file, Map<String, BundleKey> keys)
      throws BundleRejected, IOException, ParseException, JOSEException {
    if (file == null) {
      throw new BundleRejected(Step.SIGNATURE, "The bundle is not signed");
    }
    JsonNode all = StructuredHash.JSON.readTree(file).path("signatures");
    if (all.size() != 1 || !all.get(0).isTextual()) {
      throw new BundleRejected(Step.SIGNATURE, "A bundle must have exactly one signature");
    }
    JWSObject token = JWSObject.parse(all.get(0).textValue());
    JsonNode payload = StructuredHash.JSON.readTree(token.getPayload().toBytes());
    String id = payload.path("keyid").asText("");
    String headerId = Objects.requireNonNullElse(token.getHeader().getKeyID(), "");
    if (!headerId.isEmpty() && !id.isEmpty() && !headerId.equals(id)) {
      throw new BundleRejected(Step.SIGNATURE, "The signature names two keys");
    }
    BundleKey key = keys.get(headerId.isEmpty() ? id : headerId);
    if (key == null) {
      throw new BundleRejected(Step.SIGNATURE, "The bundle is not signed with a pinned key");
    }
    if (!key.algorithm().equals(token.getHeader().getAlgorithm().getName())) {
      throw new BundleRejected(Step.SIGNATURE, "The key is pinned to another algorithm");
    }
    if (!token.verify(key.verifier())) {
      throw new BundleRejected(Step.SIGNATURE, "The bundle's signature is invalid");
    }
    return payload;
  }

  /** Checks that the bundle has exactly the signed files. */
  private static void same(SortedMap<String, byte[]> files, JsonNode signed)
      throws BundleRejected, IOException {
    Map<String, JsonNode> named = new HashMap<>();
    for (JsonNode file : signed) {
      if (named.put(file.path("name").asText().replaceFirst("^/", ""), file) != null) {
        throw new BundleRejected(Step.FILES, "One file is signed twice");
      }
    }
    if (!named.keySet().equals(files.keySet())) {
      throw new BundleRejected(Step.FILES, "The bundle holds other files than were signed");
    }
    for (Map.Entry<String, JsonNode> file : named.entrySet()) {
      byte[] held = Objects.requireNonNull(files.get(file.getKey()));
      if (!matches(file.getKey(), held, file.getValue())) {
        throw new BundleRejected(Step.FILES, "A file of the bundle was changed after signing");
      }
    }
  }

  private static boolean matches(String name, byte[] content, JsonNode signed)
      throws BundleRejected, IOException {
    String algorithm = signed.path("algorithm").asText();
    if (!HASHES.contains(algorithm)) {
      throw new BundleRejected(Step.FILES, "Files must be signed with one of " + HASHES);
    }
    try {
      byte[] hashed =
          StructuredHash.isStructured(name) ? StructuredHash.spelling(content) : content;
      byte[] hash = MessageDigest.getInstance(algorithm).digest(hashed);
      return HexFormat.of().formatHex(hash).equals(signed.path("hash").asText());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-2", e);
    }
  }
}
