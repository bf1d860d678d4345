package io.contextkeep.vault;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.OpenApi.Operation;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A request of an operation, made of the contract's examples, to be sent or corrupted. */
record Sample(
    Operation operation,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    byte[] body) {
  /** The example of an id in the contract. */
  private static final String REQUEST = "00112233445566778899aabbccddeeff";

  /** Returns a valid request; the body is JSON if the operation takes JSON. */
  static Sample of(OpenApi api, Operation operation) {
    String path = operation.path();
    Map<String, String> query = new LinkedHashMap<>();
    Map<String, String> headers = new HashMap<>();
    for (JsonNode parameter : operation.node().path("parameters")) {
      String name = parameter.path("name").asText();
      String example = text(parameter.path("example"));
      switch (parameter.path("in").asText()) {
        case "path" -> path = path.replace("{" + name + "}", inPath(parameter));
        case "query" -> {
          if (parameter.path("required").asBoolean() || parameter.has("x-or-in-the-token")) {
            query.put(name, encoded(example));
          }
        }
        default -> {
          if (parameter.path("required").asBoolean()) {
            headers.put(name, example + UUID.randomUUID());
          } else if (name.equals("If-Match")) {
            headers.put(name, example);
          }
        }
      }
    }
    Sample sample = new Sample(operation, path, query, headers, new byte[0]);
    JsonNode text = operation.node().at("/requestBody/content/*~1*/example");
    if (text.isTextual()) {
      return sample.bytes(text.asText().getBytes(StandardCharsets.UTF_8));
    }
    JsonNode sparql = operation.node().at("/requestBody/content/application~1sparql-query/example");
    if (sparql.isTextual()) {
      return sample
          .header("Content-Type", "application/sparql-query")
          .bytes(sparql.asText().getBytes(StandardCharsets.UTF_8));
    }
    return operation.takesBody()
        ? sample.with(json(api, operation).toString().getBytes(StandardCharsets.UTF_8))
        : sample;
  }

  private static JsonNode json(OpenApi api, Operation operation) {
    JsonNode content = operation.node().at("/requestBody/content/application~1json");
    return content.has("example")
        ? content.get("example")
        : api.resolved(content.path("schema")).path("examples").path(0);
  }

  /** Returns a parameter by RFC 6570 for style=form without explode. */
  private static String text(JsonNode example) {
    List<String> parts = new ArrayList<>();
    example.forEach(part -> parts.add(part.asText()));
    return example.isArray() ? String.join(",", parts) : example.asText();
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Returns a path parameter's example as a client sends it. */
  static String inPath(JsonNode parameter) {
    String encoded = encoded(text(parameter.path("example")));
    return parameter.path("x-slashes").asBoolean() ? encoded.replace("%2F", "/") : encoded;
  }

  Sample with(byte[] newBody) {
    return header("Content-Type", "application/json").bytes(newBody);
  }

  Sample with(String newBody) {
    return with(newBody.getBytes(StandardCharsets.UTF_8));
  }

  Sample bytes(byte[] newBody) {
    return new Sample(operation, path, query, headers, newBody);
  }

  Sample header(String name, String value) {
    Map<String, String> all = new HashMap<>(headers);
    all.put(name, value);
    return new Sample(operation, path, query, all, body);
  }

  Sample withoutHeader(String name) {
    Map<String, String> all = new HashMap<>(headers);
    all.remove(name);
    return new Sample(operation, path, query, all, body);
  }

  /** Returns a copy with a parameter's value as given. */
  Sample query(String name, String encodedValue) {
    Map<String, String> all = new LinkedHashMap<>(query);
    all.put(name, encodedValue);
    return new Sample(operation, path, all, headers, body);
  }

  Sample withoutQuery(String name) {
    Map<String, String> all = new LinkedHashMap<>(query);
    all.remove(name);
    return new Sample(operation, path, all, headers, body);
  }

  Sample path(String newPath) {
    return new Sample(operation, newPath, query, headers, body);
  }

  /** Returns a copy about a decision of the log, whose index no example can know. */
  Sample ofDecision(long index) {
    return switch (operation.node().path("operationId").asText()) {
      case "explainDecision" -> query("entry", String.valueOf(index));
      case "explainAccess" -> path("/v1/me/accesses/" + index + "/explanation");
      default -> this;
    };
  }

  /** Returns a copy about a receipt of a consent. */
  Sample ofReceipt(long number) {
    return operation.node().path("operationId").asText().equals("myReceipt")
        ? path("/v1/me/receipts/" + number)
        : this;
  }

  /** Returns whether it is about a customer's request, whose id no example can know. */
  boolean namesARequest() {
    return path.contains(REQUEST);
  }

  /** Returns a copy about a customer's request. */
  Sample ofRequest(String id) {
    return path(path.replace(REQUEST, id));
  }

  /** Returns a copy about a change of a registration or the policy. */
  Sample ofChange(long ofRegistration, long ofPolicy) {
    return switch (operation.node().path("operationId").asText()) {
      case "change", "replayChange", "approveChange", "withdrawChange" ->
          path(path.replace("/1", "/" + ofRegistration));
      case "approvePolicyChange", "withdrawPolicyChange" ->
          path(path.replaceFirst("/[12](/|$)", "/" + ofPolicy + "$1"));
      default -> this;
    };
  }

  /** Returns a copy about an erasure. */
  Sample ofErasure(String certificate, String notice, String code) {
    return switch (operation.node().path("operationId").asText()) {
      case "erasureByCode" -> header("Idempotency-Key", code);
      case "erasureCertificate" -> path("/v1/erasures/" + certificate);
      case "acknowledgeErasure" -> path("/v1/erasure-notices/" + notice + "/acknowledgement");
      default -> this;
    };
  }

  /** Returns a copy about a link of an identifier, or with a proof of an account. */
  Sample ofLink(String link, String proof) {
    return switch (operation.node().path("operationId").asText()) {
      case "unlinkMyIdentifier" -> path("/v1/me/identifiers/" + link);
      case "unlinkCustomerIdentifier" -> path(path.replaceFirst("[^/]+$", link));
      case "linkMyAccount" -> with("{\"token\": \"" + proof + "\"}");
      default -> this;
    };
  }

  /** Returns a copy about a value beside a correction. */
  Sample ofCorrection(String id, long version) {
    return path("/v1/corrections/" + id + "/decision")
        .with(
            "{\"decision\": \"accept-source\", \"version\": %d, \"reason\": \"ck:SourceVerified\"}"
                .formatted(version));
  }

  Sample as(String token) {
    return header("Authorization", "Bearer " + token);
  }

  String target() {
    List<String> parts = new ArrayList<>();
    query.forEach((name, value) -> parts.add(name + "=" + value));
    return path + (parts.isEmpty() ? "" : "?" + String.join("&", parts));
  }

  /** Returns the bytes of the request. */
  byte[] raw() {
    StringBuilder head = new StringBuilder(operation.method() + " " + target() + " HTTP/1.1\r\n");
    head.append("Host: localhost\r\nContent-Length: ").append(body.length).append("\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = new byte[start.length + body.length];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(body, 0, all, start.length, body.length);
    return all;
  }

  @Override
  public String toString() {
    return operation.toString();
  }
}
