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

/** A compiled policy: its WebAssembly module, its data and its revision. */
public record Bundle(byte[] wasm, String data, PolicyIdentity identity) {

  /** Returns a copy, so that what was verified cannot be changed. */
  @Override
  public byte[] wasm() {
    return wasm.clone();
  }

  /** Returns the built-in bundle, which {@code policy/build-bundle} makes from the Rego. */
  public static Bundle builtIn() {
    return BuiltIn.BUNDLE;
  }

  /** Holder that reads the built-in bundle when it is first used. */
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

  /** Returns a bundle, identified by its revision and the digests of its parts. */
  public static Bundle of(byte[] wasm, String data, String revision) {
    return new Bundle(
        wasm,
        data,
        new PolicyIdentity(
            revision, Sha256.hex(wasm), Sha256.hex(data.getBytes(StandardCharsets.UTF_8))));
  }

  /** Returns the same code with other data. */
  public Bundle withData(String other) {
    return of(wasm, other, identity.revision());
  }

  /** Returns the same code with another catalogue and another revision. */
  public Bundle withCatalogue(JsonNode catalogue, String revision) {
    try {
      ObjectNode whole = (ObjectNode) new ObjectMapper().readTree(data);
      whole.withObjectProperty("contextkeep").set("catalogue", catalogue);
      return of(wasm, whole.toString(), revision);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The bundle's data is not JSON", e);
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Bundle.class.getResourceAsStream("bundle/" + name), name)) {
      return in.readAllBytes();
    }
  }
}
