package io.contextkeep.vault.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.vault.net.Clients;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The requests for an issuer's keys, over real HTTP, and misbehaving issuers. */
final class JwksTest {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-24T12:00:00Z"));
  private final InstantSource clock = now::get;
  private final TestKey first = TestKey.ed25519("first");
  private final TestKey second = TestKey.es256("second");
  private final TestIssuer issuer = new TestIssuer(clock, first);
  private final Jwks jwks = jwks(issuer.jwks());

  @AfterEach
  void close() {
    issuer.close();
  }

  private Jwks jwks(URI address) {
    return new Jwks(settings(address), Clients.client(), clock);
  }

  private static IssuerSettings settings(URI address) {
    return new IssuerSettings(
        "corp",
        TestIssuer.NAME,
        address,
        "vault",
        java.util.Set.of(Role.CUSTOMER),
        "role",
        "account",
        "sub");
  }

  private void advance(Duration time) {
    now.updateAndGet(t -> t.plus(time));
  }

  private void unknown(String id) {
    assertThatThrownBy(() -> jwks.key(id)).hasMessage("token_key_unknown");
  }

  private void unreachable(String id) {
    assertThatThrownBy(() -> jwks.key(id)).isInstanceOf(IssuerUnreachable.class);
  }

  @Test
  void keysAreFetchedOnce_andAgainWhenTheyAreOld() {
    jwks.key("first");
    jwks.key("first");
    assertThat(issuer.asked()).isEqualTo(1);
    advance(Jwks.FRESH);
    jwks.key("first");
    assertThat(issuer.asked()).isEqualTo(2);
  }

  @Test
  void aNewKey_isFetchedWhenATokenNamesIt_andAWithdrawnOneIsDroppedByTheNextFetch() {
    jwks.key("first");
    issuer.publish(second);
    advance(Jwks.PAUSE);
    jwks.key("second");
    assertThat(issuer.asked()).isEqualTo(2);
    unknown("first");
  }

  @Test
  void inventedKeyIds_causeNoFloodOfRequests() {
    jwks.key("first");
    for (int i = 0; i < 500; i++) {
      unknown("made-up-" + i);
    }
    assertThat(issuer.asked()).isEqualTo(1);
    advance(Jwks.PAUSE);
    for (int i = 0; i < 500; i++) {
      unknown("made-up-" + i);
    }
    assertThat(issuer.asked()).isEqualTo(2);
  }

  @Test
  void whileTheIssuerIsSlow_oneRequestIsSent_aFewWait_andTheRestFailAtOnce() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    issuer.handling(
        exchange -> {
          asked.countDown();
          await(answer);
          TestIssuer.answer(exchange, 200, TestIssuer.set(first));
        });
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> outcomes = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        outcomes.add(threads.submit(() -> outcome("first")));
      }
      asked.await();
      // Requests beyond the limit fail before the issuer answers.
      while (outcomes.stream().filter(Future::isDone).count() < 64 - 16) {
        Thread.sleep(1);
      }
      answer.countDown();
      List<String> all = new ArrayList<>();
      for (Future<String> outcome : outcomes) {
        all.add(outcome.get());
      }
      assertThat(all.stream().filter("found"::equals)).hasSize(16);
      assertThat(all.stream().filter("unreachable"::equals)).hasSize(48);
    }
    assertThat(issuer.asked()).isEqualTo(1);
  }

  @Test
  void aKnownKey_isReturnedAtOnce_duringARefresh() throws Exception {
    jwks.key("first");
    advance(Jwks.FRESH);
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    issuer.handling(
        exchange -> {
          asked.countDown();
          await(answer);
          TestIssuer.answer(exchange, 200, TestIssuer.set(first));
        });
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> asking = threads.submit(() -> outcome("first"));
      asked.await();
      for (int i = 0; i < 100; i++) {
        jwks.key("first");
      }
      assertThat(asking.isDone()).isFalse();
      answer.countDown();
      assertThat(asking.get()).isEqualTo("found");
    }
    assertThat(issuer.asked()).isEqualTo(2);
  }

  @Test
  void anUnreachableIssuer_isAskedOncePerPause_andItsKnownKeysAreValidForSomeHours() {
    jwks.key("first");
    issuer.answering(500, "");
    advance(Jwks.FRESH);
    jwks.key("first");
    jwks.key("first");
    assertThat(issuer.asked()).isEqualTo(2);
    unreachable("second");
    assertThat(issuer.asked()).isEqualTo(2);
    advance(Jwks.USABLE.minus(Jwks.FRESH).minusSeconds(1));
    jwks.key("first");
    advance(Duration.ofSeconds(1));
    unreachable("first");
    issuer.publish(first);
    advance(Jwks.PAUSE);
    jwks.key("first");
  }

  @Test
  void aClosedPort_isUnreachable() {
    URI gone = issuer.jwks();
    issuer.close();
    assertThatThrownBy(() -> jwks(gone).key("first")).isInstanceOf(IssuerUnreachable.class);
  }

  @Test
  void redirects_areNotFollowed() {
    TestIssuer elsewhere = new TestIssuer(clock, first);
    try (elsewhere) {
      issuer.handling(
          exchange -> {
            exchange.getResponseHeaders().set("Location", elsewhere.jwks().toString());
            exchange.sendResponseHeaders(302, -1);
          });
      unreachable("first");
      assertThat(elsewhere.asked()).isZero();
    }
  }

  @Test
  void anOversizedAnswer_isNotReadToItsEnd() {
    issuer.handling(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] spaces = " ".repeat(1 << 16).getBytes(java.nio.charset.StandardCharsets.UTF_8);
          for (int i = 0; i < 1_000; i++) {
            exchange.getResponseBody().write(spaces);
          }
        });
    unreachable("first");
  }

  @Test
  void aTricklingAnswer_isAborted() {
    CountDownLatch never = new CountDownLatch(1);
    issuer.handling(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          await(never);
        });
    Jwks impatient =
        new Jwks(settings(issuer.jwks()), Clients.client(), clock, Duration.ofMillis(200));
    assertThatThrownBy(() -> impatient.key("first")).isInstanceOf(IssuerUnreachable.class);
    never.countDown();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"keys\": 7}", "{\"keys\": [7]}", "<html>", "null"})
  void anAnswerThatIsNotAKeySet_isRejected(String body) {
    issuer.answering(200, body);
    unreachable("first");
  }

  @Test
  void keysForOtherUses_duplicateIdsAndPrivateKeys_areLeftOut() {
    TestKey third = TestKey.ed25519("third");
    issuer.answering(
        200,
        "{\"keys\":[%s,%s,%s,%s,%s,%s]}"
            .formatted(
                first.publicJson(),
                second.publicJson(),
                TestKey.ed25519("second").publicJson(),
                third.jwk().toJSONString(),
                "{\"kty\":\"RSA\",\"kid\":\"rsa\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",
                "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"off\",\"x\":\"AQ\",\"y\":\"AQ\"}"));
    jwks.key("first");
    for (String left : List.of("second", "third", "rsa", "off")) {
      unknown(left);
    }
  }

  private String outcome(String id) {
    try {
      jwks.key(id);
      return "found";
    } catch (IssuerUnreachable e) {
      return "unreachable";
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
