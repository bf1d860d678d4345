package io.contextkeep.vault.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.jobs.Backoff;
import io.contextkeep.vault.net.Outgoing;
import io.contextkeep.vault.outbox.Channel.Letter;
import io.contextkeep.vault.outbox.Channel.Message;
import io.contextkeep.vault.outbox.Channel.RetryPolicy;
import io.contextkeep.vault.outbox.Deliverer.Counts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages in a real database to a real server: each is delivered, or becomes a dead letter. */
@Timeout(60)
final class OutboxTest {
  private static final String KIND = "news";

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final InstantSource clock = now::get;
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<String> dead = new CopyOnWriteArrayList<>();
  private final List<String> counted = new CopyOnWriteArrayList<>();
  private volatile int status = 200;
  private volatile Consumer<String> hearing = _ -> {};
  private HttpServer server;
  private Db db;
  private Outgoing outgoing;

  @BeforeEach
  void open(@TempDir Path dir) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          heard.add(body);
          hearing.accept(body);
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    db =
        Db.open(
            dir.resolve("vault.db"), Schema.migrations(), Thread.ofPlatform().daemon().factory());
    outgoing = new Outgoing(Set.of("127.0.0.1"), Executors.newVirtualThreadPerTaskExecutor());
  }

  @AfterEach
  void close() {
    outgoing.close();
    db.close();
    server.stop(0);
  }

  private Deliverer deliverer(boolean ordered) {
    return new Deliverer(
        db,
        List.of(new TestChannel(ordered)),
        outgoing,
        new Counted(),
        clock,
        clock,
        Executors.newVirtualThreadPerTaskExecutor());
  }

  private void put(String target, String id) {
    db.inWrite(
        c -> {
          Outbox.put(c, KIND, target, id, id, clock.instant());
          return 0;
        });
  }

  private void pass(Duration time) {
    now.updateAndGet(instant -> instant.plus(time));
  }

  private Outbox.Waiting waiting() {
    return db.inRead(c -> Outbox.waiting(c, KIND));
  }

  @Test
  void aMessage_isSentOnce_andDeleted() throws Exception {
    put("shop", "one");
    try (Deliverer deliverer = deliverer(false)) {
      assertThat(deliverer.deliver()).isEqualTo(1);
      assertThat(deliverer.deliver()).isZero();
    }
    assertThat(heard).containsExactly("one");
    assertThat(waiting().count()).isZero();
    assertThat(counted).containsExactly("delivered");
  }

  @Test
  void aTransactionThatFails_leavesNoMessage() throws Exception {
    assertThatThrownBy(
            () ->
                db.inWrite(
                    c -> {
                      Outbox.put(c, KIND, "shop", "one", "one", clock.instant());
                      throw new IllegalStateException("the causing transaction failed");
                    }))
        .isInstanceOf(IllegalStateException.class);
    try (Deliverer deliverer = deliverer(false)) {
      assertThat(deliverer.deliver()).isZero();
    }
    assertThat(heard).isEmpty();
  }

  @Test
  void aMessagePutAgainDuringItsDelivery_isSentAgain() throws Exception {
    put("shop", "one");
    hearing =
        body -> {
          hearing = _ -> {};
          put("shop", "one");
        };
    try (Deliverer deliverer = deliverer(false)) {
      deliverer.deliver();
      assertThat(waiting().count()).isEqualTo(1);
      deliverer.deliver();
    }
    assertThat(heard).containsExactly("one", "one");
    assertThat(waiting().count()).isZero();
  }

  @Test
  void anUndeliveredMessage_isRetriedAfterAPause_andFinallyADeadLetter() throws Exception {
    status = 500;
    put("shop", "one");
    try (Deliverer deliverer = deliverer(false)) {
      deliverer.deliver();
      deliverer.deliver();
      assertThat(heard).as("the pause is not over").hasSize(1);
      for (int i = 0; i < 5; i++) {
        pass(Duration.ofHours(1));
        deliverer.deliver();
      }
    }
    assertThat(heard).hasSize(TestChannel.MAX);
    assertThat(dead).containsExactly("one");
    assertThat(waiting()).isEqualTo(new Outbox.Waiting(0, 0, 1));
    assertThat(error()).isEqualTo("http-500");
    pass(Duration.ofDays(31));
    assertThat(db.<Integer>inWrite(c -> Outbox.tidy(c, clock.instant()))).isEqualTo(1);
  }

  private String error() {
    return db.inRead(
        c -> Sql.one(c, "SELECT error FROM outbox", row -> row.getString(1)).orElseThrow());
  }

  @Test
  void anExpiredMessage_isADeadLetterAfterTheNextAttempt() throws Exception {
    status = 500;
    put("shop", "one");
    pass(TestChannel.AGE.plusSeconds(1));
    try (Deliverer deliverer = deliverer(false)) {
      deliverer.deliver();
    }
    assertThat(dead).containsExactly("one");
  }

  @Test
  void anOrderedTarget_getsMessagesInOrder_andDelaysNoOther() throws Exception {
    status = 500;
    put("shop", "one");
    try (Deliverer deliverer = deliverer(true)) {
      deliverer.deliver();
      status = 200;
      put("shop", "two");
      put("other", "three");
      deliverer.deliver();
      assertThat(heard).containsExactly("one", "three");
      pass(Duration.ofHours(1));
      deliverer.deliver();
    }
    assertThat(heard).containsExactly("one", "three", "one", "two");
  }

  @Test
  void anUnorderedTarget_getsOtherMessagesDuringAPause() throws Exception {
    status = 500;
    put("shop", "one");
    try (Deliverer deliverer = deliverer(false)) {
      deliverer.deliver();
      status = 200;
      put("shop", "two");
      deliverer.deliver();
    }
    assertThat(heard).containsExactly("one", "two");
  }

  @Test
  void aPauseBegunWhileTheClockWasAhead_isOver() throws Exception {
    status = 500;
    pass(Duration.ofDays(300));
    put("shop", "one");
    try (Deliverer deliverer = deliverer(false)) {
      deliverer.deliver();
      pass(Duration.ofDays(-300));
      deliverer.deliver();
    }
    assertThat(heard).hasSize(2);
  }

  private final class TestChannel implements Channel {
    static final int MAX = 3;
    static final Duration AGE = Duration.ofDays(2);

    private final boolean ordered;

    TestChannel(boolean ordered) {
      this.ordered = ordered;
    }

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public RetryPolicy retries() {
      return new RetryPolicy(Backoff.of(Duration.ofSeconds(10), Duration.ofMinutes(10)), MAX, AGE);
    }

    @Override
    public boolean isOrdered() {
      return ordered;
    }

    @Override
    public Optional<Letter> letter(Message message) {
      return Optional.of(
          new Letter(
              URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"),
              "text/plain",
              message.payload().getBytes(StandardCharsets.UTF_8),
              Duration.ofSeconds(10),
              answered -> answered == 200,
              _ -> {}));
    }

    @Override
    public void died(Connection c, Message message) throws SQLException {
      dead.add(message.id());
    }
  }

  private final class Counted implements Counts {
    @Override
    public void show(
        String kind, LongSupplier waiting, Supplier<Duration> oldest, LongSupplier letters) {}

    @Override
    public void delivered(String kind) {
      counted.add("delivered");
    }

    @Override
    public void failed(String kind) {
      counted.add("failed");
    }
  }
}
