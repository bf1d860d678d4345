package io.contextkeep.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.contextkeep.ontology.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class BundleTest {
  private static final Path MODULE =
      Path.of(System.getProperty("contextkeep.root")).resolve("policy");

  @Test
  void changesToABundlesArray_doNotChangeTheBundle() {
    byte[] mine = Bundle.builtIn().wasm();
    mine[mine.length - 1] ^= 1;
    assertThat(Sha256.hex(Bundle.builtIn().wasm()))
        .isEqualTo(Bundle.builtIn().identity().codeDigest())
        .isNotEqualTo(Sha256.hex(mine));
  }

  @Test
  void theCommittedBundle_wasMadeFromTheseSources() throws Exception {
    TreeMap<String, String> sources = new TreeMap<>();
    Path rego = MODULE.resolve("src/main/rego");
    try (Stream<Path> files = Files.walk(rego)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        String name = "./" + rego.relativize(file);
        sources.put(name, HexFormat.of().formatHex(hash) + "  " + name + "\n");
      }
    }
    assertThat(resource("bundle/sources.sha256"))
        .as("run policy/build-bundle after changing the Rego")
        .isEqualTo(String.join("", sources.values()));
  }

  @Test
  void theSources_makeTheCommittedBundle_byteForByte() throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(dir -> Files.isExecutable(Path.of(dir, "opa"))),
        "SKIPPED: opa is not on the PATH, so the bundle was not built again");
    Process build =
        new ProcessBuilder(MODULE.resolve("build-bundle").toString(), "--check")
            .redirectErrorStream(true)
            .start();
    String output = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(build.waitFor()).as(output).isZero();
  }

  @Test
  void thePolicy_needsNoBuiltInFunctionOfItsHost() {
    String wasm = new String(Bundle.builtIn().wasm(), StandardCharsets.ISO_8859_1);
    for (String impure : new String[] {"time.now_ns", "http.send", "rand.intn", "opa.runtime"}) {
      assertThat(wasm).doesNotContain(impure);
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(BundleTest.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
