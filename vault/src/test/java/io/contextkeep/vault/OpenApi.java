package io.contextkeep.vault;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.contextkeep.vault.web.ContractDocument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The served contract, from which tests are generated. */
final class OpenApi {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "patch", "head", "options", "trace");
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          registry ->
              registry.schemaRegistryConfig(
                  SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

  private final JsonNode document;
  private final List<Operation> operations;
  private final Map<JsonNode, Schema> compiled = new ConcurrentHashMap<>();

  private OpenApi(JsonNode document) {
    this.document = document;
    this.operations = List.copyOf(operations(document));
  }

  /** Returns the document as a vault composes it, once, since compiling its schemas is slow. */
  static OpenApi bundled() {
    return Bundled.API;
  }

  private static final class Bundled {
    static final OpenApi API = new OpenApi(ContractDocument.compose());
  }

  JsonNode document() {
    return document;
  }

  /** A method of a path. */
  record Operation(String method, String path, Pattern matching, JsonNode node) {
    List<String> roles() {
      List<String> roles = new ArrayList<>();
      node.path("x-roles").forEach(role -> roles.add(role.asText()));
      return roles;
    }

    boolean takesBody() {
      return node.has("requestBody");
    }

    /** Returns whether the body is JSON; other protocols have their own formats. */
    boolean takesJson() {
      return node.at("/requestBody/content").has("application/json");
    }

    /** Returns whether it answers more than 404 in a vault with default settings. */
    boolean whereConfigured() {
      return node.path("x-where-configured").asBoolean();
    }

    /** Returns the router's notation. */
    String route() {
      return method + " " + path.replaceAll("\\{([^}]+)}", ":$1") + (hasSlashes(node) ? "*" : "");
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  List<Operation> operations() {
    return operations;
  }

  Operation operation(String id) {
    return operations.stream()
        .filter(o -> o.node().path("operationId").asText().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** Returns the operation that serves the target, if there is one. */
  Optional<Operation> serving(String method, String target) {
    String path = target.replaceFirst("\\?.*", "");
    return operations.stream()
        .filter(o -> o.method().equals(method) && o.matching().matcher(path).matches())
        .findFirst();
  }

  private static List<Operation> operations(JsonNode document) {
    List<Operation> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        if (METHODS.contains(method.getKey())) {
          JsonNode node = withParameters(document, method.getValue());
          operations.add(
              new Operation(
                  method.getKey().toUpperCase(Locale.ROOT),
                  path.getKey(),
                  Pattern.compile(
                      path.getKey().replaceAll("\\{[^}]+}", hasSlashes(node) ? ".+" : "[^/]+")),
                  node));
        }
      }
    }
    return operations;
  }

  /** Returns the operation with its references to parameters resolved. */
  private static JsonNode withParameters(JsonNode document, JsonNode operation) {
    ObjectNode whole = operation.deepCopy();
    if (operation.has("parameters")) {
      ArrayNode parameters = whole.putArray("parameters");
      operation
          .path("parameters")
          .forEach(parameter -> parameters.add(resolved(document, parameter)));
    }
    return whole;
  }

  /** Returns whether its path parameter has several segments, which OpenAPI cannot express. */
  static boolean hasSlashes(JsonNode operation) {
    return operation.at("/parameters/0/x-slashes").asBoolean();
  }

  Set<String> methodsOf(String path) {
    Set<String> methods = new TreeSet<>();
    operations().stream().filter(o -> o.path().equals(path)).forEach(o -> methods.add(o.method()));
    return methods;
  }

  JsonNode resolved(JsonNode node) {
    return resolved(document, node);
  }

  private static JsonNode resolved(JsonNode document, JsonNode node) {
    return node.has("$ref")
        ? resolved(document, document.at(node.get("$ref").asText().substring(1)))
        : node;
  }

  /** Returns the faults of a value by a schema, which may refer to the document's components. */
  List<String> faults(JsonNode schema, JsonNode value) {
    return faults(compiled(schema), value);
  }

  private static List<String> faults(Schema schema, JsonNode value) {
    return schema.validate(value).stream().map(Object::toString).toList();
  }

  /** Compiles a schema; equal ones are compiled once, since most answers are a few problems. */
  private Schema compiled(JsonNode schema) {
    return compiled.computeIfAbsent(schema, this::compile);
  }

  private Schema compile(JsonNode schema) {
    ObjectNode root = JSON.createObjectNode();
    root.set("components", document.path("components"));
    root.putArray("allOf").add(schema);
    return SCHEMAS.getSchema(root);
  }

  /** Returns the deviations of an answer from the contract. */
  List<String> faults(Operation operation, HttpResponse<byte[]> response) {
    return faults(
        operation,
        response.statusCode(),
        response.headers().firstValue("Content-Type").orElse(""),
        response.body());
  }

  List<String> faults(Operation operation, int status, String contentType, byte[] body) {
    JsonNode documented = resolved(operation.node().at("/responses/" + status));
    if (documented.isMissingNode()) {
      return List.of("status " + status + " is not documented");
    }
    if (!documented.has("content")) {
      return body.length == 0 ? List.of() : List.of("a body is not documented");
    }
    String type = contentType.replaceFirst(";.*", "").strip();
    JsonNode content = documented.path("content").path(type);
    if (content.isMissingNode()) {
      return List.of("the type '" + contentType + "' is not documented");
    }
    return faults(content.path("schema"), value(type, body));
  }

  private static JsonNode value(String type, byte[] body) {
    try {
      return type.endsWith("json") && !type.equals("application/x-ndjson")
          ? JSON.readTree(body)
          : JSON.getNodeFactory().textNode(new String(body, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
