package io.contextkeep.audit.note;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class SignatureVectorsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void everyEd25519Case_hasItsExpectedResult() throws IOException {
    assertThat(count("ed25519", SignatureAlgorithms::verifyEd25519)).isEqualTo(151);
  }

  @Test
  void everyBundledMlDsa44Case_hasItsExpectedResult() throws IOException {
    assertThat(count("mldsa44", SignatureAlgorithms::verifyMlDsa44)).isEqualTo(16);
  }

  @Test
  void everyCaseOfTheMlDsa44File_hasItsExpectedResult() throws IOException {
    Path file =
        Path.of(System.getProperty("contextkeep.root"))
            .resolve("../shared/vectors/wycheproof/mldsa_44_verify_test.json");
    assumeTrue(Files.exists(file), "SKIPPED: no ../shared/vectors/wycheproof beside the project");
    int cases = 0;
    for (JsonNode group : JSON.readTree(file.toFile()).path("testGroups")) {
      for (JsonNode test : group.path("tests")) {
        // Notes are signed without a context, so a signature with one is invalid here.
        boolean valid =
            test.path("result").textValue().equals("valid")
                && test.path("ctx").asText("").isEmpty();
        assertThat(
                SignatureAlgorithms.verifyMlDsa44(
                    hex(group, "publicKey"), hex(test, "msg"), hex(test, "sig")))
            .as("case %s", test.path("tcId"))
            .isEqualTo(valid);
        cases++;
      }
    }
    assertThat(cases).isEqualTo(180);
  }

  @FunctionalInterface
  private interface Algorithm {
    boolean verify(byte[] key, byte[] message, byte[] signature);
  }

  private static int count(String name, Algorithm algorithm) throws IOException {
    int cases = 0;
    try (var in =
        Objects.requireNonNull(
            SignatureVectorsTest.class.getResourceAsStream("/note/" + name + ".jsonl"))) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        JsonNode test = JSON.readTree(line);
        assertThat(algorithm.verify(hex(test, "key"), hex(test, "msg"), hex(test, "sig")))
            .as("case %s", test.path("id"))
            .isEqualTo(test.path("valid").booleanValue());
        cases++;
      }
    }
    return cases;
  }

  private static byte[] hex(JsonNode node, String field) {
    return HexFormat.of().parseHex(node.path(field).textValue());
  }
}
