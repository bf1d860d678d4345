package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.contextkeep.vault.identity.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The order of the checks of a request: its target, its route, its token, and then its body. */
@Timeout(120)
@TestInstance(Lifecycle.PER_CLASS)
final class HttpEdgeIT {
  private static final OpenApi API = OpenApi.bundled();
  private static final List<String> SEPARATORS =
      List.of(
          "%2f",
          "%2F",
          "%5c",
          "%5C",
          "\\",
          "%252f",
          "%252F",
          "%255c",
          "%25252f",
          "//",
          "/./",
          "/%2e/",
          "/x/../",
          "/x/%2e%2e/",
          "/x/.%2E/",
          ";a=b/",
          "/;/",
          "%00/",
          "/%00",
          "%0d%0a/");

  private static final String REFUSED = "403 role_not_allowed";

  private TestVault vault;

  @BeforeAll
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
  }

  @AfterAll
  void checkInvariants() {
    vault.close();
  }

  @TestFactory
  Stream<DynamicTest> noRoute_isOpenUnderAnotherSpellingOfItsPath() {
    return API.operations().stream()
        .map(
            operation ->
                dynamicTest(
                    operation.toString(),
                    () -> {
                      boolean open = operation.roles().isEmpty();
                      for (String spelling :
                          spellings(
                              Sample.of(API, operation).path(),
                              open ? SEPARATORS : SEPARATORS.subList(0, 3))) {
                        assertThat(status(operation.method(), spelling, ""))
                            .as(spelling)
                            .isEqualTo(400);
                      }
                    }));
  }

  /** The path with each of its slashes but the first replaced by each separator. */
  private static Set<String> spellings(String path, List<String> separators) {
    Set<String> spellings = new LinkedHashSet<>();
    for (int at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) {
      for (String separator : separators) {
        spellings.add(path.substring(0, at) + separator + path.substring(at + 1));
      }
    }
    for (String prefix : List.of("/.", "/x/..", "/%2e", "/%2e%2e", "//", "/;", "/x%2f..")) {
      spellings.add(prefix + path);
    }
    return spellings;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/audit/tile/entries%2f000",
        "/audit/tile/entries%2F000",
        "/audit/tile/entries/000",
        "/audit/tile/%65ntries/000",
        "/%61udit/tile/entries/000",
        "/audit/tile/entries/000/",
        "/audit/tile/0/../entries/000",
        "/audit/tile//entries/000",
        "/audit/tile/entries/",
        "/audit/tile/entries",
        "/audit/tile/ENTRIES/000",
        "/audit/pruned%2f000",
        "/AUDIT/tile/entries/000"
      })
  void entriesOfTheLog_needATokenAndARecordedView_inAnySpellingOfTheirPath(String path) {
    fillABundle();
    long entries = entries();
    assertThat(status("GET", path, "")).isIn(400, 401, 404);
    assertThat(status("GET", path, vault.token(Role.APP, "shop"))).isIn(400, 403, 404);
    int seen = status("GET", path, vault.token(Role.AUDITOR, "audrey"));
    assertThat(entries()).isGreaterThanOrEqualTo(seen == 200 ? entries + 1 : entries);
  }

  private void fillABundle() {
    while (entries() < 257) {
      status("GET", "/audit/accounts", vault.token(Role.AUDITOR, "audrey"));
    }
  }

  private long entries() {
    return vault.vault().log().size();
  }

  @Test
  void tilesOfHashes_arePublicByTheirOwnPathOnly() {
    vault.ask("12347", "country");
    assertThat(status("GET", "/audit/tile/0/000.p/1", "")).isEqualTo(200);
    assertThat(status("GET", "/audit/tile/0%2F000.p%2F1", "")).isEqualTo(400);
  }

  @Test
  void aRequestRefusedByItsHead_doesNotWaitForItsBody() {
    String body = "Content-Type: application/json\r\nContent-Length: 8000000\r\n";
    String app = bearer(vault.token(Role.APP, "shop"));
    assertThat(raw("POST /v1/context", body)).isEqualTo(401);
    assertThat(raw("POST /v1/context", "Authorization: Bearer x\r\n" + body)).isEqualTo(401);
    assertThat(raw("POST /v1/nothing", app + body)).isEqualTo(404);
    assertThat(raw("DELETE /v1/context", app + body)).isEqualTo(405);
    assertThat(raw("POST /v1/context", app + body.replace("8000000", "9000000"))).isEqualTo(413);
    assertThat(raw("POST /v1/context", app + body.replace("json", "pdf"))).isEqualTo(415);
    assertThat(raw("POST /v1/context", app + body + "Content-Encoding: br\r\n")).isEqualTo(415);
    assertThat(raw("POST /v1/context", app + body + "Accept: image/png\r\n")).isEqualTo(406);
    assertThat(raw("POST /v1/context", app + body + "Expect: 200-ok\r\n")).isEqualTo(417);
    assertThat(raw("GET /v1/me", app + body)).isIn(400, 403);
    String customer = bearer(vault.customer("customer_number:12347"));
    assertThat(raw("POST /v1/context", customer + body)).isEqualTo(403);
    assertThat(raw("POST /v1/ingest", customer + body)).isEqualTo(403);
    assertThat(raw("POST /v1/analytics/queries", customer + body)).isEqualTo(403);
    assertThat(raw("GET /health/live", body)).isEqualTo(400);
    assertThat(raw("GET /v1/openapi.json", "Transfer-Encoding: chunked\r\n")).isEqualTo(400);
  }

  /** Sends no body: a vault that waited for it would answer 408. */
  @TestFactory
  Stream<DynamicTest> everyRoute_refusesTheOtherRoles_beforeItReadsABody() {
    return API.operations().stream()
        .filter(operation -> !operation.roles().isEmpty())
        .map(
            operation ->
                dynamicTest(
                    operation.toString(),
                    () -> {
                      for (Role role : Role.values()) {
                        if (!operation.roles().contains(role.code())) {
                          assertThat(refusal(operation, role)).as(role.code()).isEqualTo(REFUSED);
                        }
                      }
                    }));
  }

  private String refusal(OpenApi.Operation operation, Role role) {
    String token =
        role == Role.CUSTOMER
            ? vault.customer("customer_number:12347")
            : vault.token(role, role == Role.APP ? "shop" : "somebody");
    BareHttp.Reply reply =
        BareHttp.send(
                vault.vault().port(),
                operation.method()
                    + " "
                    + Sample.of(API, operation).path()
                    + " HTTP/1.1\r\nHost: vault\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 8000000\r\n"
                    + bearer(token)
                    + "\r\n")
            .orElseThrow();
    return reply.status() + (reply.body().contains("role_not_allowed") ? " role_not_allowed" : "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | http://vault/health/live        | vault",
        "200 | HTTP://Vault:8440/health/live   | vault:8440",
        "200 | http://[::1]:8440/health/live   | [::1]:8440",
        "404 | http://vault/v1/nothing?a=b     | vault",
        "404 | http://vault/                   | vault",
        "400 | http://vault/health/live        | other",
        "400 | http://vault:80/health/live     | vault",
        "400 | http://a@vault/health/live      | vault",
        "400 | https://vault/health/live       | vault",
        "400 | ftp://vault/health/live         | vault",
        "400 | http:/health/live               | vault",
        "400 | http:///health/live             | vault",
        "400 | http://vault                    | vault",
        "400 | http://vault?/health/live       | vault",
        "400 | http://vault#/health/live       | vault",
        "400 | http://vault//health/live       | vault",
        "400 | http://vault/health%2flive      | vault",
        "400 | http://vault/x/../health/live   | vault",
        "400 | http://vault/http://vault/v1/me | vault",
        "400 | vault/health/live               | vault",
        "400 | /http://vault/health/live       | vault",
      })
  void aTargetInAbsoluteForm_isAccepted_ifItsAuthorityIsTheHost(
      int status, String target, String host) {
    String request =
        "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
    assertThat(BareHttp.send(vault.vault().port(), request).orElseThrow().status())
        .isEqualTo(status);
  }

  @Test
  void anAbsoluteTarget_leadsToTheSameRouteAsItsPath() {
    String line = "GET http://vault/v1/customers/customer_number:12347/context?purpose=x";
    assertThat(raw(line, "Connection: close\r\n")).isEqualTo(401);
    String close = bearer(vault.token(Role.APP, "shop")) + "Connection: close\r\n";
    assertThat(raw(line, close)).isEqualTo(400);
    assertThat(
            BareHttp.send(
                    vault.vault().port(), line + " HTTP/1.1\r\nHost: vault\r\n" + close + "\r\n")
                .orElseThrow()
                .body())
        .contains("attributes");
  }

  @Test
  void bodiesOfUnauthenticatedRequests_useNoMemory() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 120; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), vault.vault().port());
        sockets.add(socket);
        write(
            socket,
            "POST /v1/context HTTP/1.1\r\nHost: vault\r\nContent-Type: application/json\r\n"
                + "Content-Length: 8388607\r\n\r\n");
      }
      for (Socket socket : sockets) {
        socket.setSoTimeout(30_000);
        byte[] line = socket.getInputStream().readNBytes(12);
        assertThat(new String(line, StandardCharsets.ISO_8859_1)).isEqualTo("HTTP/1.1 401");
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    assertThat(vault.ask("12347", "country").status()).isIn(200, 403);
  }

  @Test
  void aRefusedBody_isReadToItsEnd_soThatTheAnswerArrives() {
    String head = "POST /v1/context HTTP/1.1\r\nHost: vault\r\nContent-Type: application/json\r\n";
    String body = "x".repeat(4 << 20);
    BareHttp.Reply reply =
        BareHttp.send(
                vault.vault().port(), head + "Content-Length: " + body.length() + "\r\n\r\n" + body)
            .orElseThrow();
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.body()).contains("token_missing");
  }

  @Test
  void continue_isSentOnlyAfterAuthentication() throws IOException {
    String json = "{\"customers\": [\"customer_number:12347\"]}";
    String head =
        "POST /v1/context HTTP/1.1\r\nHost: vault\r\nContent-Type: application/json\r\n"
            + "Expect: 100-Continue\r\nConnection: close\r\nContent-Length: "
            + json.length()
            + "\r\n";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), vault.vault().port())) {
      socket.setSoTimeout(30_000);
      write(socket, head + bearer(vault.token(Role.APP, "shop")) + "\r\n");
      byte[] sign = socket.getInputStream().readNBytes(25);
      assertThat(new String(sign, StandardCharsets.ISO_8859_1))
          .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      write(socket, json);
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 400");
    }
    assertThat(BareHttp.send(vault.vault().port(), head + "\r\n").orElseThrow().status())
        .isEqualTo(401);
  }

  @Test
  void aChunkedBody_isCountedAsItArrives() {
    String chunk = "fffff\r\n" + "x".repeat(0xfffff) + "\r\n";
    String request =
        "POST /v1/context HTTP/1.1\r\nHost: vault\r\nContent-Type: application/json\r\n"
            + bearer(vault.token(Role.APP, "shop"))
            + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            + chunk.repeat(9)
            + "0\r\n\r\n";
    assertThat(BareHttp.send(vault.vault().port(), request).orElseThrow().status()).isEqualTo(413);
  }

  @Test
  void identityEncodingAndParametersOfJson_areAccepted() {
    String json = "{\"id\": \"x\"}";
    for (String header :
        List.of(
            "Content-Type: application/json\r\nContent-Encoding: Identity\r\n",
            "Content-Type: application/json; charset=utf-8; profile=x\r\n",
            "Content-Type: application/json;profile=\"a;b=c\";charset=UTF-8\r\n")) {
      String request =
          "POST /v1/context HTTP/1.1\r\nHost: vault\r\nConnection: close\r\n"
              + bearer(vault.token(Role.APP, "shop"))
              + header
              + "Content-Length: "
              + json.length()
              + "\r\n\r\n"
              + json;
      BareHttp.Reply reply = BareHttp.send(vault.vault().port(), request).orElseThrow();
      assertThat(reply.status()).as(header).isEqualTo(400);
      assertThat(reply.body()).as(header).contains("field");
    }
  }

  private static String bearer(String token) {
    return "Authorization: Bearer " + token + "\r\n";
  }

  private int raw(String line, String headers) {
    return BareHttp.send(
            vault.vault().port(), line + " HTTP/1.1\r\nHost: vault\r\n" + headers + "\r\n")
        .orElseThrow()
        .status();
  }

  private int status(String method, String path, String token) {
    String request =
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: vault\r\nConnection: close\r\n"
            + (token.isEmpty() ? "" : bearer(token))
            + "\r\n";
    return RawHttp.send(vault.vault().port(), request.getBytes(StandardCharsets.ISO_8859_1))
        .status();
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }
}
