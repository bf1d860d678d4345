package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.edge.Refused;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile connections: request smuggling, stalling, and floods. */
@Order(1)
@Timeout(120)
@TestInstance(Lifecycle.PER_CLASS)
final class ConnectionsIT {
  private static final OpenApi API = OpenApi.bundled();
  private static final int CONNECTIONS = 40;
  private static final String CONTRACT = "GET /v1/openapi.json HTTP/1.1\r\nHost: vault\r\n\r\n";

  private static final String LIVE = "GET /health/live HTTP/1.1\r\nHost: vault\r\n\r\n";
  private static final String POST = "POST /witness/add-checkpoint HTTP/1.1\r\nHost: vault\r\n";
  private static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";

  private TestVault vault;

  @BeforeAll
  void start(@TempDir Path dir) {
    vault =
        TestVault.furnished(
            dir,
            Map.of(
                "CONTEXTKEEP_HTTP_REQUEST_SECONDS",
                "2",
                "CONTEXTKEEP_HTTP_MAX_CONNECTIONS",
                String.valueOf(CONNECTIONS)));
  }

  @AfterAll
  void checkInvariants() {
    vault.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        CHUNKED + "100000000\r\n" + LIVE,
        CHUNKED + "1\r\nx\r\n100000000\r\n" + LIVE,
        CHUNKED + "1\r\nxx\r\n0\r\n\r\n",
        CHUNKED + "1\nx\r\n0\r\n\r\n",
        CHUNKED + "0\r\nContent-Length: 5\r\n\r\n",
        POST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: identity\r\n\r\n",
        POST + "Transfer-Encoding: gzip\r\n\r\n",
        POST + "Content-Length: +5\r\n\r\nhello",
        POST + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /health/live HTTP/1.1\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
        "GET /health/live HTTP/1.1\nHost: a\n\n",
        "GET /health/live HTTP/1.1\r\nHost: a\r\nX : a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "nonsense\r\n\r\n",
      })
  void anAmbiguousRequest_isAnsweredOnceWith400_andTheConnectionIsClosed(String request)
      throws IOException {
    String answers = converse(request + LIVE + LIVE);
    assertThat(answers).startsWith("HTTP/1.1 400 ").contains("malformed_request");
    assertThat(answers.split("HTTP/1.1 ", -1)).hasSize(2);
    assertThat(answers.toLowerCase(Locale.ROOT)).contains("connection: close\r\n");
  }

  @Test
  void earlierRequestsOfAConnection_areAnsweredFirst() throws IOException {
    String answers = converse(LIVE + LIVE + "GET / HTTP/1.1\r\n\r\n" + LIVE);
    assertThat(statuses(answers)).containsExactly("200", "200", "400");
    String slow =
        "GET /v1/me HTTP/1.1\r\nHost: vault\r\nAuthorization: Bearer "
            + vault.token(Role.APP, "shop")
            + "\r\n\r\n";
    assertThat(statuses(converse(slow + slow + "GET / HTTP/1.1\r\nHost: a b\r\n\r\n")))
        .containsExactly("403", "403", "400");
  }

  @Test
  void http2_isRefused_byUpgradeAndDirectly() throws IOException {
    String upgrade =
        "GET /health/live HTTP/1.1\r\nHost: vault\r\nConnection: Upgrade, HTTP2-Settings, close\r\n"
            + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n";
    assertThat(statuses(converse(upgrade))).containsExactly("200");
    assertThat(statuses(converse("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))).containsExactly("400");
  }

  @Test
  void http10_isAnsweredAndClosed() throws IOException {
    assertThat(statuses(converse("GET /health/live HTTP/1.0\r\n\r\n"))).containsExactly("200");
  }

  @ParameterizedTest
  @ValueSource(strings = {"close", "Close, X", "X ,cLoSe", "X\r\nConnection: close"})
  void theOptionClose_isRecognisedAmongOthers(String options) throws IOException {
    try (Socket socket = connect()) {
      // Long before an idle connection would be closed.
      socket.setSoTimeout(20_000);
      write(socket, LIVE.replace("\r\n\r\n", "\r\nConnection: " + options + "\r\n\r\n"));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 200 ")
          .containsIgnoringCase("Connection: close");
    }
  }

  @Test
  void headersOfProxies_areNotTrusted() throws IOException {
    String metrics = "GET /metrics HTTP/1.1\r\nConnection: close\r\nHost: vault\r\n";
    assertThat(statuses(converse(metrics + "X-Forwarded-For: 127.0.0.1\r\n\r\n")))
        .containsExactly("401");
    assertThat(statuses(converse(metrics + "Forwarded: for=127.0.0.1\r\n\r\n")))
        .containsExactly("401");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "G",
        "GET /health/live HTTP/1.1\r\nHost: vault\r\nX: ",
        CHUNKED + "999\r\n",
        POST + "Content-Length: 999\r\n\r\nx",
      })
  void aTricklingRequest_timesOut(String start) throws Exception {
    try (Socket socket = connect()) {
      write(socket, start);
      while (socket.getInputStream().available() == 0) {
        write(socket, "1");
        Thread.sleep(200);
      }
      String answer = all(socket);
      assertThat(answer).startsWith("HTTP/1.1 408 ").contains("request_timeout");
      byte[] body = answer.split("\r\n\r\n", 2)[1].getBytes(StandardCharsets.UTF_8);
      assertThat(API.faults(API.operation("live"), 408, "application/problem+json", body))
          .isEmpty();
    }
  }

  @Test
  void everyRefusalOfTheEdge_isCountedByItsReason(@TempDir Path dir) throws Exception {
    Map<String, String> tight =
        Map.of(
            "CONTEXTKEEP_HTTP_REQUEST_SECONDS",
            "2",
            "CONTEXTKEEP_HTTP_MAX_CONNECTIONS_PER_ADDRESS",
            "5");
    List<Socket> open = new ArrayList<>();
    try (TestVault small = new TestVault(dir, tight)) {
      List<Refused> refused = new ArrayList<>();
      refused.add(refused(small, "nonsense\r\n\r\n", Refused.MALFORMED_REQUEST));
      refused.add(refused(small, "GET /" + "x".repeat(9_000), Refused.TARGET_TOO_LONG));
      String many = LIVE.replace("\r\n\r\n", "\r\nX: " + "x".repeat(20_000));
      refused.add(refused(small, many, Refused.HEADERS_TOO_LARGE));
      refused.add(refused(small, "GET /", Refused.REQUEST_TIMEOUT));
      for (int i = 0; i < 6; i++) {
        open.add(connect(small));
      }
      // The sixth took the place of the first, and the check takes that of the second.
      refused.add(Refused.CROWDED_OUT);
      assertThat(all(open.getFirst())).isEmpty();
      close(open);
      refused.add(refused(small, "", Refused.SILENT));
      // Ten answers together are larger than what fits into the sockets.
      open.add(connect(small, 4_096));
      write(open.getLast(), CONTRACT.repeat(10));
      while (counted(small, Refused.ANSWER_NOT_TAKEN) < 1) {
        Thread.sleep(50);
      }
      for (Refused why : refused) {
        assertThat(counted(small, why)).as(why.code()).isGreaterThanOrEqualTo(1);
      }
    } finally {
      close(open);
    }
  }

  /**
   * Sends a request, waits for the vault to close the connection, and checks the counted reason.
   */
  private static Refused refused(TestVault vault, String request, Refused why) throws IOException {
    try (Socket socket = connect(vault)) {
      write(socket, request);
      String answer = all(socket);
      assertThat(answer)
          .startsWith(why.status() == 0 ? "" : "HTTP/1.1 " + why.status() + " ")
          .contains(why.status() == 0 ? "" : why.code());
    }
    return why;
  }

  private static double counted(TestVault vault, Refused why) {
    String metrics =
        BareHttp.ask(vault.vault().port(), TestVault.METRICS_TOKEN, "/metrics")
            .orElseThrow()
            .body();
    Matcher count =
        Pattern.compile("contextkeep_http_refused_total\\{reason=\"" + why.code() + "\"} (\\S+)")
            .matcher(metrics);
    assertThat(count.find()).as(metrics).isTrue();
    return Double.parseDouble(count.group(1));
  }

  /** Checks that the pieces that were read before a refusal, 64 KiB or more, are released. */
  @Test
  void refusedBodies_leakNoMemory() throws Exception {
    byte[] body = new byte[1 << 20];
    long before = directMemory();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        threads.submit(
            () -> {
              for (int n = 0; n < 125; n++) {
                refusedBody(body);
              }
              return 0;
            });
      }
    }
    assertThat(directMemory() - before).isLessThan(32L << 20);
  }

  private void refusedBody(byte[] body) throws IOException {
    try (Socket socket = connect()) {
      write(socket, "POST /v1/context HTTP/1.1\r\nHost: vault\r\nContent-Length: 8388607\r\n\r\n");
      socket.getOutputStream().write(body);
      assertThat(socket.getInputStream().read()).isEqualTo('H');
    } catch (SocketException closed) {
      // The connection may be closed before everything is sent.
    }
  }

  private static long directMemory() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }

  @Test
  void idleConnections_makeRoomForNewOnes() throws IOException {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 4 * CONNECTIONS; i++) {
        idle.add(connect());
      }
      assertThat(statuses(converse(LIVE.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))))
          .containsExactly("200");
    } finally {
      close(idle);
    }
  }

  @Test
  void connectionsWithAnswersInProgress_areNotClosedForOthers(@TempDir Path dir) throws Exception {
    Map<String, String> five = Map.of("CONTEXTKEEP_HTTP_MAX_CONNECTIONS_PER_ADDRESS", "5");
    List<Socket> idle = new ArrayList<>();
    try (TestVault small = new TestVault(dir, five);
        Socket slow = connect(small, 4_096)) {
      write(
          slow, CONTRACT.repeat(9) + CONTRACT.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
      assertThat(slow.getInputStream().read()).isEqualTo('H');
      for (int i = 0; i < 20; i++) {
        idle.add(connect(small));
        write(idle.getLast(), LIVE);
        assertThat(idle.getLast().getInputStream().read()).isEqualTo('H');
      }
      String answers = "H" + all(slow);
      Matcher length = Pattern.compile("(?i)content-length: ([0-9]+)\r\n").matcher(answers);
      assertThat(length.find()).isTrue();
      assertThat(answers.length()).isGreaterThan(10 * Integer.parseInt(length.group(1)));
    } finally {
      close(idle);
    }
  }

  @Test
  void oneAddress_hasALimitedShareOfConnections_andFurtherOnesAreRefused(@TempDir Path dir)
      throws Exception {
    Map<String, String> five = Map.of("CONTEXTKEEP_HTTP_MAX_CONNECTIONS_PER_ADDRESS", "5");
    List<Socket> busy = new ArrayList<>();
    try (TestVault small = new TestVault(dir, five)) {
      for (int i = 0; i < 5; i++) {
        Socket socket = connect(small);
        busy.add(socket);
        write(socket, "GET /health/live HTTP/1.1\r\nHost: vault\r\nX: ");
      }
      // One of them may have to make room until the vault has seen that all have begun.
      String refused = "";
      for (int i = 0; i < 100 && refused.isEmpty(); i++) {
        Socket socket = connect(small);
        busy.add(socket);
        write(socket, "GET /health/live HTTP/1.1\r\nHost: vault\r\nX: ");
        socket.setSoTimeout(100);
        refused = all(socket);
      }
      assertThat(refused)
          .startsWith("HTTP/1.1 503 ")
          .contains("Retry-After: 1", "overloaded", "Too many connections");
      close(busy);
      awaitAnswer(small);
      assertThat(counted(small, Refused.OVERLOADED)).isGreaterThanOrEqualTo(1);
    } finally {
      close(busy);
    }
  }

  /** Waits until the vault has seen that the connections are closed. */
  private static void awaitAnswer(TestVault vault) throws Exception {
    while (BareHttp.get(vault.vault().port(), "/health/live")
        .filter(r -> r.status() == 200)
        .isEmpty()) {
      Thread.sleep(50);
    }
  }

  private static List<String> statuses(String answers) {
    List<String> statuses = new ArrayList<>();
    Pattern.compile("HTTP/1\\.[01] ([0-9]{3}) ")
        .matcher(answers)
        .results()
        .forEach(found -> statuses.add(found.group(1)));
    return statuses;
  }

  private Socket connect() throws IOException {
    return connect(vault);
  }

  private static Socket connect(TestVault vault) throws IOException {
    return connect(vault, 65_536);
  }

  private static Socket connect(TestVault vault, int buffer) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(buffer);
    socket.setSoTimeout(60_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), vault.vault().port()));
    return socket;
  }

  private static void close(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  private String converse(String request) throws IOException {
    try (Socket socket = connect()) {
      write(socket, request);
      return all(socket);
    }
  }

  /** Returns everything until the end; a reset after the last byte is an end too. */
  private static String all(Socket socket) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      InputStream in = socket.getInputStream();
      in.transferTo(all);
    } catch (IOException reset) {
      // The bytes before the reset count.
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }
}
