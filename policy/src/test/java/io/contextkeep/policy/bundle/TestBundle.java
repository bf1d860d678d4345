package io.contextkeep.policy.bundle;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import io.contextkeep.policy.Bundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** The built-in policy as a signed bundle, of which tests change one part. */
public final class TestBundle {
  public static final String KEY_ID = "ops";
  private static final ObjectMapper JSON = new ObjectMapper();

  final List<Map.Entry<String, byte[]>> files = new ArrayList<>();
  KeyPair pair;
  ObjectNode payload = JSON.createObjectNode().put("keyid", KEY_ID);
  Optional<JWSSigner> signer = Optional.empty();
  JWSHeader header = new JWSHeader(JWSAlgorithm.ES256);
  UnaryOperator<ObjectNode> signatures = all -> all;
  List<Map.Entry<String, byte[]>> afterSigning = new ArrayList<>();

  public TestBundle(String revision) {
    this(revision, Bundle.builtIn());
  }

  public TestBundle(String revision, Bundle bundle) {
    this(revision, bundle, pair());
  }

  public TestBundle(String revision, Bundle bundle, KeyPair pair) {
    this.pair = pair;
    put(
        ".manifest",
        "{\"revision\":\""
            + revision
            + "\",\"roots\":[\"\"],\"wasm\":[{\"entrypoint\":\"contextkeep/gate/decision\","
            + "\"module\":\"/policy.wasm\"}],\"rego_version\":1}");
    put("data.json", bundle.data());
    files.add(Map.entry("policy.wasm", bundle.wasm()));
  }

  public static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  void put(String name, String text) {
    files.removeIf(file -> file.getKey().equals(name));
    files.add(Map.entry(name, text.getBytes(StandardCharsets.UTF_8)));
  }

  public Trust trust() {
    return Trust.signedBy(List.of(key(pair)), Optional.empty());
  }

  public static BundleKey key(KeyPair pair) {
    return BundleKey.of(KEY_ID, "ES256", pem(pair));
  }

  public static String pem(KeyPair pair) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  public byte[] signed() throws Exception {
    ArrayNode hashes = payload.putArray("files");
    for (Map.Entry<String, byte[]> file : files) {
      byte[] hashed =
          StructuredHash.isStructured(file.getKey())
              ? StructuredHash.spelling(file.getValue())
              : file.getValue();
      hashes
          .addObject()
          .put("name", file.getKey())
          .put("algorithm", "SHA-256")
          .put(
              "hash",
              HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(hashed)));
    }
    JWSObject token = new JWSObject(header, new Payload(JSON.writeValueAsString(payload)));
    token.sign(signer.orElse(new ECDSASigner((ECPrivateKey) pair.getPrivate())));
    ObjectNode all = JSON.createObjectNode();
    all.putArray("signatures").add(token.serialize());
    List<Map.Entry<String, byte[]>> whole = new ArrayList<>(files);
    whole.add(Map.entry(Signatures.FILE, JSON.writeValueAsBytes(signatures.apply(all))));
    for (Map.Entry<String, byte[]> later : afterSigning) {
      whole.removeIf(file -> file.getKey().equals(later.getKey()));
      whole.add(later);
    }
    return archive(whole);
  }

  static byte[] archive(List<Map.Entry<String, byte[]>> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (Map.Entry<String, byte[]> file : files) {
        TarArchiveEntry entry = new TarArchiveEntry("/" + file.getKey(), true);
        entry.setSize(file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }
}
