package io.contextkeep.policy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The compiled policy: its WebAssembly module, its data and its revision. */
public record Bundle(byte[] wasm, String data, PolicyIdentity identity) {

  /** The bundle that is built in: made from the Rego by {@code policy/build-bundle}. */
  public static Bundle builtIn() {
    try {
      byte[] wasm = resource("policy.wasm");
      byte[] data = resource("data.json");
      String revision =
          new ObjectMapper().readTree(resource("manifest.json")).path("revision").asText();
      return new Bundle(
          wasm,
          new String(data, StandardCharsets.UTF_8),
          new PolicyIdentity(revision, Sha256.hex(wasm), Sha256.hex(data)));
    } catch (IOException e) {
      throw new UncheckedIOException("The built-in policy cannot be read", e);
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Bundle.class.getResourceAsStream("bundle/" + name), name)) {
      return in.readAllBytes();
    }
  }
}
