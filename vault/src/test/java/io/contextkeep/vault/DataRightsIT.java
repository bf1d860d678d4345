package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.contextkeep.vault.TestVault.Answered;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vault and its agents, by the Data Rights Protocol; agents sign with the JDK's Ed25519. */
final class DataRightsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EMAIL = CANARY + "@example.com";

  private TestVault vault;
  private String operator;
  private KeyPair key;
  private String token;

  @BeforeEach
  void start(@TempDir Path dir) throws Exception {
    vault =
        TestVault.furnished(
            dir,
            Map.of(
                "CONTEXTKEEP_RIGHTS_BUSINESS", "SHOP",
                "CONTEXTKEEP_OUTGOING_INTERNAL_HOSTS", "127.0.0.1"));
    operator = vault.token(Role.OPERATOR, "olga");
    customer("17850", EMAIL);
    key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    register("SLIP", key);
    token = paired("SLIP", key);
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private void customer(String number, String email) {
    ok(
        vault.post(
            vault.token(Role.SOURCE, "crm"),
            "/v1/ingest",
            """
            {"customer": {"customer_number": "%s", "email": "%s"}, "attribute": "country", "observed": "%s", "value": "%sland"}\
            """
                .formatted(number, email, vault.observedNow(), CANARY),
            Map.of("Idempotency-Key", UUID.randomUUID().toString())));
  }

  private void register(String id, KeyPair pair) {
    byte[] encoded = pair.getPublic().getEncoded();
    String hex = HexFormat.of().formatHex(encoded, encoded.length - 32, encoded.length);
    vault.register(
        "/v1/rights-agents/" + id, "{\"name\": \"An agent\", \"verifyKey\": \"" + hex + "\"}");
  }

  private String paired(String id, KeyPair pair) {
    HttpResponse<byte[]> answer =
        send("POST", "/v1/agent/" + id, "", signed(message(id), pair.getPrivate()));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(TestVault.json(answer).path("agent-id").asText()).isEqualTo(id);
    return TestVault.json(answer).path("token").asText();
  }

  private ObjectNode message(String agent) {
    return JSON.createObjectNode()
        .put("agent-id", agent)
        .put("business-id", "SHOP")
        .put("issued-at", vault.observedNow())
        .put("expires-at", vault.clock().instant().plusSeconds(600).toString())
        .put("agent-request-id", UUID.randomUUID().toString());
  }

  private ObjectNode exercise(String right) {
    return message("SLIP")
        .put("drp.version", "1.0")
        .put("exercise", right)
        .put("regime", "ccpa")
        .put("name", "Ann " + CANARY)
        .put("email", EMAIL)
        .put("email_verified", true);
  }

  /** Returns the output of PyNaCl's SigningKey.sign. */
  private static String signed(JsonNode message, PrivateKey with) {
    try {
      byte[] bytes = message.toString().getBytes(StandardCharsets.UTF_8);
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(with);
      signer.update(bytes);
      byte[] signature = signer.sign();
      byte[] all = Arrays.copyOf(signature, signature.length + bytes.length);
      System.arraycopy(bytes, 0, all, signature.length, bytes.length);
      return Base64.getEncoder().encodeToString(all);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private HttpResponse<byte[]> send(String method, String path, String bearer, String body) {
    Map<String, String> headers = new HashMap<>();
    if (!bearer.isEmpty()) {
      headers.put("Authorization", "Bearer " + bearer);
    }
    if (!body.isEmpty()) {
      headers.put("Content-Type", "text/plain");
    }
    return vault.exchange(method, path, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  private Answered asked(JsonNode message) {
    HttpResponse<byte[]> answer =
        send("POST", "/v1/data-rights-request", token, signed(message, key.getPrivate()));
    return new Answered(answer.statusCode(), TestVault.json(answer));
  }

  private Answered status(JsonNode made) {
    HttpResponse<byte[]> answer =
        send("GET", "/v1/data-rights-request/" + made.path("request_id").asText(), token, "");
    return new Answered(answer.statusCode(), TestVault.json(answer));
  }

  private Answered revoked(JsonNode made) {
    return revoked(made, revocation(made));
  }

  private ObjectNode revocation(JsonNode made) {
    return message("SLIP")
        .put("request-id", made.path("request_id").asText())
        .put("reason", "I, " + CANARY + ", want it back");
  }

  private Answered revoked(JsonNode made, JsonNode message) {
    HttpResponse<byte[]> answer =
        send(
            "DELETE",
            "/v1/data-rights-request/" + made.path("request_id").asText(),
            token,
            signed(message, key.getPrivate()));
    return new Answered(answer.statusCode(), TestVault.json(answer));
  }

  /** Checks that a message is accepted once and stays expired, under any steps of the clock. */
  @Test
  void aSignedMessage_isAcceptedOnce_evenIfTheClockStepsBack() {
    ObjectNode request = exercise("access");
    ok(asked(request));
    vault.advance(Duration.ofHours(-1));
    assertThat(asked(request).status()).isEqualTo(403);
    vault.advance(Duration.ofHours(1));
    vault.advance(Duration.ofDays(400));
    assertThat(asked(request).status()).isEqualTo(403);
    ok(asked(exercise("access")));
    vault.advance(Duration.ofDays(-400));
    Answered again = asked(request);
    assertThat(again.status()).isEqualTo(403);
    assertThat(again.body().toString()).contains("sent before");
  }

  /**
   * Checks the signature of a revocation; otherwise a holder of the token could use any message of
   * the agent.
   */
  @Test
  void aRevocation_mustBeSignedForItsRequest_andIsAcceptedOnce() {
    JsonNode made = ok(asked(exercise("access"))).body();
    JsonNode other = ok(asked(exercise("access"))).body();
    Map<JsonNode, String> refused = new HashMap<>();
    refused.put(JSON.createObjectNode().put("reason", "no claims"), "missing_field");
    refused.put(message("SLIP"), "wrong_act");
    refused.put(exercise("access").put("request-id", id(made)), "wrong_act");
    refused.put(revocation(other), "wrong_request");
    refused.put(revocation(made).put("agent-id", "OTHER"), "wrong_agent");
    refused.put(revocation(made).put("business-id", "BANK"), "wrong_business");
    refused.put(revocation(made).put("expires-at", vault.observedNow()), "expired");
    refused.forEach(
        (message, reason) ->
            assertThat(revoked(made, message).body().path("reason").asText()).isEqualTo(reason));
    assertThat(ok(status(made)).body().path("status").asText()).isEqualTo("in_progress");
    JsonNode once = revocation(made);
    assertThat(asked(once).body().path("reason").asText()).isEqualTo("wrong_act");
    assertThat(ok(revoked(made, once)).body().path("status").asText()).isEqualTo("revoked");
    assertThat(revoked(made, once).body().path("reason").asText()).isEqualTo("replayed");
    assertThat(ok(status(other)).body().path("status").asText()).isEqualTo("in_progress");
  }

  private static String id(JsonNode made) {
    return made.path("request_id").asText();
  }

  @Test
  void theAgentsNameForARequest_isInItsStatus() {
    JsonNode message = exercise("access").put("agent-request-id", "mine-1");
    JsonNode made = ok(asked(message)).body();
    assertThat(made.path("agent_request_id").asText()).isEqualTo("mine-1");
    assertThat(ok(status(made)).body()).isEqualTo(made);
    assertThat(ok(revoked(made)).body().path("agent_request_id").asText()).isEqualTo("mine-1");
    JsonNode free = exercise("access").put("agent-request-id", "Ann's request");
    assertThat(asked(free).body().path("reason").asText()).isEqualTo("invalid_agent_request_id");
  }

  @Test
  void aKeyInBase64_isTheSameKey() {
    byte[] encoded = key.getPublic().getEncoded();
    byte[] raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    vault.register(
        "/v1/rights-agents/SLIP",
        "{\"name\": \"An agent\", \"verifyKey\": \""
            + Base64.getEncoder().encodeToString(raw)
            + "\"}");
    ok(asked(exercise("access")));
  }

  @Test
  void anOptOut_isExecuted_andRecordedAsACase_underCaliforniasRules() {
    JsonNode made = ok(asked(exercise("sale:opt-out"))).body();
    assertThat(made.path("status").asText()).isEqualTo("fulfilled");
    assertThat(ok(status(made)).body()).isEqualTo(made);
    String ann = vault.customer("customer_number:17850");
    JsonNode hers = ok(vault.get(ann, "/v1/me/requests")).body().path("requests");
    assertThat(hers).hasSize(1);
    assertThat(hers.path(0).path("rules").asText()).isEqualTo("us-ca.2");
    assertThat(hers.path(0).path("id").asText())
        .isEqualTo(made.path("request_id").asText().replace("-", ""));
    assertThat(Instant.parse(hers.path(0).path("due").asText()))
        .isEqualTo(Instant.parse(made.path("expected_by").asText()));
    assertThat(ok(vault.get(ann, "/v1/me/consents")).body().toString())
        .contains("dpv:SellDataToThirdParties");
    // The customer sees which agent it was.
    assertThat(
            ok(vault.get(ann, "/v1/me/accesses")).body().path("accesses").findValuesAsText("actor"))
        .contains("SLIP");
  }

  @Test
  void requestedData_neverGoesToTheAgent() {
    JsonNode made = ok(asked(exercise("access"))).body();
    assertThat(made.path("status").asText()).isEqualTo("in_progress");
    assertThat(made.path("processing_details").asText()).contains("/v1/me/export");
    assertThat(made.toString()).doesNotContain(CANARY);
    ok(vault.get(vault.customer("customer_number:17850"), "/v1/me/export"));
    assertThat(ok(status(made)).body().path("status").asText()).isEqualTo("fulfilled");
  }

  @Test
  void aDeletion_erases_andTheAgentStillSeesItsStatus() {
    JsonNode made = ok(asked(exercise("deletion"))).body();
    assertThat(made.path("status").asText()).isEqualTo("fulfilled");
    assertThat(vault.get(vault.customer("customer_number:17850"), "/v1/me").status())
        .isEqualTo(404);
    assertThat(ok(status(made)).body().path("status").asText()).isEqualTo("fulfilled");
  }

  @Test
  void unknownAndUnverifiedCustomers_areDenied_withoutFurtherDetails() {
    JsonNode stranger =
        ok(asked(exercise("deletion").put("email", CANARY + "2@example.com"))).body();
    assertThat(stranger.path("reason").asText()).isEqualTo("no_match");
    for (ObjectNode unverified :
        List.of(
            exercise("deletion").put("email_verified", false),
            exercise("deletion").put("email_verified", "true"),
            (ObjectNode) exercise("deletion").without("email_verified"))) {
      JsonNode denied = ok(asked(unverified)).body();
      assertThat(denied.path("status").asText()).isEqualTo("denied");
      assertThat(denied.path("reason").asText()).isEqualTo("insuf_verification");
    }
    // An erased customer looks like an unknown one.
    ok(vault.delete(vault.customer("customer_number:17850"), "/v1/me"));
    JsonNode erased = ok(asked(exercise("deletion"))).body();
    assertThat(erased.path("reason").asText()).isEqualTo("no_match");
    assertThat(names(erased)).isEqualTo(names(stranger));
  }

  private static List<String> names(JsonNode json) {
    return json.properties().stream().map(Map.Entry::getKey).toList();
  }

  @Test
  void claimsThatNameTwoCustomers_areDenied() {
    customer("2", CANARY + "b@example.com");
    ok(
        vault.post(
            vault.token(Role.SOURCE, "crm"),
            "/v1/ingest",
            """
            {"customer": {"customer_number": "2", "phone": "+1555%s"}, "attribute": "country", "observed": "%s", "value": "x"}\
            """
                .formatted(CANARY, vault.observedNow()),
            Map.of("Idempotency-Key", UUID.randomUUID().toString())));
    JsonNode both =
        exercise("deletion")
            .put("phone_number", "+1555" + CANARY)
            .put("phone_number_verified", true);
    assertThat(ok(asked(both)).body().path("reason").asText()).isEqualTo("no_match");
    JsonNode one =
        ((ObjectNode) both.deepCopy()).put("email_verified", false).put("agent-request-id", "2");
    assertThat(ok(asked(one)).body().path("status").asText()).isEqualTo("fulfilled");
  }

  @Test
  void anInvalidMessage_isRefusedWithACodedReason_andChangesNothing() throws Exception {
    KeyPair stranger = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    String path = "/v1/data-rights-request";
    Map<String, String> refused = new HashMap<>();
    String good = signed(exercise("deletion"), key.getPrivate());
    byte[] bent = Base64.getDecoder().decode(good);
    bent[100] ^= 1;
    refused.put(Base64.getEncoder().encodeToString(bent), "not_signed");
    refused.put(signed(exercise("deletion"), stranger.getPrivate()), "not_signed");
    refused.put("!" + good, "not_signed");
    refused.put("AAAA", "not_signed");
    refused.put(signature(exercise("deletion").put("agent-id", "OTHER")), "wrong_agent");
    refused.put(signature(exercise("deletion").put("business-id", "BANK")), "wrong_business");
    refused.put(
        signature(
            exercise("deletion")
                .put("issued-at", vault.clock().instant().plusSeconds(1).toString())),
        "not_yet_valid");
    refused.put(signature(exercise("deletion").put("expires-at", vault.observedNow())), "expired");
    refused.put(
        signature(
            exercise("deletion")
                .put("expires-at", vault.clock().instant().plusSeconds(90_000).toString())),
        "valid_too_long");
    refused.put(signature(exercise("deletion").put("expires-at", "tomorrow")), "invalid_time");
    refused.put(signature(exercise("sale:opt-in")), "unsupported_exercise");
    refused.put(signature(exercise("deletion").put("regime", "gdpr")), "unsupported_regime");
    refused.put(signature(exercise("deletion").without("exercise")), "missing_field");
    for (String address :
        List.of(
            "http://agent.example/x",
            "ftp://agent.example",
            "https://u:p@agent.example/",
            "https://localhost/",
            "https://169.254.169.254/",
            "https://[::ffff:10.0.0.1]/",
            "x")) {
      refused.put(
          signature(exercise("deletion").put("status_callback", address)), "invalid_callback");
    }
    refused.forEach(
        (body, reason) -> {
          HttpResponse<byte[]> answer = send("POST", path, token, body);
          JsonNode error = TestVault.json(answer);
          assertThat(error.path("reason").asText()).isEqualTo(reason);
          assertThat(error.path("code").asText()).isEqualTo(String.valueOf(answer.statusCode()));
          assertThat(error.toString()).doesNotContain(CANARY);
        });
    for (String wrong : List.of("", "nonsense", operator)) {
      assertThat(send("POST", path, wrong, good).statusCode()).isEqualTo(401);
    }
    assertThat(rows("SELECT count(*) FROM rights_request")).isZero();
    assertThat(send("POST", path, token, good).statusCode()).isEqualTo(200);
    JsonNode again = TestVault.json(send("POST", path, token, good));
    assertThat(again.path("reason").asText()).isEqualTo("replayed");
    assertThat(rows("SELECT count(*) FROM rights_request")).isEqualTo(1);
  }

  private String signature(JsonNode message) {
    return signed(message, key.getPrivate());
  }

  private long rows(String sql) {
    return vault.vault().db().inRead(c -> Sql.one(c, sql, row -> row.getLong(1))).orElseThrow();
  }

  @Test
  void aToken_isValidForOneAgent_untilItsKeyChanges() throws Exception {
    KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    register("OTHER", other);
    String others = paired("OTHER", other);
    assertThat(send("GET", "/v1/agent/SLIP", token, "").statusCode()).isEqualTo(200);
    assertThat(send("GET", "/v1/agent/SLIP", others, "").statusCode()).isEqualTo(403);
    assertThat(send("GET", "/v1/agent/SLIP", "", "").statusCode()).isEqualTo(401);
    JsonNode made = ok(asked(exercise("access"))).body();
    HttpResponse<byte[]> prying =
        send("GET", "/v1/data-rights-request/" + made.path("request_id").asText(), others, "");
    assertThat(prying.statusCode()).isEqualTo(403);
    // A pairing is accepted once, from its own agent, and a refusal has no body.
    String pairing = signed(message("OTHER"), other.getPrivate());
    assertThat(send("POST", "/v1/agent/OTHER", "", pairing).statusCode()).isEqualTo(200);
    for (String agent : List.of("OTHER", "SLIP", "NOBODY", "x y")) {
      HttpResponse<byte[]> answer =
          send("POST", "/v1/agent/" + agent.replace(" ", "%20"), "", pairing);
      assertThat(answer.statusCode()).as(agent).isEqualTo(403);
      assertThat(answer.body()).isEmpty();
    }
    // A new token takes the place of the old one; a new key ends it.
    assertThat(send("GET", "/v1/agent/OTHER", others, "").statusCode()).isEqualTo(401);
    register("SLIP", other);
    assertThat(send("GET", "/v1/agent/SLIP", token, "").statusCode()).isEqualTo(401);
    ok(vault.delete(operator, "/v1/rights-agents/SLIP"));
    assertThat(vault.delete(operator, "/v1/rights-agents/SLIP").status()).isEqualTo(404);
  }

  @Test
  void aKeyOfSmallOrder_isNotRegistered() {
    for (String wrong : List.of("00".repeat(32), "01" + "00".repeat(31), "ff".repeat(32))) {
      Answered answered =
          vault.put(
              operator,
              "/v1/rights-agents/WEAK",
              "{\"name\": \"x\", \"verifyKey\": \"" + wrong + "\"}");
      assertThat(answered.status()).as(wrong).isEqualTo(400);
    }
  }

  @Test
  void aRevokedRequest_isRevoked_butCompletedActionsStay() {
    JsonNode access = ok(asked(exercise("access"))).body();
    assertThat(ok(revoked(access)).body().path("status").asText()).isEqualTo("revoked");
    assertThat(revoked(access).status()).isEqualTo(409);
    JsonNode optOut = ok(asked(exercise("sale:opt-out"))).body();
    assertThat(revoked(optOut).status()).isEqualTo(409);
  }

  @Test
  void anAgentWithACallback_isNotifiedOnceOfEachChange_withRetries() throws Exception {
    Queue<String> heard = new ConcurrentLinkedQueue<>();
    int[] answer = {500};
    HttpServer agent =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    agent.createContext(
        "/",
        exchange -> {
          heard.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(answer[0], -1);
          exchange.close();
        });
    agent.start();
    try {
      String address = "http://127.0.0.1:" + agent.getAddress().getPort() + "/told";
      ok(asked(exercise("access").put("status_callback", address)));
      // The answer to the request itself has the status.
      assertThat(vault.vault().outbox().deliver()).isZero();
      ok(vault.get(vault.customer("customer_number:17850"), "/v1/me/export"));
      assertThat(vault.vault().outbox().deliver()).isZero();
      assertThat(heard.poll()).contains("\"status\":\"fulfilled\"").doesNotContain(CANARY);
      // It is not retried at once, but a minute later, and then no more.
      vault.vault().outbox().deliver();
      assertThat(heard).isEmpty();
      answer[0] = 200;
      vault.advance(Duration.ofMinutes(2));
      vault.vault().outbox().deliver();
      assertThat(heard).hasSize(1);
      vault.advance(Duration.ofDays(1));
      assertThat(vault.vault().outbox().deliver()).isZero();
      assertThat(rows("SELECT count(*) FROM rights_agent_request WHERE callback IS NOT NULL"))
          .isZero();
    } finally {
      agent.stop(0);
    }
  }
}
