package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.contextkeep.vault.TestVault.Answered;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Notices of an app's registration changes to its contact. */
@Timeout(120)
final class RegistrationNewsIT {
  private static final String SHOP = "/v1/apps/shop";
  private static final String MARKETING =
      "{\"purposes\": [\"dpv:ServicePersonalisation\", \"dpv:CustomerCare\", \"dpv:Marketing\"]}";
  private static final String EVENT = "urn:contextkeep:event:registration-change";

  private TestVault vault;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault =
        TestVault.furnished(
            dir.resolve("vault"), Map.of("CONTEXTKEEP_OUTGOING_INTERNAL_HOSTS", "127.0.0.1"));
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private Answered patch(String json) {
    return vault.send(vault.token(Role.OPERATOR, "olga"), "PATCH", SHOP, json, Map.of());
  }

  private static String contact(String contact) {
    return "{\"contact\": \"" + contact + "\"}";
  }

  private String change(Answered proposed) {
    return "/v1/changes/" + proposed.body().path("id").asLong();
  }

  private long waiting() {
    return vault
        .vault()
        .db()
        .<Long>inRead(
            c -> Sql.one(c, "SELECT count(*) FROM outbox", row -> row.getLong(1)).orElseThrow());
  }

  @Test
  void contactUrl_getsASignedNoticeOfEachStep_withoutOperatorsOrValues() throws Exception {
    try (Receiver receiver = new Receiver(0)) {
      ok(vault.approve("otto", patch(contact(receiver.url()))));
      JsonNode first = verified(receiver);
      assertThat(first.path("aud").asText()).isEqualTo("shop");
      assertThat(first.path("iss").asText()).isEqualTo("urn:contextkeep:vault");
      assertThat(event(first).path("app").asText()).isEqualTo("shop");
      assertThat(event(first).path("state").asText()).isEqualTo("applied");
      assertThat(event(first).path("fields"))
          .extracting(JsonNode::asText)
          .containsExactly("contact");

      Answered proposed = patch(MARKETING);
      assertThat(proposed.body().path("contact").asText()).isEqualTo(receiver.url());
      assertThat(proposed.body().path("contactIsTold").asBoolean()).isTrue();
      JsonNode told = verified(receiver);
      assertThat(event(told).path("state").asText()).isEqualTo("proposed");
      assertThat(event(told).path("change").asLong())
          .isEqualTo(proposed.body().path("id").asLong());
      assertThat(event(told).path("fields"))
          .extracting(JsonNode::asText)
          .containsExactly("purposes");
      assertThat(told.toString()).doesNotContain("olga", "Marketing");
      assertThat(told.toString()).doesNotContain(proposed.body().path("proposedBy").asText());

      ok(vault.delete(vault.token(Role.OPERATOR, "otto"), change(proposed)));
      assertThat(event(verified(receiver)).path("state").asText()).isEqualTo("rejected");
    }
  }

  @Test
  void expiredProposal_isNotifiedOnce() throws Exception {
    try (Receiver receiver = new Receiver(0)) {
      ok(vault.approve("otto", patch(contact(receiver.url()))));
      verified(receiver);
      patch(MARKETING);
      assertThat(event(verified(receiver)).path("state").asText()).isEqualTo("proposed");
      vault.letPass(Duration.ofDays(33));
      assertThat(event(verified(receiver)).path("state").asText()).isEqualTo("expired");
      vault.restart();
      patch(MARKETING);
      assertThat(event(verified(receiver)).path("state").asText()).isEqualTo("proposed");
    }
  }

  @Test
  void receiverThatWasDown_getsNoticesInOrder_evenAfterARestartOfTheVault() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    ok(vault.approve("otto", patch(contact("http://127.0.0.1:" + port + "/news"))));
    ok(vault.approve("otto", patch(MARKETING)));
    vault.stop();
    vault.advance(Duration.ofHours(7));
    try (Receiver receiver = new Receiver(port)) {
      vault.startAgain();
      List<String> states = List.of(state(receiver), state(receiver), state(receiver));
      assertThat(states).containsExactly("applied", "proposed", "applied");
    }
  }

  @Test
  void refusedNotice_isSentAgainUnderTheSameId() throws Exception {
    try (Receiver receiver = new Receiver(0)) {
      receiver.status = 500;
      ok(vault.approve("otto", patch(contact(receiver.url()))));
      String first = verified(receiver).path("jti").asText();
      await(() -> attempts() == 1);
      receiver.status = 204;
      vault.advance(Duration.ofSeconds(11));
      assertThat(verified(receiver).path("jti").asText()).isEqualTo(first);
      await(() -> waiting() == 0);
      assertThat(vault.watched("/metrics"))
          .contains(
              "contextkeep_outbox_deliveries_total{kind=\"registration-news\",outcome=\"delivered\"}"
                  + " 1.0")
          .contains(
              "contextkeep_outbox_deliveries_total{kind=\"registration-news\",outcome=\"failed\"}"
                  + " 1.0")
          .contains("contextkeep_outbox_waiting{kind=\"registration-news\"} 0.0");
    }
  }

  private int attempts() {
    return vault
        .vault()
        .db()
        .<Integer>inRead(
            c -> Sql.one(c, "SELECT attempts FROM outbox", row -> row.getInt(1)).orElseThrow());
  }

  private static void await(java.util.function.BooleanSupplier condition)
      throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(20);
    }
  }

  @Test
  void oldAndNewContact_areBothNotifiedOfTheirChange() throws Exception {
    try (Receiver old = new Receiver(0);
        Receiver fresh = new Receiver(0)) {
      ok(vault.approve("otto", patch(contact(old.url()))));
      assertThat(state(old)).isEqualTo("applied");
      Answered proposed = patch(contact(fresh.url()));
      assertThat(state(old)).isEqualTo("proposed");
      assertThat(fresh.got).as("nothing goes to an address that is only proposed").isEmpty();
      ok(vault.approve("otto", proposed));
      assertThat(state(old)).isEqualTo("applied");
      assertThat(state(fresh)).isEqualTo("applied");
    }
  }

  @Test
  void mailboxOrText_isNotNotified_andTheAnswerSaysSo() {
    for (String people : List.of("shop-team@example.org", "call 555 0100", "http://wiki/shop")) {
      ok(vault.approve("otto", patch(contact(people))));
      Answered proposed = patch(MARKETING);
      assertThat(proposed.status()).isEqualTo(202);
      assertThat(proposed.body().path("contact").asText()).isEqualTo(people);
      assertThat(proposed.body().path("contactIsTold").asBoolean(true)).isFalse();
      Answered one = ok(vault.get(vault.token(Role.OPERATOR, "otto"), change(proposed)));
      assertThat(one.body().path("contactIsTold").asBoolean(true)).isFalse();
      ok(vault.delete(vault.token(Role.OPERATOR, "olga"), change(proposed)));
    }
    assertThat(waiting()).isZero();
  }

  @Test
  void urlThatTheVaultMayNotReach_isRefusedAsContact() {
    for (String url :
        List.of("https://10.0.0.1/", "https://u:p@shop.example/", "HTTPS://localhost/news")) {
      Answered refused = patch(contact(url));
      assertThat(refused.status()).as(url).isEqualTo(400);
      assertThat(refused.body().path("code").asText()).isEqualTo("invalid_field");
      assertThat(refused.body().path("detail").asText()).contains("'contact'", "mailbox");
    }
  }

  private String state(Receiver receiver) throws Exception {
    return event(verified(receiver)).path("state").asText();
  }

  private JsonNode verified(Receiver receiver) throws Exception {
    String body = receiver.got.poll(60, TimeUnit.SECONDS);
    assertThat(body).as("news").isNotNull();
    return Signed.verified(vault, body, "secevent+jwt");
  }

  private static JsonNode event(JsonNode token) {
    return token.path("events").path(EVENT);
  }

  /** A contact's endpoint. */
  private static final class Receiver implements AutoCloseable {
    final BlockingQueue<String> got = new LinkedBlockingQueue<>();
    volatile int status = 202;
    private final HttpServer server;

    Receiver(int port) throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      server.createContext(
          "/",
          exchange -> {
            got.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
          });
      server.start();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/news";
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
