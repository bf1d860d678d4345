package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.contextkeep.vault.identity.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The events for a collector of OPA's decision logs: each decision, without customers' data. */
@Timeout(180)
final class DecisionLogIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The members that an event may have, at any depth: OPA's own and the vault's. */
  private static final Set<String> MEMBERS =
      Set.of(
          "/labels",
          "/labels/app",
          "/labels/id",
          "/decision_id",
          "/bundles",
          "/bundles/contextkeep",
          "/bundles/contextkeep/revision",
          "/path",
          "/input",
          "/input/purpose",
          "/input/caller",
          "/input/caller/id",
          "/input/caller/role",
          "/input/population",
          "/input/population/id",
          "/input/aggregate",
          "/input/aggregate/measure",
          "/input/aggregate/rho",
          "/input/aggregate/delta",
          "/result",
          "/result/allow",
          "/result/reasons",
          "/result/basis",
          "/erased",
          "/requested_by",
          "/timestamp",
          "/req_id",
          "/custom",
          "/custom/entry_type",
          "/custom/request",
          "/custom/leaf_hash",
          "/custom/decision_digest",
          "/custom/categories",
          "/custom/fields");

  @TempDir Path dir;
  private final List<JsonNode> events = new CopyOnWriteArrayList<>();
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final AtomicInteger refusing = new AtomicInteger();
  private HttpServer collector;
  private TestVault vault;

  @BeforeEach
  void start() throws Exception {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext("/opa/logs", this::take);
    collector.start();
    vault =
        TestVault.furnished(
            dir,
            Map.of(
                "CONTEXTKEEP_SIEM_DECISIONS_URL",
                "http://127.0.0.1:" + collector.getAddress().getPort() + "/opa/",
                "CONTEXTKEEP_SIEM_DECISIONS_TOKEN",
                "a-secret-of-length"));
    vault.write("17850", "country", "\"" + CANARY + "land\"");
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
    collector.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = new GZIPInputStream(exchange.getRequestBody()).readAllBytes();
      boolean asOpaSendsIt =
          exchange.getRequestMethod().equals("POST")
              && "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))
              && "application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type"))
              && "Bearer a-secret-of-length"
                  .equals(exchange.getRequestHeaders().getFirst("Authorization"));
      bodies.add(new String(body, StandardCharsets.UTF_8));
      if (!asOpaSendsIt || refusing.getAndDecrement() > 0) {
        exchange.sendResponseHeaders(503, -1);
        return;
      }
      JSON.readTree(body).forEach(events::add);
      exchange.sendResponseHeaders(204, -1);
    }
  }

  @Test
  void everyDecision_isSentOnce_inOpasFormat_withoutPersonalData() throws Exception {
    everyKindOfDecision();
    Map<String, JsonNode> sent = awaitAll();
    for (JsonNode event : sent.values()) {
      assertThat(MEMBERS).containsAll(members(event, ""));
      assertThat(event.path("decision_id").asText())
          .matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
      assertThat(event.at("/bundles/contextkeep/revision").asText()).isNotEmpty();
      assertThat(event.path("path").asText()).isEqualTo("contextkeep/gate/decision");
      assertThat(event.path("erased")).isNotEmpty();
      Instant.parse(event.path("timestamp").asText());
    }
    assertThat(sent.values())
        .extracting(event -> event.at("/input/caller/role").asText())
        .contains("app", "customer", "analyst");
    JsonNode refused = first(sent, "refuse", "app");
    assertThat(refused.at("/result/allow").booleanValue()).isFalse();
    assertThat(refused.at("/result/reasons").get(0).asText()).isEqualTo("NO_CONSENT");
    JsonNode permitted = first(sent, "read", "app");
    assertThat(permitted.at("/result/allow").booleanValue()).isTrue();
    assertThat(permitted.path("requested_by").asText()).isEqualTo("shop");
    for (String body : bodies) {
      assertThat(body).doesNotContain(CANARY, "17850", "customer_number", "country");
    }
  }

  @Test
  void aCollectorThatWasDown_getsTheEventsLater_andNoReadWaits() throws Exception {
    refusing.set(Integer.MAX_VALUE);
    everyKindOfDecision();
    while (bodies.isEmpty()) {
      Thread.sleep(10);
    }
    assertThat(events).isEmpty();
    refusing.set(0);
    awaitAll();
    awaitNoLag();
    int sent = bodies.size();
    vault.restart();
    ok(vault.ask("17850", "country"));
    awaitAll();
    assertThat(bodies).hasSize(sent + 1);
  }

  /** Waits until the vault knows that they were received. */
  private void awaitNoLag() throws InterruptedException {
    String none = "contextkeep_audit_lag{what=\"decisions\"} 0";
    while (!vault.watched("/metrics").contains(none)) {
      Thread.sleep(10);
    }
  }

  private void everyKindOfDecision() {
    String ann = vault.customer("customer_number:17850");
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
    assertThat(vault.ask("absent", "country").status()).isEqualTo(403);
    ok(vault.put(ann, "/v1/me/consents/dpv:ServicePersonalisation/shop", ""));
    ok(vault.ask("17850", "country"));
    ok(vault.get(ann, "/v1/me"));
    vault.post(
        vault.token(Role.ANALYST, "ana"),
        "/v1/analytics/queries",
        """
        {"purpose": "dpv:ServicePersonalisation", "population": "shop", "measure": "count",
         "budget": {"rho": 0.1}}\
        """,
        Map.of());
  }

  /** Returns the events by their ids, once there are as many as in the log; each was sent once. */
  private Map<String, JsonNode> awaitAll() throws InterruptedException {
    long all =
        vault
            .vault()
            .db()
            .<Long>inRead(
                c -> LoggedEntries.count(c, entry -> entry.json().contains("decisionId")));
    while (events.size() < all) {
      Thread.sleep(10);
    }
    Map<String, JsonNode> byId = new TreeMap<>();
    events.forEach(event -> byId.put(event.path("decision_id").asText(), event));
    assertThat(byId).hasSize((int) all);
    assertThat(events).hasSize((int) all);
    return byId;
  }

  private static JsonNode first(Map<String, JsonNode> events, String type, String role) {
    return events.values().stream()
        .filter(event -> event.at("/custom/entry_type").asText().equals(type))
        .filter(event -> event.at("/input/caller/role").asText().equals(role))
        .min((a, b) -> Long.compare(a.path("req_id").asLong(), b.path("req_id").asLong()))
        .orElseThrow();
  }

  private static Set<String> members(JsonNode node, String at) {
    Set<String> members = new TreeSet<>();
    for (Map.Entry<String, JsonNode> member : new ArrayList<>(node.properties())) {
      members.add(at + "/" + member.getKey());
      members.addAll(members(member.getValue(), at + "/" + member.getKey()));
    }
    return members;
  }
}
