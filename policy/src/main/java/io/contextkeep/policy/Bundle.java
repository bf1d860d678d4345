package io.contextkeep.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The compiled policy: its WebAssembly module, its data and its revision. */
public record Bundle(byte[] wasm, String data, PolicyIdentity identity) {

  /** Gives a copy: what was verified and compiled cannot be changed under its digest. */
  @Override
  public byte[] wasm() {
    return wasm.clone();
  }

  /** The bundle that is built in: made from the Rego by {@code policy/build-bundle}. */
  public static Bundle builtIn() {
    return BuiltIn.BUNDLE;
  }

  /** Reads the built-in bundle once, when it is first asked for. */
  private static final class BuiltIn {
    static final Bundle BUNDLE = read();
  }

  private static Bundle read() {
    try {
      byte[] wasm = resource("policy.wasm");
      byte[] data = resource("data.json");
      String revision =
          new ObjectMapper().readTree(resource("manifest.json")).path("revision").asText();
      return of(wasm, new String(data, StandardCharsets.UTF_8), revision);
    } catch (IOException e) {
      throw new UncheckedIOException("The built-in policy cannot be read", e);
    }
  }

  /** A bundle of that revision, known by the digests of its parts. */
  public static Bundle of(byte[] wasm, String data, String revision) {
    return new Bundle(
        wasm,
        data,
        new PolicyIdentity(
            revision, Sha256.hex(wasm), Sha256.hex(data.getBytes(StandardCharsets.UTF_8))));
  }

  /** The same rules over other data. */
  public Bundle withData(String other) {
    return of(wasm, other, identity.revision());
  }

  /** The same rules over another catalogue, under a revision of its own. */
  public Bundle withCatalogue(JsonNode catalogue, String revision) {
    try {
      ObjectNode whole = (ObjectNode) new ObjectMapper().readTree(data);
      whole.withObjectProperty("contextkeep").set("catalogue", catalogue);
      return of(wasm, whole.toString(), revision);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A bundle's data was read before", e);
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Bundle.class.getResourceAsStream("bundle/" + name), name)) {
      return in.readAllBytes();
    }
  }
}
