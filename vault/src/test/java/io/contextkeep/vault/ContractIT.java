package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.created;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditSearch;
import io.contextkeep.vault.OpenApi.Operation;
import io.contextkeep.vault.identity.Role;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * The vault against its contract, operation by operation: callers, answers, and the refusal of
 * malformed requests with a helpful problem and without any write. TestVault compares every answer
 * with the contract.
 */
@TestInstance(Lifecycle.PER_CLASS)
@Order(1)
final class ContractIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final OpenApi API = OpenApi.bundled();
  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND");

  private static final String RECEIPT_CODE = UUID.randomUUID().toString();

  private TestVault vault;
  private Fingerprint.Kept fingerprint;
  private long decision;
  private long receipt;
  private String certificate = "";
  private String notice = "";

  @BeforeAll
  void start(@TempDir Path dir) throws SQLException {
    vault = TestVault.furnished(dir);
    fingerprint = new Fingerprint.Kept(vault.vault().db(), dir.resolve("data/vault.db"));
    vault.register(
        "/v1/apps/shop",
        """
        {"name": "Shop", "facets": [],
         "purposes": ["dpv:ServicePersonalisation", "dpv:CustomerCare", "dpv:DirectMarketing"]}\
        """);
    vault.write("12347", "country", "\"" + CANARY + "land\"");
    vault.write("666", "country", "\"" + CANARY + "land\"");
    ok(
        vault.put(
            vault.customer("customer_number:12347"),
            "/v1/me/consents/dpv:ServicePersonalisation/shop",
            ""));
    decision = vault.ask("12347", "country").body().at("/receipt/index").asLong();
    vault.register(
        "/v1/analytics/budgets/dpv:ServicePersonalisation/shop",
        "{\"rho\": 1, \"delta\": 0.000001}");
    vault.register(
        "/v1/rights-agents/PERMISSION_SLIP",
        API.document().at("/components/schemas/RightsAgentRegistration/examples/0").toString());
    vault.register(
        "/v1/apps/shop",
        """
        {"name": "Shop", "facets": [],
         "purposes": ["dpv:ServicePersonalisation", "dpv:CustomerCare", "dpv:DirectMarketing"]}\
        """);
    String text = API.document().at("/components/schemas/NoticeText/examples/0").toString();
    String olga = vault.token(Role.OPERATOR, "olga");
    created(vault.put(olga, "/v1/notices/shop-care/1", text));
    created(
        vault.put(
            olga,
            "/v1/notices/shop-mail/1",
            text.replace("dpv:CustomerCare", "dpv:DirectMarketing")));
    receipt =
        ok(vault.put(
                vault.customer("customer_number:12347"),
                "/v1/me/consents/dpv:DirectMarketing/shop",
                "{\"notice\": \"shop-mail.1\", \"language\": \"en-GB\"}"))
            .body()
            .at("/consentReceipt/number")
            .asLong();
    erase("555");
    ok(
        vault.post(
            vault.token(Role.ANALYST, "somebody"),
            "/v1/analytics/queries",
            """
            {"purpose": "dpv:ServicePersonalisation", "population": "shop", "measure": "count",
             "budget": {"rho": 0.02}}\
            """,
            Map.of()));
  }

  /** Erases a customer whose data the shop received. */
  private void erase(String number) {
    String customer = vault.customer("customer_number:" + number);
    vault.write(number, "country", "\"" + CANARY + "land\"");
    ok(vault.put(customer, "/v1/me/consents/dpv:ServicePersonalisation/shop", ""));
    ok(vault.ask(number, "country"));
    certificate =
        ok(vault.send(customer, "DELETE", "/v1/me", "", Map.of("Idempotency-Key", RECEIPT_CODE)))
            .body()
            .at("/certificate/number")
            .textValue();
    notice =
        ok(vault.get(vault.token(Role.APP, "shop"), "/v1/erasure-notices"))
            .body()
            .path("sets")
            .fieldNames()
            .next();
  }

  @AfterAll
  void checkInvariants() throws SQLException {
    fingerprint.close();
    vault.close();
  }

  @Test
  void routesAndContract_haveTheSameOperations() {
    TreeSet<String> documented = new TreeSet<>();
    API.operations().forEach(operation -> documented.add(operation.route()));
    assertThat(vault.vault().routes()).isEqualTo(documented);
  }

  /** The statuses that the edge and the router may give to any request. */
  @TestFactory
  Stream<DynamicTest> everyOperation_listsWhatAnyRequestMayBeAnswered() {
    Map<Integer, String> any =
        Map.of(
            406, "NotAcceptable",
            408, "RequestTimeout",
            413, "BodyTooLarge",
            414, "TargetTooLong",
            417, "ExpectationFailed",
            429, "TooMany",
            431, "HeadersTooLarge");
    return API.operations().stream()
        .map(
            operation ->
                dynamicTest(
                    operation.toString(),
                    () ->
                        any.forEach(
                            (status, component) ->
                                assertThat(
                                        operation
                                            .node()
                                            .at("/responses/" + status + "/$ref")
                                            .asText())
                                    .isEqualTo("#/components/responses/" + component))));
  }

  @Test
  void theContract_isPublic_andCached() {
    HttpResponse<byte[]> first =
        vault.exchange("GET", "/v1/openapi.json", new byte[0], Map.of("Accept", "*/*"));
    assertThat(TestVault.json(first)).isEqualTo(API.document());
    String tag = first.headers().firstValue("ETag").orElseThrow();
    assertThat(first.headers().firstValue("Cache-Control").orElseThrow()).contains("public");
    HttpResponse<byte[]> again =
        vault.exchange("GET", "/v1/openapi.json", new byte[0], Map.of("If-None-Match", tag));
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    HttpResponse<byte[]> other =
        vault.exchange("GET", "/v1/openapi.json", new byte[0], Map.of("If-None-Match", "\"x\""));
    assertThat(other.statusCode()).isEqualTo(200);
  }

  @Test
  void theContract_isCompressedForClientsThatAcceptGzip() throws Exception {
    RawHttp.Answered plain = contract("");
    assertThat(plain.headers())
        .containsEntry("vary", "Accept-Encoding")
        .doesNotContainKey("content-encoding");
    RawHttp.Answered zipped =
        contract("Accept-Encoding: br;q=1\r\nAccept-Encoding: gzip;q=0.8\r\n");
    assertThat(zipped.headers())
        .containsEntry("vary", "Accept-Encoding")
        .containsEntry("content-encoding", "gzip");
    assertThat(zipped.body().length).isLessThan(plain.body().length / 5);
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped.body()))) {
      assertThat(in.readAllBytes()).isEqualTo(plain.body());
    }
    assertThat(contract("Accept-Encoding: *, gzip;q=0\r\n").body()).isEqualTo(plain.body());
  }

  @Test
  void theContractInGzip_hasItsOwnTag() {
    String gzip = "Accept-Encoding: gzip\r\n";
    String tag = contract(gzip).headers().get("etag");
    assertThat(contract("").headers().get("etag")).isNotEqualTo(tag);
    RawHttp.Answered again = contract(gzip + "If-None-Match: \"x\", W/" + tag + "\r\n");
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.headers()).containsEntry("etag", tag).containsEntry("vary", "Accept-Encoding");
    assertThat(again.body()).isEmpty();
    assertThat(contract("If-None-Match: " + tag + "\r\n").status()).isEqualTo(200);
  }

  private RawHttp.Answered contract(String headers) {
    String request = "GET /v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
    return RawHttp.send(vault.vault().port(), request.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void unknownResources_areProblemsToo() {
    HttpResponse<byte[]> answer =
        vault.exchange(
            "GET",
            "/v1/nothing",
            new byte[0],
            Map.of("Authorization", "Bearer " + vault.token(Role.OPERATOR, "olga")));
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(TestVault.json(answer).path("code").asText()).isEqualTo("not_found");
  }

  /** Checks that the operation's roles can call it, and others are refused without effect. */
  @TestFactory
  Stream<DynamicTest> everyOperation_andEveryRole() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Operation operation : API.operations()) {
      if (operation.roles().isEmpty()) {
        String token = operation.path().equals("/metrics") ? TestVault.METRICS_TOKEN : "";
        tests.add(dynamicTest(operation + " for everybody", () -> answers(operation, token)));
        continue;
      }
      tests.add(
          dynamicTest(
              operation + " without a token",
              () -> {
                HttpResponse<byte[]> answer = refused(Sample.of(API, operation), 401);
                assertThat(answer.headers().allValues("WWW-Authenticate"))
                    .containsExactly("Bearer");
              }));
      for (Role role : Role.values()) {
        tests.add(
            dynamicTest(
                operation + " as " + role.code(),
                () -> {
                  if (operation.roles().contains(role.code())) {
                    answers(operation, token(operation, role));
                  } else {
                    refused(Sample.of(API, operation).as(token(operation, role)), 403);
                  }
                }));
      }
    }
    return tests.stream();
  }

  private void answers(Operation operation, String token) {
    Sample sample = right(operation);
    HttpResponse<byte[]> answer = sent(token.isEmpty() ? sample : sample.as(token));
    JsonNode responses = operation.node().at("/responses");
    int expected = responses.has("200") || responses.has("201") ? 200 : 403;
    expected = operation.whereConfigured() ? 404 : expected;
    int status = answer.statusCode();
    boolean succeeds = (status == 201 || status == 202) && responses.has(String.valueOf(status));
    assertThat(succeeds ? 200 : status).as(new String(answer.body())).isEqualTo(expected);
    if (status == 201) {
      assertThat(answer.headers().firstValue("Location")).isPresent();
    }
  }

  /** Returns a request that names existing things. */
  private Sample right(Operation operation) {
    Sample sample =
        Sample.of(API, operation)
            .ofDecision(decision)
            .ofReceipt(receipt)
            .ofErasure(certificate, notice, RECEIPT_CODE)
            .ofChange(proposed(operation), policyProposed(operation));
    sample = sample.namesARequest() ? sample.ofRequest(review()) : sample;
    sample = sample.path().contains("/identifiers") ? ofLink(sample) : sample;
    if (operation.node().path("operationId").asText().equals("decideCorrection")) {
      sample = ofCorrection(sample);
    }
    if (operation.node().path("operationId").asText().equals("putNotice")) {
      // The first version is fixed, since a customer consented to it.
      sample = sample.path(sample.path().replaceFirst("/1$", "/2"));
    }
    if (operation.node().path("operationId").asText().equals("takeCorrectionBack")) {
      correct();
    }
    return sample;
  }

  /** Checks that a HEAD has the same status and type without a body, and the same log entries. */
  @TestFactory
  Stream<DynamicTest> everyGet_isAnsweredToHead() {
    return API.operations().stream()
        .filter(operation -> operation.method().equals("GET"))
        .map(operation -> dynamicTest("HEAD " + operation.path(), () -> head(operation)));
  }

  private void head(Operation operation) {
    Sample sample = right(operation);
    if (!operation.roles().isEmpty()) {
      sample = sample.as(rightToken(operation));
    }
    HttpResponse<byte[]> get = sent(sample);
    HttpResponse<byte[]> head =
        vault.exchange("HEAD", sample.target(), new byte[0], sample.headers());
    if (TestVault.isJson(get) && TestVault.json(get).has("values")) {
      vault.disclosed(1);
    }
    assertThat(head.statusCode()).isEqualTo(get.statusCode());
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("Content-Type"))
        .isEqualTo(get.headers().firstValue("Content-Type"));
    assertThat(entries(head)).isEqualTo(entries(get));
  }

  /**
   * Returns the log's entries of an answered request. A HEAD delivers nothing, so it fulfils no
   * request for access and hands over no notice.
   */
  private List<String> entries(HttpResponse<byte[]> answer) {
    AuditQuery query =
        AuditQuery.ALL.withRequest(answer.headers().firstValue("X-Request-Id").orElseThrow());
    return vault
        .vault()
        .db()
        .inRead(c -> AuditSearch.oldest(c, query, 0, Long.MAX_VALUE, 100))
        .stream()
        .map(row -> row.word("type") + " " + row.word("action"))
        .filter(entry -> !entry.startsWith("rights ") && !entry.startsWith("notice "))
        .toList();
  }

  @Test
  void anInvalidToken_isRefusedWithItsCause_andAnotherSchemeIsNoToken() {
    Sample sample = Sample.of(API, API.operation("listCorrections"));
    assertThat(challenge(sample.as("no.token.atall")))
        .isEqualTo(
            "Bearer error=\"invalid_token\", error_description=\"The token is not a signed JWT\"");
    assertThat(challenge(sample.header("Authorization", "Basic b2xnYTpvbGdh"))).isEqualTo("Bearer");
  }

  private String challenge(Sample sample) {
    return refused(sample, 401).headers().firstValue("WWW-Authenticate").orElseThrow();
  }

  /** Returns a waiting change of a registration; 1, which does not exist, if none is needed. */
  private long proposed(Operation operation) {
    return operation.path().startsWith("/v1/changes/")
        ? vault
            .send(
                vault.token(Role.OPERATOR, "olga"),
                "PATCH",
                "/v1/apps/shop",
                "{\"contact\": \"" + UUID.randomUUID() + "\"}",
                Map.of())
            .body()
            .path("id")
            .asLong()
        : 1;
  }

  private long policyProposed(Operation operation) {
    return operation.path().startsWith("/v1/policy/changes/")
        ? ok(vault.post(
                vault.token(Role.OPERATOR, "olga"),
                "/v1/policy/changes",
                """
                {"reason": "Longer",
                 "patch": {"purposes": {"dpv:DirectMarketing": {"max_age_days": 181}}}}\
                """,
                Map.of()))
            .body()
            .path("id")
            .asLong()
        : 1;
  }

  /** Links a device first, which no other test needs. */
  private Sample ofLink(Sample sample) {
    ok(
        vault.post(
            vault.token(Role.SOURCE, "crm"),
            "/v1/ingest",
            """
            {"customer": {"customer_number": "12347", "device": "%s"}, "attribute": "country", "observed": "%s", "value": "Iceland"}\
            """
                .formatted(UUID.randomUUID(), vault.observedNow()),
            Map.of("Idempotency-Key", UUID.randomUUID().toString())));
    String link = "";
    for (JsonNode one :
        ok(vault.get(vault.customer("customer_number:12347"), "/v1/me/identifiers"))
            .body()
            .path("identifiers")) {
      link = one.path("kind").asText().equals("device") ? one.path("id").asText() : link;
    }
    return sample.ofLink(link, vault.customer("login:" + UUID.randomUUID()));
  }

  /** Lets a source disagree with a correction first. */
  private Sample ofCorrection(Sample sample) {
    correct();
    vault.write("12347", "country", "\"Iceland\"");
    JsonNode one =
        ok(vault.get(vault.token(Role.OPERATOR, "olga"), "/v1/corrections"))
            .body()
            .at("/corrections/0");
    return sample.ofCorrection(one.path("id").asText(), one.path("version").asLong());
  }

  /** Makes a correction to take back. */
  private void correct() {
    ok(
        vault.put(
            vault.customer("customer_number:12347"),
            "/v1/me/attributes/country",
            "{\"value\": \"Iceland\"}"));
  }

  /** Makes a request that waits for an operator. */
  private String review() {
    return created(
            vault.post(
                vault.customer("customer_number:12347"),
                "/v1/me/requests",
                "{\"right\": \"review\", \"decision\": " + decision + "}",
                Map.of()))
        .body()
        .path("id")
        .asText();
  }

  /** Returns an erasure of a customer whom no other test needs. */
  private String token(Operation operation, Role role) {
    String id = operation.node().path("operationId").asText();
    return switch (role) {
      case CUSTOMER -> vault.customer("customer_number:" + (id.equals("eraseMe") ? 666 : 12347));
      case APP -> vault.token(role, id.equals("ingest") ? "crm" : "shop");
      case SOURCE -> vault.token(role, id.equals("appChanges") ? "shop" : "crm");
      default -> vault.token(role, "somebody");
    };
  }

  @TestFactory
  Stream<DynamicTest> everyPath_refusesOtherMethods_andNamesItsOwn() {
    return API.operations().stream()
        .map(Operation::path)
        .distinct()
        .flatMap(
            path -> {
              Operation known =
                  API.operations().stream().filter(o -> o.path().equals(path)).findFirst().get();
              return METHODS.stream()
                  .filter(method -> !methodsOf(path).contains(method))
                  .map(
                      method ->
                          dynamicTest(method + " " + path, () -> methodRefused(method, known)));
            });
  }

  /** Returns the contract's methods, and HEAD wherever GET is. */
  private static Set<String> methodsOf(String path) {
    Set<String> methods = new TreeSet<>(API.methodsOf(path));
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    return methods;
  }

  private void methodRefused(String method, Operation known) {
    Sample sample = Sample.of(API, known);
    SortedMap<String, String> before = state();
    HttpResponse<byte[]> answer =
        vault.exchange(method, sample.path(), new byte[0], sample.as(rightToken(known)).headers());
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(Set.of(answer.headers().firstValue("Allow").orElse("").split(",\\s*", -1)))
        .isEqualTo(methodsOf(known.path()));
    if (!method.equals("HEAD")) {
      assertThat(TestVault.json(answer).path("code").asText()).isEqualTo("method_not_allowed");
    }
    assertThat(state()).isEqualTo(before);
  }

  @TestFactory
  Stream<DynamicTest> everyOperation_refusesWhatItDoesNotKnow() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Operation operation : API.operations()) {
      Sample sample = Sample.of(API, operation);
      Map<String, Sample> spoilt = new LinkedHashMap<>();
      spoilt.put("an unknown parameter", sample.query("zzz", CANARY));
      spoilt.put("an answer of another type", sample.header("Accept", "image/png"));
      spoilt.put("an answer of no type", sample.header("Accept", "*/*;q=0"));
      if (!operation.takesBody()) {
        spoilt.put("a body", sample.with("{\"value\": \"" + CANARY + "\"}"));
      }
      parameters(sample, spoilt);
      if (operation.takesJson()) {
        bodies(sample, spoilt);
        types(sample, spoilt);
      }
      spoilt.forEach(
          (what, request) ->
              tests.add(
                  dynamicTest(
                      operation + " with " + what,
                      () -> refused(request.as(rightToken(operation)), expected(what)))));
    }
    return tests.stream();
  }

  private static int[] expected(String what) {
    if (what.startsWith("an answer")) {
      return new int[] {406};
    }
    if (what.startsWith("the path's") || what.endsWith(" too long")) {
      return new int[] {400, 404};
    }
    return new int[] {what.startsWith("a body of") ? 415 : 400};
  }

  private String rightToken(Operation operation) {
    return operation.roles().stream()
        .map(code -> Role.parse(code).orElseThrow())
        .map(role -> token(operation, role))
        .findFirst()
        .orElse(vault.token(Role.ANALYST, "somebody"));
  }

  /**
   * Adds requests with every parameter missing, empty, twice, with control characters, and against
   * its schema.
   */
  private static void parameters(Sample sample, Map<String, Sample> spoilt) {
    for (JsonNode parameter : sample.operation().node().path("parameters")) {
      String name = parameter.path("name").asText();
      JsonNode schema = parameter.path("schema");
      switch (parameter.path("in").asText()) {
        case "query" -> {
          if (parameter.path("required").asBoolean()) {
            spoilt.put("no " + name, sample.withoutQuery(name));
          }
          String right = sample.query().getOrDefault(name, "1");
          spoilt.put(name + " twice", sample.query(name, right + "&" + name + "=" + right));
          for (String wrong : List.of("", "%00", "a%7Fb", "a%0B")) {
            spoilt.put(name + " as '" + wrong + "'", sample.query(name, wrong));
          }
          for (String wrong : List.of("-1", "1.5", "x", "99999999999999999999", "0x1", "true")) {
            if (schema.path("type").asText().equals("integer")) {
              spoilt.put(name + " as " + wrong, sample.query(name, wrong));
            }
          }
          if (schema.path("$ref").asText().endsWith("/Instant")) {
            for (String wrong :
                List.of("yesterday", "-1000000000-01-01T00:00:00Z", "9999999999999")) {
              spoilt.put(name + " as " + wrong, sample.query(name, wrong));
            }
          }
          outside(API.resolved(schema))
              .forEach((what, wrong) -> spoilt.put(name + what, sample.query(name, wrong)));
        }
        case "path" -> pathParameter(sample, parameter, spoilt);
        default -> {
          if (parameter.path("required").asBoolean()) {
            spoilt.put("no " + name, sample.withoutHeader(name));
            spoilt.put("a long " + name, sample.header(name, "x".repeat(201)));
          }
        }
      }
    }
  }

  /** Returns values just outside what a schema takes. */
  private static Map<String, String> outside(JsonNode schema) {
    Map<String, String> wrong = new LinkedHashMap<>();
    if (schema.has("maximum")) {
      wrong.put(" too large", String.valueOf(schema.get("maximum").longValue() + 1));
    }
    if (schema.has("minimum")) {
      wrong.put(" too small", String.valueOf(schema.get("minimum").longValue() - 1));
    }
    if (schema.has("maxLength")) {
      wrong.put(" too long", "0".repeat(schema.get("maxLength").intValue() + 1));
    }
    if (schema.has("enum")) {
      wrong.put(" as no word of the list", "NO_SUCH_WORD");
    }
    if (schema.has("pattern") && !Pattern.matches(schema.get("pattern").asText(), "~")) {
      wrong.put(" of another form", "~");
    }
    return wrong;
  }

  private static void pathParameter(Sample sample, JsonNode parameter, Map<String, Sample> spoilt) {
    for (String wrong : List.of("%00", "no such value!", "x".repeat(300), "%F0%9F%98%80")) {
      String encoded = wrong.startsWith("%") ? wrong : Sample.encoded(wrong);
      spoilt.put(
          "the path's " + parameter.path("name").asText() + " '" + wrong + "'",
          sample.path(sample.path().replace(Sample.inPath(parameter), encoded)));
    }
  }

  private static void types(Sample sample, Map<String, Sample> spoilt) {
    Sample full = sample.body().length == 0 ? sample.with("{\"a\":1}") : sample;
    spoilt.put("a body of no type", full.withoutHeader("Content-Type"));
    for (String type :
        List.of(
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=iso-8859-1",
            "application/jsonp",
            "nonsense",
            "application/json, text/plain")) {
      spoilt.put("a body of type " + type, full.header("Content-Type", type));
    }
    spoilt.put("a body of coded bytes", full.header("Content-Encoding", "gzip"));
  }

  private static void bodies(Sample sample, Map<String, Sample> spoilt) {
    JsonNode content = sample.operation().node().at("/requestBody/content/application~1json");
    JsonNode schema = API.resolved(content.path("schema"));
    ObjectNode right = object(new String(sample.body(), StandardCharsets.UTF_8));
    if (sample.operation().node().at("/requestBody/required").asBoolean()) {
      spoilt.put("no body", sample.bytes(new byte[0]));
    }
    String text = right.toString();
    spoilt.put("an unknown field", sample.with(right.deepCopy().put("zzz", CANARY).toString()));
    spoilt.put("something after the body", sample.with(text + " {}"));
    spoilt.put("a comma after the body", sample.with(text + ","));
    spoilt.put("half a body", sample.with(text.substring(0, text.length() - 1)));
    for (String wrong :
        List.of(
            "[]",
            "7",
            "\"" + CANARY + "\"",
            "null",
            "{'a':1}",
            "{\"a\":01}",
            "\u0000",
            "{} //",
            "NaN")) {
      spoilt.put("the body " + wrong.replace(CANARY, "text"), sample.with(wrong));
    }
    schema
        .path("properties")
        .fieldNames()
        .forEachRemaining(field -> fields(sample, content.path("schema"), right, field, spoilt));
  }

  /**
   * Adds requests with one field of the body missing, twice, and with every violation of its
   * schema.
   */
  private static void fields(
      Sample sample, JsonNode schema, ObjectNode right, String field, Map<String, Sample> spoilt) {
    List<JsonNode> candidates =
        new ArrayList<>(
            List.of(
                JSON.nullNode(),
                JSON.getNodeFactory().numberNode(-7),
                JSON.getNodeFactory().numberNode(1.5),
                JSON.getNodeFactory().textNode(""),
                JSON.getNodeFactory().textNode(" "),
                JSON.getNodeFactory().textNode(CANARY + "!"),
                JSON.getNodeFactory().textNode("x".repeat(5_000)),
                JSON.getNodeFactory().booleanNode(true),
                JSON.createArrayNode(),
                JSON.createArrayNode().add(7),
                JSON.createArrayNode().add(CANARY + "!"),
                JSON.createObjectNode(),
                JSON.createObjectNode().put("zzz", 7)));
    int number = 0;
    for (JsonNode candidate : candidates) {
      number++;
      ObjectNode body = right.deepCopy();
      body.set(field, candidate);
      if (!API.faults(schema, body).isEmpty()) {
        spoilt.put(field + " wrong in way " + number, sample.with(body.toString()));
      }
    }
    ObjectNode without = right.deepCopy();
    without.remove(field);
    if (!API.faults(schema, without).isEmpty()) {
      spoilt.put("no " + field, sample.with(without.toString()));
    }
    String rest = without.toString().substring(1);
    String more = rest.equals("}") ? rest : "," + rest;
    String value = right.has(field) ? right.get(field).toString() : "\"a\"";
    String name = "{\"" + field + "\":";
    spoilt.put(field + " twice", sample.with(name + value + ",\"" + field + "\":" + value + more));
    spoilt.put("half a character in " + field, sample.with(name + "\"a\\ud800\"" + more));
    spoilt.put("a control character in " + field, sample.with(name + "\"a\\u0000\"" + more));
    spoilt.put("a raw control character in " + field, sample.with(name + "\"a\u0001\"" + more));
    spoilt.put("a bad name in " + field, sample.with(name + "{\"a\\ud800\":1}" + more));
    spoilt.put("a monstrous number in " + field, sample.with(name + "1e999999999" + more));
    spoilt.put("a long number in " + field, sample.with(name + "1".repeat(100) + more));
    spoilt.put("depth in " + field, sample.with(name + "[".repeat(99) + "]".repeat(99) + more));
    byte[] bytes = (name + "\"a?b\"" + more).getBytes(StandardCharsets.UTF_8);
    bytes[name.length() + 2] = (byte) 0xc3;
    spoilt.put("invalid UTF-8 in " + field, sample.with(bytes));
  }

  private static ObjectNode object(String json) {
    try {
      return json.isEmpty() ? JSON.createObjectNode() : (ObjectNode) JSON.readTree(json);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Adds requests that no client library sends. */
  @TestFactory
  Stream<DynamicTest> everyOperation_refusesWhatIsBarelyHttp() {
    return API.operations().stream()
        .flatMap(
            operation -> {
              Sample sample = Sample.of(API, operation).as(rightToken(operation));
              List<DynamicTest> tests = new ArrayList<>();
              for (String wrong : List.of("%zz", "%", "%ff", "%ED%A0%80", "%C0%AF", "\u00e9")) {
                tests.add(
                    dynamicTest(
                        operation + " with the target's end " + wrong,
                        () -> refusedRaw(sample.query("purpose", wrong), 400)));
              }
              tests.add(
                  dynamicTest(
                      operation + " with a path that is not UTF-8",
                      () -> refusedRaw(sample.path(sample.path() + "%ff"), 400)));
              tests.add(
                  dynamicTest(
                      operation + " with a target too long",
                      () -> refusedRaw(sample.query("a", "x".repeat(9_000)), 414)));
              tests.add(
                  dynamicTest(
                      operation + " with headers too large",
                      () -> refusedRaw(sample.header("X", "x".repeat(20_000)), 431)));
              tests.add(
                  dynamicTest(
                      operation + " with an expectation",
                      () -> refusedRaw(sample.header("Expect", "200-ok"), 417)));
              tests.add(
                  dynamicTest(
                      operation + " with a body too large",
                      () ->
                          refused(
                              operation,
                              RawHttp.send(
                                  vault.vault().port(),
                                  new String(sample.raw(), StandardCharsets.ISO_8859_1)
                                      .replaceFirst(
                                          "Content-Length: \\d+", "Content-Length: 8388609")
                                      .getBytes(StandardCharsets.ISO_8859_1)),
                              413)));
              return tests.stream();
            });
  }

  private void refusedRaw(Sample sample, int status) {
    SortedMap<String, String> before = state();
    refused(sample.operation(), RawHttp.send(vault.vault().port(), sample.raw()), status);
    assertThat(state()).isEqualTo(before);
  }

  private static void refused(Operation operation, RawHttp.Answered answer, int status) {
    assertThat(answer.status())
        .as(new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(status);
    assertThat(
            API.faults(
                operation,
                answer.status(),
                answer.headers().getOrDefault("content-type", ""),
                answer.body()))
        .isEmpty();
  }

  /**
   * Checks that the problem says what to change and shows nothing of the request, and that nothing
   * was written.
   */
  private HttpResponse<byte[]> refused(Sample sample, int... statuses) {
    SortedMap<String, String> before = state();
    HttpResponse<byte[]> answer = sent(sample);
    String body = new String(answer.body(), StandardCharsets.UTF_8);
    assertThat(statuses).as(body).contains(answer.statusCode());
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .isEqualTo("application/problem+json");
    JsonNode problem = TestVault.json(answer);
    assertThat(problem.path("status").intValue()).isEqualTo(answer.statusCode());
    assertThat(problem.path("detail").asText()).hasSizeGreaterThan(10);
    assertThat(body).doesNotContain(CANARY);
    assertThat(state()).isEqualTo(before);
    return answer;
  }

  private HttpResponse<byte[]> sent(Sample sample) {
    return vault.exchange(
        sample.operation().method(), sample.target(), sample.body(), sample.headers());
  }

  private SortedMap<String, String> state() {
    return fingerprint.now();
  }

  /** Checks that the comparison of all tables, which the refusals use, notices a change. */
  @Test
  void aChange_isNoticed() {
    SortedMap<String, String> before = state();
    vault.write("12347", "email", "\"" + CANARY + "@example.com\"");
    SortedMap<String, String> after = state();
    after.entrySet().removeAll(before.entrySet());
    assertThat(after.keySet()).contains("value", "batch", Fingerprint.ENTRIES);
  }
}
