package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.contextkeep.client.Acknowledged;
import io.contextkeep.client.CustomerId;
import io.contextkeep.client.ErasureNotice;
import io.contextkeep.client.ErasureNotices;
import io.contextkeep.client.NoticeTrust;
import io.contextkeep.client.VaultClient;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.ops.Backup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The notices to recipients of an erased customer's data, and the deletion of the customer's name
 * afterwards.
 */
@Timeout(120)
final class ErasureNoticesIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/";
  private static final String ADDRESS = CANARY.toLowerCase(Locale.ROOT) + "@example.com";
  private static final String TYPE = "secevent+jwt";

  private TestVault vault;
  private String shop;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault =
        TestVault.furnished(
            dir.resolve("vault"), Map.of("CONTEXTKEEP_OUTGOING_INTERNAL_HOSTS", "127.0.0.1"));
    shop = vault.token(Role.APP, "shop");
    app("other", "");
    write();
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private void app(String name, String noticeUrl) {
    String url = noticeUrl.isEmpty() ? "" : ", \"noticeUrl\": \"" + noticeUrl + "\"";
    vault.register(
        "/v1/apps/" + name,
        """
        {"name": "%1$s", "facets": [], "purposes": ["dpv:ServicePersonalisation"]%2$s}\
        """
            .formatted(name, url));
  }

  /** Writes a customer with a number and an address that is a canary. */
  private void write() {
    String line =
        """
        {"customer": {"customer_number": "17850", "email": "%s"}, "attribute": "country",
         "observed": "%s", "value": "France"}\
        """
            .formatted(ADDRESS, vault.observedNow())
            .replace("\n", "");
    ok(
        vault.post(
            vault.token(Role.SOURCE, "crm"), "/v1/ingest", line, Map.of("Idempotency-Key", "k1")));
  }

  private void reads(String app, String name) {
    ok(vault.put(ann(), CONSENT + app, ""));
    ok(
        vault.get(
            vault.token(Role.APP, app),
            "/v1/customers/"
                + name
                + "/context?purpose=dpv:ServicePersonalisation&attributes=country"));
  }

  private String ann() {
    return vault.customer("customer_number:17850");
  }

  private String erase() {
    return ok(vault.delete(ann(), "/v1/me")).body().at("/certificate/number").asText();
  }

  @Test
  void aRecipient_isNotifiedByTheNameThatItUsed_andNoOther() throws Exception {
    reads("shop", "customer_number:17850");
    reads("other", "email:" + ADDRESS);
    String certificate = erase();

    JsonNode told = polled(shop);
    assertThat(told.path("aud").asText()).isEqualTo("shop");
    assertThat(told.path("iss").asText()).isEqualTo("urn:contextkeep:vault");
    assertThat(told.path("events").fieldNames())
        .toIterable()
        .containsExactly("urn:contextkeep:event:erasure");
    assertThat(told.at("/sub_id/format").asText()).isEqualTo("opaque");
    assertThat(told.at("/sub_id/id").asText()).isEqualTo("customer_number:17850");
    assertThat(told.toString()).doesNotContain(ADDRESS, certificate);

    JsonNode other = polled(vault.token(Role.APP, "other"));
    assertThat(other.at("/sub_id/format").asText()).isEqualTo("email");
    assertThat(other.at("/sub_id/email").asText()).isEqualTo(ADDRESS);
    assertThat(other.toString()).doesNotContain("17850");
    assertThat(states(certificate)).containsExactly("ck:Told", "ck:Told");
  }

  @Test
  void anAppWithoutData_isNotARecipient() throws Exception {
    ok(vault.put(ann(), CONSENT + "shop", ""));
    ok(vault.get(ann(), "/v1/me"));
    assertThat(vault.ask("17850", "no_such_thing").status()).isEqualTo(400);
    ok(vault.delete(ann(), CONSENT + "shop"));
    assertThat(vault.ask("17850", "country").status()).isEqualTo(403);
    String certificate = erase();
    assertThat(open(shop)).isEmpty();
    assertThat(states(certificate)).isEmpty();
  }

  @Test
  void anAppThatUsedTwoNames_isNotifiedOfBoth() throws Exception {
    reads("shop", "customer_number:17850");
    reads("shop", "email:" + ADDRESS);
    erase();
    JsonNode subject = polled(shop).path("sub_id");
    assertThat(subject.path("format").asText()).isEqualTo("aliases");
    assertThat(subject.path("identifiers")).hasSize(2);
  }

  /**
   * Checks that a name is deliverable after a restart, never in clear on disk, and deleted
   * afterwards.
   */
  @Test
  void theSealedName_survivesARestart_andIsDeletedOnAcknowledgement() throws Exception {
    reads("shop", "email:" + ADDRESS);
    String certificate = erase();
    vault.catchUp();
    vault.assertNoCanaryOnDisk();
    byte[] wrapped = keys().getFirst();
    byte[] sealed = sealed();
    vault.restart();
    Disk.holdsNone(vault.dir(), List.of(ADDRESS.getBytes(StandardCharsets.UTF_8)));
    assertThat(Disk.holds(vault.dir().resolve("keys"), wrapped)).isTrue();

    JsonNode told = polled(shop);
    assertThat(told.at("/sub_id/email").asText()).isEqualTo(ADDRESS);
    JsonNode taken = ok(acknowledge(shop, told.path("jti").asText(), "erased")).body();
    assertThat(taken.path("outcome").asText()).isEqualTo("erased");

    assertThat(open(shop)).isEmpty();
    assertThat(keys()).isEmpty();
    assertThat(states(certificate)).containsExactly("ck:Acknowledged");
    vault.stop();
    Disk.holdsNone(vault.dir().resolve("keys"), List.of(wrapped));
    Disk.holdsNone(vault.dir().resolve("data"), List.of(sealed));
    vault.startAgain();
  }

  @Test
  void anAcknowledgement_countsOnce_fromItsAppOnly_andIsLogged() throws Exception {
    reads("shop", "customer_number:17850");
    erase();
    String jti = polled(shop).path("jti").asText();
    assertThat(acknowledge(vault.token(Role.APP, "other"), jti, "erased").status()).isEqualTo(404);
    ok(acknowledge(shop, jti, "kept-by-law"));
    ok(acknowledge(shop, jti, "kept-by-law"));
    assertThat(acknowledge(shop, jti, "erased").body().path("code").asText())
        .isEqualTo("already_acknowledged");
    assertThat(acknowledge(shop, jti, "forgotten").status()).isEqualTo(400);
    assertThat(actions()).containsExactly("notice.told", "notice.polled", "notice.acknowledged");
  }

  @Test
  void aHeadRequest_deliversNoNotice() throws Exception {
    reads("shop", "customer_number:17850");
    erase();
    assertThat(vault.send(shop, "HEAD", "/v1/erasure-notices", "", Map.of()).status())
        .isEqualTo(200);
    assertThat(actions()).isEmpty();
    assertThat(polled(shop).has("jti")).isTrue();
  }

  @Test
  void theClient_fetchesVerifiesAndAcknowledgesNotices() throws Exception {
    reads("shop", "email:" + ADDRESS);
    String certificate = erase();
    String jwks = Signed.anybody(vault, "/v1/consent-receipts/jwks");
    String x = new ObjectMapper().readTree(jwks).at("/keys/0/x").asText();
    NoticeTrust trust = NoticeTrust.of(x, "urn:contextkeep:vault", "shop");
    try (VaultClient client = vault.client("shop")) {
      ErasureNotices told = (ErasureNotices) client.erasureNotices(trust);
      assertThat(told.more()).isFalse();
      ErasureNotice notice = told.open().getFirst();
      assertThat(notice.customer()).containsExactly(new CustomerId("email", ADDRESS));
      assertThat(client.acknowledge(notice, ErasureNotice.Outcome.NOTHING_HELD))
          .isInstanceOf(Acknowledged.Taken.class);
      assertThat(((ErasureNotices) client.erasureNotices(trust)).open()).isEmpty();
    }
    assertThat(states(certificate)).containsExactly("ck:Acknowledged");
  }

  @Test
  void operatorsAndAuditors_seeOpenNotices_withoutTheCustomer() {
    reads("shop", "email:" + ADDRESS);
    erase();
    for (Role role : List.of(Role.OPERATOR, Role.AUDITOR)) {
      JsonNode body =
          ok(vault.get(vault.token(role, "x"), "/v1/erasure-notices/unacknowledged")).body();
      assertThat(body.path("unacknowledged").intValue()).isEqualTo(1);
      assertThat(body.at("/notices/0/app").asText()).isEqualTo("shop");
      assertThat(body.toString()).doesNotContain(ADDRESS);
    }
    assertThat(vault.watched("/metrics")).contains("contextkeep_erasure_notices 1.0");
  }

  @Test
  void aPush_isASecurityEventToken_andIsNotRepeatedOnceReceived() throws Exception {
    try (Receiver receiver = new Receiver(202)) {
      app("shop", receiver.url());
      reads("shop", "customer_number:17850");
      String certificate = erase();
      Receiver.Got got = receiver.next();
      assertThat(got.type()).isEqualTo("application/secevent+jwt");
      JsonNode told = Signed.verified(vault, got.body(), TYPE);
      assertThat(told.at("/sub_id/id").asText()).isEqualTo("customer_number:17850");
      await(() -> states(certificate).equals(List.of("ck:Told")));
      vault.advance(Duration.ofDays(1));
      vault.restart();
      ok(acknowledge(vault.token(Role.APP, "shop"), told.path("jti").asText(), "nothing-held"));
      assertThat(receiver.count()).isEqualTo(1);
      assertThat(actions()).containsExactly("notice.sent", "notice.told", "notice.acknowledged");
    }
  }

  @Test
  void anUnreceivedPush_isRetriedWithGrowingPauses_alsoAfterARestart() throws Exception {
    try (Receiver receiver = new Receiver(500)) {
      app("shop", receiver.url());
      reads("shop", "customer_number:17850");
      String certificate = erase();
      receiver.next();
      await(() -> tries() == 1);
      vault.advance(Duration.ofSeconds(11));
      receiver.next();
      await(() -> tries() == 2);
      vault.stop();
      receiver.answer(202);
      vault.advance(Duration.ofSeconds(21));
      vault.startAgain();
      receiver.next();
      await(() -> states(certificate).equals(List.of("ck:Told")));
    }
  }

  /**
   * Checks that redirects are not followed, endless answers not read, and names not sent elsewhere.
   */
  @Test
  void aRedirectOrAnEndlessAnswer_isNotAReceipt() throws Exception {
    try (Receiver elsewhere = new Receiver(202);
        Receiver receiver = new Receiver(307)) {
      receiver.redirectTo(elsewhere.url());
      app("shop", receiver.url());
      reads("shop", "customer_number:17850");
      String certificate = erase();
      receiver.next();
      await(() -> tries() == 1);
      receiver.answer(202);
      receiver.talk();
      vault.advance(Duration.ofSeconds(11));
      receiver.next();
      await(() -> tries() == 2);
      assertThat(elsewhere.count()).isZero();
      assertThat(states(certificate)).containsExactly("ck:NotTold");
    }
  }

  @Test
  void aSilentReceiver_delaysNeitherTheErasureNorOthers() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (Receiver hung = new Receiver(202);
        Receiver well = new Receiver(202)) {
      hung.hang(end);
      app("shop", hung.url());
      app("other", well.url());
      reads("shop", "customer_number:17850");
      reads("other", "customer_number:17850");
      String certificate = erase();
      hung.next();
      well.next();
      await(() -> states(certificate).contains("ck:Told"));
      assertThat(states(certificate)).containsExactly("ck:Told", "ck:NotTold");
      end.countDown();
    } finally {
      end.countDown();
    }
  }

  @Test
  void anUnacknowledgedNotice_isGivenUp_andTheNameIsDeleted() throws Exception {
    reads("shop", "customer_number:17850");
    String certificate = erase();
    String jti = polled(shop).path("jti").asText();
    vault.letPass(Duration.ofDays(31));
    await(() -> states(certificate).equals(List.of("ck:GivenUp")));
    await(() -> keys().isEmpty());
    String fresh = vault.token(Role.APP, "shop");
    assertThat(open(fresh)).isEmpty();
    assertThat(actions()).contains("notice.given-up");
    // A late acknowledgement is accepted, without the customer's name.
    ok(acknowledge(fresh, jti, "erased"));
    assertThat(states(certificate)).containsExactly("ck:Acknowledged");
  }

  /** Restores the rows of the notice, but not its key. */
  @Test
  void aNoticeFromARestoredCopy_namesNoCustomer() throws Exception {
    reads("shop", "email:" + ADDRESS);
    String certificate = erase();
    vault.catchUp();
    Path copy = vault.dir().resolveSibling("copy");
    Backup.write(
        vault.config().store().data(), vault.config().store().keys(), copy, Customers::all);
    ok(acknowledge(shop, polled(shop).path("jti").asText(), "erased"));
    vault.restore(copy);

    assertThat(open(shop)).isEmpty();
    assertThat(states(certificate)).containsExactly("ck:NotNamed");
    assertThat(actions()).containsExactly("notice.lost");
  }

  @Test
  void anUnencryptedOrInternalUrl_isRefusedAsNoticeUrl() {
    for (String url :
        List.of(
            "http://shop.example/set",
            "https://u:p@shop.example/set",
            "https://shop.example/set#x",
            "ftp://shop.example/",
            "file:///etc/passwd",
            "not a url")) {
      assertThat(
              vault
                  .put(
                      vault.token(Role.OPERATOR, "olga"),
                      "/v1/apps/newcomer",
                      "{\"name\": \"N\", \"facets\": [], \"purposes\": [], \"noticeUrl\": \""
                          + url
                          + "\"}")
                  .status())
          .as(url)
          .isEqualTo(400);
    }
  }

  private Map<String, JsonNode> open(String token) throws Exception {
    Map<String, JsonNode> open = new TreeMap<>();
    JsonNode sets = ok(vault.get(token, "/v1/erasure-notices")).body().path("sets");
    for (Iterator<String> names = sets.fieldNames(); names.hasNext(); ) {
      String jti = names.next();
      open.put(jti, Signed.verified(vault, sets.path(jti).asText(), TYPE));
    }
    return open;
  }

  private JsonNode polled(String token) throws Exception {
    Map<String, JsonNode> open = open(token);
    assertThat(open).hasSize(1);
    open.forEach((jti, told) -> assertThat(told.path("jti").asText()).isEqualTo(jti));
    return open.values().iterator().next();
  }

  private TestVault.Answered acknowledge(String token, String jti, String outcome) {
    return vault.post(
        token,
        "/v1/erasure-notices/" + jti + "/acknowledgement",
        "{\"outcome\": \"" + outcome + "\"}",
        Map.of());
  }

  /** Returns the recipients in the certificate, by their names. */
  private List<String> states(String number) {
    try {
      String jws = Signed.anybody(vault, "/v1/erasures/" + number);
      JsonNode recipients =
          Signed.verified(vault, jws, "erasure-certificate+jwt").path("recipient");
      return recipients.findValuesAsText("noticeState");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private List<String> actions() {
    String auditor = vault.token(Role.AUDITOR, "audrey");
    List<String> actions =
        new ArrayList<>(
            ok(vault.get(auditor, "/v1/audit/entries?type=notice"))
                .body()
                .path("entries")
                .findValuesAsText("action"));
    return actions.reversed();
  }

  private int tries() {
    return vault
        .vault()
        .db()
        .<Integer>inRead(
            c ->
                Sql.one(c, "SELECT tries FROM erasure_notice", row -> row.getInt(1)).orElseThrow());
  }

  private byte[] sealed() {
    return vault
        .vault()
        .db()
        .inRead(
            c ->
                Sql.one(c, "SELECT sealed FROM erasure_notice", row -> row.getBytes(1))
                    .orElseThrow());
  }

  /** Returns the wrapped keys of notices in keys.db. */
  private List<byte[]> keys() {
    try (Connection c =
        DriverManager.getConnection(
            "jdbc:sqlite:" + vault.config().store().keys().resolve("keys.db"))) {
      return Sql.query(c, "SELECT wrapped FROM notice_key", row -> row.getBytes(1));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(20);
    }
  }

  /** An app's endpoint. */
  private static final class Receiver implements AutoCloseable {
    record Got(String type, String body) {}

    private final HttpServer server;
    private final BlockingQueue<Got> got = new LinkedBlockingQueue<>();
    private volatile int count;
    private volatile int status;
    private volatile String redirect = "";
    private volatile boolean talks;
    private volatile CountDownLatch hangs = new CountDownLatch(0);

    Receiver(int status) throws IOException {
      this.status = status;
      this.server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/", this::take);
      server.start();
    }

    private synchronized void counted() {
      count++;
    }

    private void take(HttpExchange exchange) throws IOException {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      counted();
      got.add(new Got(exchange.getRequestHeaders().getFirst("Content-Type"), body));
      try {
        hangs.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (!redirect.isEmpty()) {
        exchange.getResponseHeaders().set("Location", redirect);
      }
      exchange.sendResponseHeaders(status, talks ? 0 : -1);
      if (talks) {
        exchange.getResponseBody().write(new byte[1 << 20]);
      }
      exchange.close();
    }

    void answer(int newStatus) {
      status = newStatus;
      redirect = "";
    }

    void redirectTo(String url) {
      redirect = url;
    }

    void talk() {
      talks = true;
    }

    void hang(CountDownLatch until) {
      hangs = until;
    }

    int count() {
      return count;
    }

    Got next() throws InterruptedException {
      Got next = got.poll(60, TimeUnit.SECONDS);
      assertThat(next).isNotNull();
      return next;
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/set";
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
