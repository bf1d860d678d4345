package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.created;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits for each caller, which never prevent an opt-out. */
final class FairnessIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final String TO_ALL = "/v1/me/consents/dpv:ServicePersonalisation/*";

  /** The burst of limits per minute. */
  private static final int AT_ONCE = 5;

  private static final int PLACES = 3;
  private static final int READERS = 4;

  private TestVault vault;
  private String ann;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault =
        TestVault.furnished(
            dir,
            Map.of(
                "CONTEXTKEEP_HTTP_MAX_REQUESTS", String.valueOf(PLACES),
                "CONTEXTKEEP_LIMITS_REQUESTS_AT_ONCE", "2",
                "CONTEXTKEEP_LIMITS_REFUSALS_PER_MINUTE", "1",
                "CONTEXTKEEP_LIMITS_BAD_TOKENS_PER_MINUTE", "1",
                "CONTEXTKEEP_LIMITS_CHANGES_PER_MINUTE", "1",
                "CONTEXTKEEP_LIMITS_LOOKS_PER_MINUTE", "1"));
    ann = vault.customer("customer_number:17850");
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private long rows(String sql) {
    return vault
        .vault()
        .db()
        .<Long>inRead(c -> Sql.one(c, sql, row -> row.getLong(1)).orElseThrow());
  }

  /** Returns the number of entries caused by requests, without those that the log adds itself. */
  private long entries() {
    return vault
        .vault()
        .db()
        .<Long>inRead(c -> LoggedEntries.count(c, entry -> !entry.word("request").isEmpty()));
  }

  private long events() {
    return rows("SELECT count(*) FROM consent_event");
  }

  private HttpResponse<byte[]> send(String token, String method, String path) {
    return vault.exchange(method, path, new byte[0], Map.of("Authorization", "Bearer " + token));
  }

  @ParameterizedTest
  @ValueSource(strings = {CONSENT, TO_ALL})
  void aRepeatedChoice_addsNothingToTheHistory_andHasTheSameAnswer(String path) {
    JsonNode yes = ok(vault.put(ann, path, "")).body();
    vault.advance(Duration.ofMinutes(1));
    assertThat(ok(vault.put(ann, path, "")).body()).isEqualTo(yes);
    assertThat(events()).isEqualTo(1);
    JsonNode no = ok(vault.delete(ann, path)).body();
    vault.advance(Duration.ofMinutes(1));
    assertThat(ok(vault.delete(ann, path)).body()).isEqualTo(no);
    assertThat(events()).isEqualTo(2);
  }

  @Test
  void aConsentToMoreOrForLonger_isNotARepetition() {
    ok(vault.put(ann, CONSENT, ""));
    ok(vault.put(ann, CONSENT, "{\"explicit\": true}"));
    ok(vault.put(ann, CONSENT, "{\"explicit\": true, \"expires\": \"2100-01-01T00:00:00Z\"}"));
    assertThat(events()).isEqualTo(3);
  }

  @Test
  void aRefusalOfAllApps_isNotARepetition_ifOneAppHasConsent() {
    ok(vault.delete(ann, TO_ALL));
    ok(vault.put(ann, CONSENT, ""));
    JsonNode no = ok(vault.delete(ann, TO_ALL)).body();
    assertThat(no.path("status").textValue()).isEqualTo("WITHDRAWN");
    assertThat(rows("SELECT count(*) FROM consent_state WHERE status = 'WITHDRAWN'")).isEqualTo(2);
  }

  @Test
  void endlessRepetitions_areLimited_andThenAddNoEntries() {
    for (int i = 0; i < AT_ONCE; i++) {
      ok(vault.put(ann, CONSENT, ""));
    }
    long entries = entries();
    HttpResponse<byte[]> limited = send(ann, "PUT", CONSENT);
    assertThat(limited.statusCode()).isEqualTo(429);
    assertThat(TestVault.json(limited).path("code").textValue()).isEqualTo("too_many_changes");
    long wait = limited.headers().firstValueAsLong("Retry-After").orElseThrow();
    assertThat(wait).isBetween(1L, 60L);
    assertThat(limited.headers().firstValue("RateLimit-Policy")).contains("\"changes\";q=5;w=300");
    assertThat(limited.headers().firstValue("RateLimit")).contains("\"changes\";r=0;t=" + wait);
    assertThat(entries()).isEqualTo(entries);
    ok(vault.put(vault.customer("customer_number:12347"), CONSENT, ""));
  }

  @Test
  void aCustomerOverTheLimitOfChanges_canStillOptOut_inEveryWay() {
    ok(vault.put(ann, CONSENT, ""));
    for (int i = 1; i < AT_ONCE; i++) {
      ok(vault.delete(ann, "/v1/me/restriction"));
    }
    assertThat(send(ann, "DELETE", "/v1/me/restriction").statusCode()).isEqualTo(429);
    ok(vault.delete(ann, CONSENT));
    ok(vault.delete(ann, TO_ALL));
    ok(vault.put(ann, "/v1/me/objections/dpv:Marketing", ""));
    ok(vault.put(ann, "/v1/me/restriction", ""));
    created(vault.post(ann, "/v1/me/requests", "{\"right\": \"opt-out\"}", Map.of()));
    for (String again :
        List.of(CONSENT, TO_ALL, "/v1/me/restriction", "/v1/me/objections/dpv:Marketing")) {
      String method = again.contains("consents") ? "DELETE" : "PUT";
      assertThat(send(ann, method, again).statusCode()).as(again).isEqualTo(429);
    }
    ok(vault.delete(ann, "/v1/me"));
  }

  @Test
  void cases_haveASeparateLimit() {
    for (int i = 0; i < AT_ONCE; i++) {
      created(vault.post(ann, "/v1/me/requests", "{\"right\": \"restriction\"}", Map.of()));
    }
    assertThat(
            vault
                .post(ann, "/v1/me/requests", "{\"right\": \"restriction\"}", Map.of())
                .body()
                .path("code")
                .textValue())
        .isEqualTo("too_many_changes");
    ok(vault.put(ann, CONSENT, ""));
  }

  @Test
  void endlessViews_areLimited_andDoNotPreventChanges() {
    ok(vault.put(ann, CONSENT, ""));
    for (int i = 0; i < AT_ONCE; i++) {
      ok(vault.get(ann, "/v1/me/consents"));
    }
    HttpResponse<byte[]> limited = send(ann, "GET", "/v1/me/accesses");
    assertThat(limited.statusCode()).isEqualTo(429);
    assertThat(TestVault.json(limited).path("code").textValue()).isEqualTo("too_many_looks");
    ok(vault.delete(ann, CONSENT));
  }

  private String code(HttpResponse<byte[]> answer) {
    return answer.statusCode() + " " + TestVault.json(answer).path("code").textValue();
  }

  private HttpResponse<byte[]> asked(String app, String number) {
    return send(
        vault.token(Role.APP, app),
        "GET",
        "/v1/customers/customer_number:"
            + number
            + "/context?purpose=dpv:ServicePersonalisation&attributes=country");
  }

  @Test
  void anAppWithOnlyRefusals_isLimited_andOthersAreNot() {
    for (int i = 0; i < AT_ONCE; i++) {
      assertThat(code(asked("shop", "nobody-" + i))).isEqualTo("403 not_permitted");
    }
    long entries = entries();
    HttpResponse<byte[]> limited = asked("shop", "absent");
    assertThat(code(limited)).isEqualTo("429 too_many_refusals");
    assertThat(limited.headers().firstValue("RateLimit-Policy")).contains("\"refusals\";q=5;w=300");
    assertThat(limited.headers().firstValue("Retry-After")).isPresent();
    assertThat(code(batch("a", "b"))).isEqualTo("429 too_many_refusals");
    assertThat(entries()).isEqualTo(entries);
    assertThat(code(asked("crm", "absent"))).isEqualTo("403 not_permitted");
  }

  /** Checks that the refusals of a batch count one by one, so that batches are no cheaper. */
  @Test
  void aBatchOfRefusals_countsEachCustomer() {
    assertThat(batch("a", "b", "c", "d", "e").statusCode()).isEqualTo(200);
    assertThat(code(batch("f"))).isEqualTo("429 too_many_refusals");
  }

  @Test
  void permittedReads_offsetRefusedOnes() {
    vault.write("17850", "country", "\"" + TestVault.CANARY + "\"");
    ok(vault.put(ann, CONSENT, ""));
    for (int i = 0; i < 3 * AT_ONCE; i++) {
      assertThat(code(asked("shop", "nobody-" + i))).isEqualTo("403 not_permitted");
      ok(vault.ask("17850", "country"));
    }
  }

  private HttpResponse<byte[]> batch(String... numbers) {
    String customers =
        Stream.of(numbers)
            .map(number -> "\"customer_number:" + number + "\"")
            .collect(Collectors.joining(", "));
    String body =
        "{\"purpose\": \"dpv:ServicePersonalisation\", \"attributes\": [\"country\"],"
            + " \"customers\": ["
            + customers
            + "]}";
    return vault.exchange(
        "POST",
        "/v1/context",
        body.getBytes(StandardCharsets.UTF_8),
        Map.of(
            "Authorization",
            "Bearer " + vault.token(Role.APP, "shop"),
            "Content-Type",
            "application/json"));
  }

  @Test
  void aCustomerNamedTwice_isReadOnce_andAnsweredInBothPlaces() {
    vault.write("17850", "country", "\"" + TestVault.CANARY + "\"");
    ok(vault.put(ann, CONSENT, ""));
    long entries = entries();
    JsonNode answers = TestVault.json(batch("17850", "absent", "17850")).path("answers");
    assertThat(answers).hasSize(3);
    assertThat(answers.get(0)).isEqualTo(answers.get(2));
    assertThat(answers.get(0).has("values")).isTrue();
    assertThat(answers.get(1).has("problem")).isTrue();
    assertThat(entries()).isEqualTo(entries + 2);
  }

  @Test
  void invalidTokens_areLimitedByAddress_andBlockNoValidOnes() {
    for (int i = 0; i < AT_ONCE; i++) {
      assertThat(send("bad-" + i, "GET", "/v1/me").statusCode()).isEqualTo(401);
    }
    assertThat(code(send("bad", "GET", "/v1/me/consents"))).isEqualTo("429 too_many_bad_tokens");
    ok(vault.put(ann, CONSENT, ""));
  }

  /** Keeps all readers but the urgent ones busy, so that every app's read waits. */
  @Test
  void whileAllPlacesAreTaken_aCustomerCanOptOut_andEachCallerHasItsShare() throws Exception {
    ok(vault.put(ann, CONSENT, ""));
    CountDownLatch release = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<byte[]>>> waiting = new ArrayList<>();
      try {
        busyReaders(threads, release);
        waiting.add(threads.submit(() -> asked("shop", "one")));
        waiting.add(threads.submit(() -> asked("shop", "two")));
        assertThat(untilRefused("shop")).isEqualTo("429 too_many_at_once");
        waiting.add(threads.submit(() -> asked("crm", "three")));
        assertThat(untilRefused("billing")).isEqualTo("503 overloaded");
        ok(vault.delete(ann, CONSENT));
        ok(vault.put(ann, "/v1/me/objections/dpv:Marketing", ""));
        ok(vault.put(ann, "/v1/me/restriction", ""));
        ok(vault.delete(ann, "/v1/me"));
      } finally {
        release.countDown();
      }
      for (Future<HttpResponse<byte[]>> one : waiting) {
        // On a busy machine a read can wait until the store's deadline.
        assertThat(one.get().statusCode()).isIn(403, 429, 503);
      }
    }
  }

  private void busyReaders(ExecutorService threads, CountDownLatch release) throws Exception {
    CountDownLatch busy = new CountDownLatch(READERS);
    for (int i = 0; i < READERS; i++) {
      threads.submit(
          () ->
              vault
                  .vault()
                  .db()
                  .inRead(
                      _ -> {
                        busy.countDown();
                        return await(release);
                      }));
    }
    busy.await();
  }

  private static int await(CountDownLatch latch) {
    try {
      latch.await();
      return 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the app's answer once earlier requests have their places. */
  private String untilRefused(String app) throws InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      String path =
          "/v1/customers/customer_number:1/context"
              + "?purpose=dpv:ServicePersonalisation&attributes=country";
      while (true) {
        HttpRequest request =
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + vault.vault().port() + path))
                .header("Authorization", "Bearer " + vault.token(Role.APP, app))
                .timeout(Duration.ofMillis(300))
                .build();
        try {
          return code(http.send(request, HttpResponse.BodyHandlers.ofByteArray()));
        } catch (HttpTimeoutException hasAPlace) {
          // A request whose client has gone keeps its place until it is answered.
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
