package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.contextkeep.vault.OpenApi.Operation;
import io.contextkeep.vault.identity.Role;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The contract's document. */
final class OpenApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final OpenApi API = OpenApi.bundled();

  @Test
  void theDocument_isValidByOpenApisJsonSchema() throws Exception {
    try (InputStream schema =
        Objects.requireNonNull(
            OpenApiTest.class.getResourceAsStream(
                "/spec.openapis.org/oas/3.1/schema/2022-10-07"))) {
      var openApi =
          SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
              .getSchema(JSON.readTree(schema));
      assertThat(openApi.validate(API.document())).isEmpty();
      assertThat(openApi.validate(JSON.readTree("{\"openapi\": \"3.1.0\"}"))).isNotEmpty();
    }
  }

  @Test
  void everySchema_isValidByTheMetaschema() {
    var metaschema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
    List<JsonNode> schemas = found(API.document(), "schema");
    API.document().at("/components/schemas").forEach(schemas::add);
    assertThat(schemas).hasSizeGreaterThan(100);
    schemas.forEach(schema -> assertThat(metaschema.validate(schema)).as("%s", schema).isEmpty());
  }

  @Test
  void everyReferenceHasATarget_andEveryComponentIsUsed() {
    Set<String> used = new HashSet<>();
    for (JsonNode reference : found(API.document(), "$ref")) {
      assertThat(reference.asText()).startsWith("#/components/");
      assertThat(API.document().at(reference.asText().substring(1)).isMissingNode())
          .as(reference.asText())
          .isFalse();
      used.add(reference.asText());
    }
    for (String kind : List.of("schemas", "responses", "headers", "parameters")) {
      API.document()
          .at("/components/" + kind)
          .fieldNames()
          .forEachRemaining(name -> assertThat(used).contains("#/components/" + kind + "/" + name));
    }
  }

  /** Checks that no object is open, so that an undocumented field fails the contract's tests. */
  @Test
  void everyObject_isClosed_exceptThoseOfOthers() {
    List<String> open = new ArrayList<>();
    open(API.document(), "", open);
    assertThat(open)
        .allMatch(
            place ->
                place.endsWith("/@context")
                    || place.endsWith("AttributeRegistration/properties/schema")
                    || place.endsWith("/properties/catalogue")
                    || place.endsWith("PolicyChangeProposal/properties/patch")
                    || place.contains("openapi.json"));
  }

  private static void open(JsonNode node, String place, List<String> open) {
    if (node.path("type").asText().equals("object") && !node.has("additionalProperties")) {
      open.add(place);
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      open(field.getValue(), place + "/" + field.getKey(), open);
    }
    if (node.isArray()) {
      node.forEach(item -> open(item, place + "/-", open));
    }
  }

  @Test
  void everyExample_isValidByItsSchema() {
    int examples = 0;
    for (JsonNode holder : holders(API.document())) {
      List<JsonNode> all = new ArrayList<>();
      holder.path("examples").forEach(all::add);
      if (holder.has("example")) {
        all.add(holder.get("example"));
      }
      for (JsonNode example : all) {
        JsonNode schema = holder.has("schema") ? holder.get("schema") : holder;
        assertThat(API.faults(schema, example)).as("%s", example).isEmpty();
        examples++;
      }
    }
    assertThat(examples).isGreaterThan(40);
  }

  @Test
  void everyOperation_hasADescription_aUniqueIdAndItsRoles() {
    List<String> roles = Stream.of(Role.values()).map(Role::code).toList();
    Set<String> ids = new HashSet<>();
    for (Operation operation : API.operations()) {
      JsonNode node = operation.node();
      assertThat(ids.add(node.path("operationId").asText())).as("%s", operation).isTrue();
      assertThat(node.path("summary").asText()).as("%s", operation).isNotBlank();
      assertThat(node.path("description").asText()).as("%s", operation).isNotBlank();
      assertThat(node.has("x-roles")).as("%s", operation).isTrue();
      assertThat(roles).containsAll(operation.roles());
      assertThat(node.path("security").isEmpty()).isEqualTo(operation.roles().isEmpty());
      assertThat(node.at("/responses/400").isMissingNode()).as("%s", operation).isFalse();
      for (String parameter : parametersOf(operation.path())) {
        assertThat(names(node, "path")).as("%s", operation).contains(parameter);
      }
    }
  }

  /** Checks GDPR article 7(3) by the contract: withdrawing is as easy as giving. */
  @Test
  void withdrawing_neverNeedsMoreInputThanGiving() {
    int pairs = 0;
    for (Operation give : API.operations()) {
      boolean says = give.path().matches("/v1/me/(consents/.*)");
      if (says && give.method().equals("PUT")) {
        Operation withdraw =
            API.operations().stream()
                .filter(o -> o.path().equals(give.path()) && o.method().equals("DELETE"))
                .findFirst()
                .orElseThrow();
        assertThat(required(withdraw.node())).isLessThanOrEqualTo(required(give.node()));
        assertThat(withdraw.takesBody()).isFalse();
        assertThat(withdraw.roles()).isEqualTo(give.roles());
        pairs++;
      }
    }
    assertThat(pairs).isEqualTo(1);
  }

  private static long required(JsonNode operation) {
    long required = operation.at("/requestBody/required").asBoolean() ? 1 : 0;
    for (JsonNode parameter : operation.path("parameters")) {
      required += parameter.path("required").asBoolean() ? 1 : 0;
    }
    return required;
  }

  private static List<String> names(JsonNode operation, String in) {
    List<String> names = new ArrayList<>();
    for (JsonNode parameter : operation.path("parameters")) {
      if (parameter.path("in").asText().equals(in)) {
        names.add(parameter.path("name").asText());
      }
    }
    return names;
  }

  private static List<String> parametersOf(String path) {
    return Arrays.stream(path.split("/"))
        .filter(part -> part.startsWith("{"))
        .map(part -> part.substring(1, part.length() - 1))
        .toList();
  }

  private static List<JsonNode> found(JsonNode node, String field) {
    List<JsonNode> found = new ArrayList<>();
    for (Map.Entry<String, JsonNode> child : node.properties()) {
      if (child.getKey().equals(field) && !isProperty(node)) {
        found.add(child.getValue());
      }
      found.addAll(found(child.getValue(), field));
    }
    if (node.isArray()) {
      node.forEach(item -> found.addAll(found(item, field)));
    }
    return found;
  }

  /** The attribute registration has a property of the name "schema". */
  private static boolean isProperty(JsonNode node) {
    return node.has("retentionDays");
  }

  private static List<JsonNode> holders(JsonNode node) {
    List<JsonNode> holders = new ArrayList<>();
    if (node.has("example") || node.path("examples").isArray()) {
      holders.add(node);
    }
    node.forEach(child -> holders.addAll(holders(child)));
    return holders;
  }
}
