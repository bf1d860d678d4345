package io.contextkeep.audit.tree;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

final class MerkleVectorsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TestFactory
  Stream<DynamicTest> everyInclusionVector_isJudgedAsItSays() {
    return vectors("inclusion", 98)
        .map(
            v ->
                DynamicTest.dynamicTest(
                    v.get("file").textValue(),
                    () ->
                        assertThat(
                                Proofs.verifyInclusion(
                                    hash(v, "leafHash"),
                                    v.get("leafIdx").longValue(),
                                    v.get("treeSize").longValue(),
                                    proof(v),
                                    hash(v, "root")))
                            .isNotEqualTo(v.get("wantErr").booleanValue())));
  }

  @TestFactory
  Stream<DynamicTest> everyConsistencyVector_isJudgedAsItSays() {
    return vectors("consistency", 98)
        .map(
            v ->
                DynamicTest.dynamicTest(
                    v.get("file").textValue(),
                    () ->
                        assertThat(
                                Proofs.verifyConsistency(
                                    v.get("size1").longValue(),
                                    v.get("size2").longValue(),
                                    proof(v),
                                    hash(v, "root1"),
                                    hash(v, "root2")))
                            .isNotEqualTo(v.get("wantErr").booleanValue())));
  }

  private static Stream<JsonNode> vectors(String name, int count) {
    try (var in =
        Objects.requireNonNull(
            MerkleVectorsTest.class.getResourceAsStream("/merkle/" + name + ".jsonl"))) {
      List<JsonNode> all = new ArrayList<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        all.add(JSON.readTree(line));
      }
      assertThat(all).hasSize(count);
      return all.stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<byte[]> proof(JsonNode vector) {
    List<byte[]> proof = new ArrayList<>();
    vector.get("proof").forEach(hash -> proof.add(Base64.getDecoder().decode(hash.textValue())));
    return proof;
  }

  private static byte[] hash(JsonNode vector, String field) {
    String text = vector.get(field).isTextual() ? vector.get(field).textValue() : "";
    return Base64.getDecoder().decode(text);
  }
}
