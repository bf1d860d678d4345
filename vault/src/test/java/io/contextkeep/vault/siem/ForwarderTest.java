package io.contextkeep.vault.siem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.audit.EntryType;
import io.contextkeep.vault.Inside;
import io.contextkeep.vault.TestCertificate;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.jobs.Jobs;
import io.contextkeep.vault.net.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies of a real log to real collectors, without losses if either side fails. */
@Timeout(120)
final class ForwarderTest {
  private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().factory();
  private static final Pattern RFC_5424 =
      Pattern.compile(
          "<1(?:08|10)>1 \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z [!-~]{1,255}"
              + " contextkeep - [a-z-]{1,32} \\[contextkeep@32473 index=\"(\\d+)\"(?:"
              + " [A-Za-z]+=\"[^\"]*\")*] \\{.*}");

  @TempDir Path dir;
  private final AtomicInteger failures = new AtomicInteger();
  private Db db;
  private AuditLog log;

  @BeforeEach
  void open() throws IOException {
    db = Db.open(dir.resolve("vault.db"), AuditLog.migrations(), THREADS);
    log = Inside.log(dir, db, FileRootKey.openOrCreate(dir.resolve("root.key")));
    grow(1_200);
  }

  @AfterEach
  void close() {
    db.close();
  }

  private void grow(int entries) {
    AuditEntry entry =
        AuditEntry.of(
            EntryType.REFUSE,
            Map.of(
                "actor", "shop",
                "purpose", "dpv:Marketing",
                "decision", "refuse",
                "reasons", List.of("NO_CONSENT", "EXPIRED")));
    log.append(Collections.nCopies(entries, entry));
  }

  @Test
  void syslog_getsEveryEntryInOrder_inTheFormatOfRfc5424() throws Exception {
    try (SyslogServer server = SyslogServer.plain();
        Started forwarder = started(syslog(server.port(), Optional.empty()))) {
      List<String> messages = server.await(all -> all.size() >= log.size());
      assertThat(indices(messages)).containsExactlyElementsOf(upTo(log.size()));
      assertThat(messages.getLast())
          .startsWith("<108>1 ")
          .contains(" refuse [", "purpose=\"dpv:Marketing\"", "reasons=\"NO_CONSENT EXPIRED\"");
      grow(3);
      server.await(all -> all.size() >= log.size());
      awaitNoLag(forwarder);
    }
    assertThat(failures).hasValue(0);
  }

  @Test
  void aCollectorThatFailsDuringATransfer_getsTheMissingEntries() throws Exception {
    try (SyslogServer server = SyslogServer.plain()) {
      server.die(4);
      try (Started forwarder = started(syslog(server.port(), Optional.empty()))) {
        server.await(all -> indices(all).containsAll(upTo(log.size())));
        awaitNoLag(forwarder);
      }
    }
    assertThat(failures.get()).isGreaterThanOrEqualTo(4);
  }

  @Test
  void unconfirmedEntries_areSentAgainAfterARestart_andConfirmedOnesAreNot() throws Exception {
    List<Long> sent = new ArrayList<>();
    Collector first =
        collector(
            rows -> {
              rows.forEach(row -> sent.add(row.index()));
              if (sent.size() > 900) {
                throw new IOException("closed before it confirmed them");
              }
            });
    try (Started forwarder = started(first)) {
      while (sent.size() <= 900) {
        Thread.sleep(1);
      }
      assertThat(forwarder.lag()).isEqualTo(log.size() - 500);
    }
    List<Long> again = Collections.synchronizedList(new ArrayList<>());
    try (Started forwarder =
        started(collector(rows -> rows.forEach(row -> again.add(row.index()))))) {
      awaitNoLag(forwarder);
    }
    assertThat(again).isEqualTo(upTo(log.size()).subList(500, (int) log.size()));
  }

  @Test
  void aCursorOfAnotherLog_beginsAtTheBeginning() throws IOException {
    Path file = dir.resolve("cursor");
    Cursor.open(file, "one").advance(7);
    assertThat(Cursor.open(file, "one").next()).isEqualTo(7);
    assertThat(Cursor.open(file, "two").next()).isZero();
    Files.writeString(file, "one\n");
    assertThat(Cursor.open(file, "one").next()).isZero();
  }

  @Test
  void withTls_onlyACollectorWithATrustedCertificate_getsEntries() throws Exception {
    TestCertificate ours = TestCertificate.make(dir, "ours");
    TestCertificate others = TestCertificate.make(dir, "others");
    ServerSocket secured =
        ours.context()
            .getServerSocketFactory()
            .createServerSocket(0, 16, InetAddress.getLoopbackAddress());
    try (SyslogServer server = new SyslogServer(secured)) {
      SSLSocketFactory wrong = Forwarders.tls(Optional.of(others.pem()));
      try (Started forwarder = started(syslog(server.port(), Optional.of(wrong)))) {
        while (failures.get() < 2) {
          Thread.sleep(1);
        }
        assertThat(forwarder.lag()).isEqualTo(log.size());
      }
      assertThat(server.messages()).isEmpty();
      SSLSocketFactory right = Forwarders.tls(Optional.of(ours.pem()));
      try (Started forwarder = started(syslog(server.port(), Optional.of(right)))) {
        List<String> messages = server.await(all -> all.size() >= log.size());
        assertThat(indices(messages)).containsExactlyElementsOf(upTo(log.size()));
        awaitNoLag(forwarder);
      }
    }
    Files.writeString(ours.pem(), "no certificate");
    assertThatThrownBy(() -> Forwarders.tls(Optional.of(ours.pem())))
        .hasMessageContaining("siem.syslog.ca");
  }

  @Test
  void otlp_getsLogRecords_andIsRetriedWhenItIsBusy() throws Exception {
    LinkedBlockingQueue<JsonNode> requests = new LinkedBlockingQueue<>();
    AtomicInteger busy = new AtomicInteger(2);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/logs",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          boolean mayCome =
              "Bearer a-secret-of-length"
                  .equals(exchange.getRequestHeaders().getFirst("Authorization"));
          boolean ok = mayCome && busy.getAndDecrement() <= 0;
          byte[] answer = "{\"partialSuccess\":{}}".getBytes();
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(ok ? 200 : 503, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
          if (ok) {
            requests.add(new ObjectMapper().readTree(body));
          }
        });
    server.start();
    try (HttpClient client = HttpClient.newHttpClient();
        Started forwarder =
            started(
                new OtlpCollector(
                    new Delivery(
                        client,
                        URI.create(
                            "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/logs"),
                        Optional.of(Secret.of("a-secret-of-length"))),
                    log.origin()))) {
      awaitNoLag(forwarder);
    } finally {
      server.stop(0);
    }
    assertThat(failures).hasValue(2);
    List<Long> indices = new ArrayList<>();
    for (JsonNode request : requests) {
      assertThat(request.at("/resourceLogs/0/resource/attributes/0/value/stringValue").asText())
          .isEqualTo("contextkeep");
      for (JsonNode one : request.at("/resourceLogs/0/scopeLogs/0/logRecords")) {
        assertThat(one.path("timeUnixNano").asText()).matches("[0-9]{19}");
        JsonNode leaf = new ObjectMapper().readTree(one.at("/body/stringValue").asText());
        assertThat(one.path("severityNumber").intValue())
            .isEqualTo(leaf.path("type").asText().equals("refuse") ? 13 : 9);
        assertThat(one.at("/attributes/0/key").asText()).isEqualTo("contextkeep.index");
        indices.add(Long.parseLong(one.at("/attributes/0/value/intValue").asText()));
      }
    }
    assertThat(indices).containsExactlyElementsOf(upTo(log.size()));
  }

  /** Checks another project's collector, if it is installed. */
  @Test
  void rsyslog_storesEveryEntry() throws Exception {
    Optional<Path> rsyslogd = rsyslogd();
    assumeTrue(rsyslogd.isPresent(), "SKIPPED: rsyslogd is not installed");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path out = dir.resolve("out");
    Path conf = dir.resolve("rsyslog.conf");
    Files.writeString(
        conf,
        """
        global(workDirectory="%1$s" maxMessageSize="8k")
        module(load="imtcp")
        template(name="id" type="string" string="%%structured-data%%\\n")
        ruleset(name="all") { action(type="omfile" file="%2$s" template="id") }
        input(type="imtcp" address="127.0.0.1" port="%3$d" ruleset="all")
        """
            .formatted(dir, out, port));
    Process process =
        new ProcessBuilder(
                rsyslogd.get().toString(),
                "-n",
                "-f",
                conf.toString(),
                "-i",
                dir.resolve("pid").toString())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("rsyslog.out").toFile())
            .start();
    try (Started forwarder = started(syslog(port, Optional.empty()))) {
      awaitNoLag(forwarder);
    } finally {
      process.destroy();
      process.waitFor();
    }
    TreeSet<Long> written = new TreeSet<>();
    for (String line : Files.readAllLines(out)) {
      Matcher index = Pattern.compile("index=\"(\\d+)\"").matcher(line);
      assertThat(index.find()).as(line).isTrue();
      written.add(Long.parseLong(index.group(1)));
    }
    assertThat(written).containsExactlyElementsOf(upTo(log.size()));
  }

  private static Optional<Path> rsyslogd() {
    String path = System.getenv("PATH") + ":/usr/sbin:/sbin";
    return List.of(path.split(":")).stream()
        .map(directory -> Path.of(directory, "rsyslogd"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** A forwarder whose job runs until the test closes it. */
  private record Started(Forwarder forwarder, Jobs jobs) implements AutoCloseable {
    long lag() {
      return forwarder.lag();
    }

    @Override
    public void close() {
      jobs.close();
    }
  }

  private Started started(Collector collector) throws IOException {
    Forwarder forwarder =
        new Forwarder(
            db,
            log,
            collector,
            Cursor.open(dir.resolve("cursor"), log.origin()),
            failures::incrementAndGet,
            Duration.ofMillis(5));
    Jobs jobs = new Jobs(_ -> THREADS, Jobs.Watch.NONE);
    jobs.start(forwarder.job());
    return new Started(forwarder, jobs);
  }

  private SyslogCollector syslog(int port, Optional<SSLSocketFactory> tls) {
    return new SyslogCollector("127.0.0.1", port, tls, log.origin());
  }

  /** The behaviour of a collector. */
  private interface Taking {
    void take(List<AuditRow> rows) throws IOException;
  }

  private static Collector collector(Taking taking) {
    return new Collector() {
      @Override
      public String name() {
        return "test";
      }

      @Override
      public void send(List<AuditRow> rows) throws IOException {
        taking.take(rows);
      }

      @Override
      public void close() {}
    };
  }

  private static void awaitNoLag(Started forwarder) {
    while (forwarder.lag() > 0) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static List<Long> upTo(long size) {
    return LongStream.range(0, size).boxed().toList();
  }

  private static List<Long> indices(List<String> messages) {
    return messages.stream()
        .map(RFC_5424::matcher)
        .peek(message -> assertThat(message.matches()).as("%s", message).isTrue())
        .map(message -> Long.parseLong(message.group(1)))
        .collect(Collectors.toList());
  }
}
