package io.contextkeep.vault.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.identity.Role;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The composition of the contract from its fragments, and its faults. */
final class ContractDocumentTest {

  private static final String COMMON =
      """
      {"openapi": "3.1.0",
       "tags": [{"name": "things"}],
       "x-descriptions": {"400": "Malformed request.", "403": "Wrong role.", "404": "Not found."},
       "x-common": {
         "every operation": {
           "headers": {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}},
           "responses": {"429": {"$ref": "#/components/responses/TooMany"}},
           "x-problems": {"400": ["malformed_target"]}},
         "with a token": {"responses": {"401": {"$ref": "#/components/responses/Unauthenticated"}}},
         "with a token, without a body": {"x-problems": {"400": ["unexpected_body"]}},
         "for some roles": {"x-problems": {"403": ["role_not_allowed"]}},
         "for customers alone": {"x-problems": {"400": ["invalid_customer"]}},
         "with a body of some types": {"responses": {"415": {"$ref": "#/components/responses/Type"}}},
         "with a JSON body": {"x-problems": {"400": ["malformed_json"]}},
         "with If-Match": {"responses": {"412": {"$ref": "#/components/responses/Precondition"}}}},
       "components": {
         "headers": {"RequestId": {}},
         "responses": {"TooMany": {}, "Unauthenticated": {}, "Type": {}, "Precondition": {}},
         "schemas": {}}}\
      """;

  private static final String ANSWERS =
      "\"operationId\": \"see\", \"responses\": {\"200\": {\"description\": \"Seen.\"}}";

  @Test
  void everyFileOfTheFolder_isInTheDocument() throws Exception {
    URL common =
        Objects.requireNonNull(
            ContractDocument.class.getResource("/io/contextkeep/vault/contract/common.json"));
    try (Stream<Path> files = Files.list(Path.of(common.toURI()).getParent())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(ContractDocument.FEATURES.stream(), Stream.of("common"))
                  .map(name -> name + ".json")
                  .toList());
    }
  }

  @Test
  void theDocument_hasEveryFeature_andNoKeysForCompositionOnly() {
    ObjectNode document = ContractDocument.compose();
    assertThat(document.path("paths").size()).isGreaterThan(90);
    assertThat(document.fieldNames())
        .toIterable()
        .containsExactly(
            "openapi", "jsonSchemaDialect", "info", "servers", "tags", "paths", "components");
    assertThat(document.findValues("x-problems")).isEmpty();
  }

  @Test
  void aPublicOperation_getsTheAnswersOfEveryOperation() {
    JsonNode operation = composed("\"x-roles\": [], " + ANSWERS);
    assertThat(operation.path("security")).isEmpty();
    assertThat(statuses(operation)).containsExactly("200", "400", "429");
    assertThat(codes(operation, "400")).containsExactly("malformed_target");
    assertThat(operation.at("/responses/200/headers/X-Request-Id/$ref").asText())
        .isEqualTo("#/components/headers/RequestId");
  }

  @Test
  void anOperationWithRoles_namesThemAndTheAnswersToOthers() {
    JsonNode operation = composed("\"x-roles\": [\"app\", \"source\"], " + ANSWERS);
    assertThat(operation.path("security").toString())
        .isEqualTo("[{\"bearer\":[\"app\",\"source\"]}]");
    assertThat(statuses(operation)).containsExactly("200", "400", "401", "403", "429");
    assertThat(codes(operation, "400")).containsExactly("malformed_target", "unexpected_body");
    assertThat(codes(operation, "403")).containsExactly("role_not_allowed");
    assertThat(operation.at("/responses/403/description").asText()).isEqualTo("Wrong role.");
  }

  @Test
  void anOperationForEveryRole_hasNoAnswer403() {
    String all =
        Stream.of(Role.values())
            .map(role -> "\"" + role.code() + "\"")
            .collect(Collectors.joining(", "));
    assertThat(statuses(composed("\"x-roles\": [" + all + "], " + ANSWERS)))
        .containsExactly("200", "400", "401", "429");
  }

  @Test
  void theBodyOfAnOperation_addsItsAnswers() {
    JsonNode operation =
        composed(
            """
            "x-roles": ["customer"],
            "parameters": [{"name": "If-Match", "in": "header"}],
            "requestBody": {"content": {"application/merge-patch+json": {}}},
            """
                + ANSWERS);
    assertThat(statuses(operation))
        .containsExactly("200", "400", "401", "403", "412", "415", "429");
    assertThat(codes(operation, "400"))
        .containsExactly("invalid_customer", "malformed_json", "malformed_target");
  }

  @Test
  void ownProblems_areAddedToTheCommonOnes() {
    JsonNode operation =
        composed(
            """
            "x-roles": [],
            "x-problems": {
              "400": ["invalid_name"],
              "404": {"description": "Not found.", "codes": ["no_such_thing"]},
              "429": []},
            """
                + ANSWERS);
    assertThat(codes(operation, "400")).containsExactly("invalid_name", "malformed_target");
    assertThat(codes(operation, "404")).containsExactly("no_such_thing");
    assertThat(operation.at("/responses/404/description").asText()).isEqualTo("Not found.");
    assertThat(statuses(operation)).containsExactly("200", "400", "404");
  }

  @Test
  void aCompleteAnswer_replacesTheCommonOne() {
    JsonNode operation =
        composed(
            "\"x-roles\": [], \"operationId\": \"see\", \"responses\": {\"429\": {\"description\":"
                + " \"\"}}");
    assertThat(operation.at("/responses/429").toString()).isEqualTo("{\"description\":\"\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "->",
      quoteCharacter = '~',
      value = {
        "\"operationId\": \"see\" -> x-roles must name",
        "\"x-roles\": [\"king\"] -> unknown role",
        "\"x-roles\": [], \"security\": [] -> security follows",
        "\"x-roles\": [], \"tags\": [\"others\"] -> no tag",
        "\"x-roles\": [], \"x-problems\": {\"400\": [\"malformed_target\"]} -> stated already",
        "\"x-roles\": [], \"x-problems\": {\"400\": [\"a\", \"a\"]} -> stated already",
        "\"x-roles\": [], \"x-problems\": {\"418\": [\"teapot\"]} -> 418: describe it",
        "\"x-roles\": [], \"x-problems\": {\"404\": {}} -> 404: name the problems",
        "\"x-roles\": [], \"x-problems\": {\"404\": []} -> 404: the operation has no such answer",
        "\"x-roles\": [], \"x-problems\": {\"404\": [\"a\"]}, \"responses\": {\"404\": {}} -> 404:"
            + " responses and",
        "\"x-roles\": [], \"responses\": {\"429\": {\"$ref\": \"#/components/responses/TooMany\"}}"
            + " -> 429: it is common",
      })
  void anIncompleteOrRedundantOperation_isRefused(String operation, String why) {
    String id = operation.contains("operationId") ? "" : "\"operationId\": \"see\", ";
    assertThatThrownBy(() -> composed(id + operation))
        .hasMessageContaining("things.json#/paths/~1things~1{id}/get")
        .hasMessageContaining(why);
  }

  @Test
  void aDuplicateKey_isRefusedWithItsLine() {
    String twice = "{\"paths\": {},\n\"components\": {\"schemas\": {\"A\": {}, \"A\": {}}}}";
    assertThatThrownBy(() -> fragment("things.json", twice))
        .hasMessageContainingAll("things.json, line 2", "'A'");
  }

  @Test
  void somethingAfterTheDocument_isRefused() {
    assertThatThrownBy(() -> fragment("things.json", "{} {}")).hasMessageContaining("things.json");
    assertThatThrownBy(() -> fragment("things.json", "[]")).hasMessageContaining("things.json");
  }

  @Test
  void anUnknownKey_isRefused() {
    assertRefused("{\"path\": {}}", "things.json#/path: unknown key");
    assertThatThrownBy(
            () -> compose(COMMON.replace("for some roles", "for some"), thing("\"x-roles\": []")))
        .hasMessageContaining("common.json#/x-common/for some");
  }

  @Test
  void aDanglingReference_isRefusedWithItsPlace() {
    assertRefused(
        thing(
            "\"x-roles\": [], \"responses\": {\"200\": {\"$ref\": \"#/components/responses/No\"}}"),
        "things.json#/paths/~1things~1{id}/get/responses/200: missing");
    assertRefused(
        thing("\"x-roles\": [], \"parameters\": [{\"$ref\": \"other.json#/A\"}]"),
        "things.json#/paths/~1things~1{id}/get/parameters/0: missing");
  }

  @Test
  void anUnusedComponent_isRefused() {
    assertRefused(
        "{\"components\": {\"schemas\": {\"Alone\": {}}}}",
        "things.json#/components/schemas/Alone: nothing uses it");
  }

  @Test
  void aComponentThatTwoFragmentsDefine_isRefused() {
    assertRefused(
        "{\"components\": {\"responses\": {\"TooMany\": {}}}}",
        "things.json#/components/responses/TooMany: another fragment");
  }

  @Test
  void anOperationThatTwoFragmentsDefine_isRefused() {
    Fragment things = fragment("things.json", thing("\"operationId\": \"a\", \"x-roles\": []"));
    Fragment more = fragment("more.json", thing("\"operationId\": \"b\", \"x-roles\": []"));
    Fragment same =
        fragment(
            "same.json", thing("\"operationId\": \"a\", \"x-roles\": []").replace("{id}", "x"));
    Fragment common = fragment("common.json", COMMON);
    assertThatThrownBy(() -> ContractDocument.compose(common, List.of(things, more)))
        .hasMessageContaining("more.json#/paths/~1things~1{id}/get: another fragment");
    assertThatThrownBy(() -> ContractDocument.compose(common, List.of(things, same)))
        .hasMessageContaining("same.json#/paths/~1things~1x/get: the operationId");
  }

  @Test
  void anUnknownMethod_isRefused() {
    assertRefused("{\"paths\": {\"/a\": {\"parameters\": []}}}", "not an HTTP method");
  }

  private static void assertRefused(String things, String why) {
    assertThatThrownBy(() -> compose(COMMON, things)).hasMessageContaining(why);
  }

  private static JsonNode composed(String operation) {
    return compose(COMMON, thing(operation)).at("/paths/~1things~1{id}/get");
  }

  private static ObjectNode compose(String common, String things) {
    return ContractDocument.compose(
        fragment("common.json", common), List.of(fragment("things.json", things)));
  }

  private static String thing(String operation) {
    return "{\"paths\": {\"/things/{id}\": {\"get\": {" + operation + "}}}}";
  }

  private static Fragment fragment(String file, String json) {
    return Fragment.read(file, json.getBytes(UTF_8));
  }

  private static Set<String> statuses(JsonNode operation) {
    Set<String> statuses = new TreeSet<>();
    operation.path("responses").fieldNames().forEachRemaining(statuses::add);
    return statuses;
  }

  private static List<String> codes(JsonNode operation, String status) {
    JsonNode codes =
        operation
            .path("responses")
            .path(status)
            .at("/content/application~1problem+json/schema/properties/code/enum");
    List<String> texts = new ArrayList<>();
    codes.forEach(code -> texts.add(code.asText()));
    return texts;
  }
}
