package io.contextkeep.vault;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import io.contextkeep.ontology.Sha256;
import io.contextkeep.policy.Bundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A directory of policies with a valid signature. They differ in how long an answer to customer
 * care may be kept: revision 7 says 907 seconds, so that each answer shows which one decided.
 */
final class SignedBundles {
  private static final JsonMapper SORTED =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  private final KeyPair pair = pair();
  private final Path place;
  private final Path key;

  SignedBundles(Path dir) {
    this.place = dir.resolve("bundles");
    this.key = dir.resolve("ops.pem");
    try {
      Files.createDirectories(place);
      String encoded = Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded());
      Files.writeString(
          key, "-----BEGIN PUBLIC KEY-----\n" + encoded + "\n-----END PUBLIC KEY-----\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the settings of a vault that reads the directory when a test says so. */
  Map<String, String> settings() {
    return settings(place.toString());
  }

  Map<String, String> settings(String bundle) {
    return Map.of(
        "CONTEXTKEEP_POLICY_BUNDLE",
        bundle,
        "CONTEXTKEEP_POLICY_BUNDLE_KEYS",
        "ops:ES256:" + key,
        "CONTEXTKEEP_POLICY_POLL_MIN_SECONDS",
        "86400",
        "CONTEXTKEEP_POLICY_POLL_MAX_SECONDS",
        "86400");
  }

  byte[] signed(int revision) throws Exception {
    return signed(revision, pair);
  }

  byte[] signedByAStranger(int revision) throws Exception {
    return signed(revision, pair());
  }

  private static byte[] signed(int revision, KeyPair pair) throws Exception {
    Bundle builtIn = Bundle.builtIn();
    String data = builtIn.data().replace("\"ttl_s\":900", "\"ttl_s\":" + (900 + revision));
    Map<String, byte[]> files = new TreeMap<>();
    files.put(".manifest", spelled("{\"revision\":\"" + revision + "-test\",\"roots\":[\"\"]}"));
    files.put("data.json", spelled(data));
    files.put("policy.wasm", builtIn.wasm());
    List<Map<String, String>> hashes = new ArrayList<>();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      String hash = Sha256.hex(file.getValue());
      hashes.add(Map.of("name", file.getKey(), "algorithm", "SHA-256", "hash", hash));
    }
    JWSObject token =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("ops").build(),
            new Payload(Map.of("files", hashes)));
    token.sign(new ECDSASigner((ECPrivateKey) pair.getPrivate()));
    files.put(
        ".signatures.json",
        SORTED.writeValueAsBytes(Map.of("signatures", List.of(token.serialize()))));
    return archive(files);
  }

  /** Returns the form that a signature hashes: members sorted, no space. */
  private static byte[] spelled(String json) throws IOException {
    return SORTED.writeValueAsBytes(SORTED.readValue(json, Object.class));
  }

  private static byte[] archive(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry("/" + file.getKey(), true);
        entry.setSize(file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  /** Writes a bundle as the only one in the directory. */
  Path file() {
    return place.resolve("policy.tar.gz");
  }

  void publish(byte[] bundle) throws IOException {
    Path fresh = Files.write(place.resolve("fresh"), bundle);
    Files.move(fresh, file(), StandardCopyOption.ATOMIC_MOVE);
  }

  void withdraw() throws IOException {
    Files.deleteIfExists(file());
  }
}
