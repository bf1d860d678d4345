package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The consistency of the API's names and formats. */
final class ContractStyleTest {
  private static final JsonNode CONTRACT = OpenApi.bundled().document();

  /** Ranges are {@code from} and {@code until}; pages are {@code limit} and {@code cursor}. */
  private static final Set<String> OTHER_NAMES =
      Set.of("to", "before", "after", "since", "start", "end", "page", "offset", "size");

  @Test
  void rangesAndPages_haveOneNameEach() {
    assertThat(operations().flatMap(ContractStyleTest::otherNames))
        .as("a comparison with one instant, and the size of a log")
        .containsExactlyInAnyOrder(
            "get /v1/audit/processing-records takes 'since'",
            "get /audit/checkpoints takes 'after'");
  }

  @Test
  void aPagedList_linksToTheNextPage() {
    List<String> wrong = new ArrayList<>();
    operations()
        .filter(one -> queries(one.operation()).contains("limit"))
        .filter(one -> !one.says("/responses/200/content/application~1x-ndjson"))
        .forEach(
            one -> {
              boolean cursor = queries(one.operation()).contains("cursor");
              boolean link = one.says("/responses/200/headers/Link");
              JsonNode schema =
                  resolved(one.operation().at("/responses/200/content/application~1json/schema"));
              if (!cursor || !link || !schema.path("properties").has("next")) {
                wrong.add(one.name());
              }
            });
    assertThat(wrong)
        .as("only the newest changes; a queue that acknowledgements empty; one proof")
        .containsExactlyInAnyOrder(
            "get /v1/apps/{name}/changes", "get /v1/erasure-notices", "get /v1/me/accesses/proof");
  }

  private record Operation(String name, JsonNode operation) {
    boolean says(String pointer) {
      return !operation.at(pointer).isMissingNode();
    }
  }

  private static Stream<Operation> operations() {
    return CONTRACT.path("paths").properties().stream()
        .flatMap(
            path ->
                path.getValue().properties().stream()
                    .filter(method -> method.getValue().has("operationId"))
                    .map(
                        method ->
                            new Operation(
                                method.getKey() + " " + path.getKey(), method.getValue())));
  }

  private static Stream<String> otherNames(Operation one) {
    return queries(one.operation()).stream()
        .filter(OTHER_NAMES::contains)
        .map(name -> one.name() + " takes '" + name + "'");
  }

  private static Set<String> queries(JsonNode operation) {
    Set<String> names = new TreeSet<>();
    for (JsonNode parameter : operation.path("parameters")) {
      JsonNode one = resolved(parameter);
      if (one.path("in").asText().equals("query")) {
        names.add(one.path("name").asText());
      }
    }
    return names;
  }

  private static JsonNode resolved(JsonNode node) {
    JsonNode at = node;
    while (at.has("$ref")) {
      at = CONTRACT.at(at.path("$ref").asText().substring(1));
    }
    return at;
  }
}
