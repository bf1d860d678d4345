package io.contextkeep.policy.server;

import static io.contextkeep.policy.server.ScriptedOpa.answer;
import static io.contextkeep.policy.server.ScriptedOpa.breaksOffAfter;
import static io.contextkeep.policy.server.ScriptedOpa.head;
import static io.contextkeep.policy.server.ScriptedOpa.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyFailure.Kind;
import io.contextkeep.policy.WasmEngine;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine over HTTP, against a server whose behaviour the test controls. */
final class OpaServerEngineTest extends EngineContract {
  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static final Duration HASTY = Duration.ofMillis(200);
  private static final String YES = answer("{\"allow\":true,\"reasons\":[]}");

  private static ScheduledExecutorService watchdog;
  private static WasmEngine policy;

  @TempDir Path dir;
  private final ScriptedOpa server = new ScriptedOpa(says(""));

  @BeforeAll
  static void start() {
    watchdog = Executors.newSingleThreadScheduledExecutor();
    policy = new WasmEngine(Bundle.builtIn(), 2, PATIENT, watchdog);
  }

  @AfterAll
  static void stop() {
    watchdog.shutdownNow();
  }

  @BeforeEach
  void decideAsThePolicyDoes() {
    server.script(ScriptedOpa.evaluating(policy));
  }

  @AfterEach
  void kill() {
    server.close();
  }

  @Override
  PolicyEngine engine(Duration deadline) {
    return new OpaServerEngine(
        HttpClient.newHttpClient(), server.url(), Optional.empty(), deadline);
  }

  @Override
  PolicyEngine undefined() {
    server.script(says("{\"provenance\":{\"bundles\":{\"b\":{\"revision\":\"1\"}}}}"));
    return engine(PATIENT);
  }

  @Override
  String revision() {
    return ScriptedOpa.REVISION;
  }

  @Test
  void incompleteAnswers_areFailures() {
    Map<String, Kind> answers =
        Map.ofEntries(
            Map.entry("", Kind.POLICY_ERROR),
            Map.entry("garbage", Kind.POLICY_ERROR),
            Map.entry("{", Kind.POLICY_ERROR),
            Map.entry(YES + "x", Kind.POLICY_ERROR),
            Map.entry(YES + YES, Kind.POLICY_ERROR),
            Map.entry("[".repeat(100_000), Kind.POLICY_ERROR),
            Map.entry(YES.replace("\"result\"", "\"result\":{},\"result\""), Kind.POLICY_ERROR),
            Map.entry(answer("{\"allow\":false,\"allow\":true,\"reasons\":[]}"), Kind.POLICY_ERROR),
            Map.entry(answer("{\"allow\":1.5}"), Kind.POLICY_ERROR),
            Map.entry(answer("{\"allow\":null}"), Kind.POLICY_ERROR),
            Map.entry(answer("{\"basis\":\"é\"}"), Kind.POLICY_ERROR),
            Map.entry("{}", Kind.POLICY_UNDEFINED),
            Map.entry("null", Kind.POLICY_ERROR),
            Map.entry("[]", Kind.POLICY_ERROR),
            Map.entry(answer("true"), Kind.POLICY_UNDEFINED),
            Map.entry(answer("[]"), Kind.POLICY_UNDEFINED),
            Map.entry(answer("null"), Kind.POLICY_UNDEFINED));
    try (PolicyEngine engine = engine(PATIENT)) {
      answers.forEach(
          (answer, kind) -> {
            server.script(says(answer));
            assertThat(Failures.of(engine, "{}")).as(answer).isEqualTo(kind);
          });
    }
  }

  @Test
  void anAnswerWithoutThePolicysRevision_isAFailure() {
    try (PolicyEngine engine = engine(PATIENT)) {
      for (String bundles :
          List.of(
              "{}",
              "{'bundles':{}}",
              "{'bundles':[]}",
              "{'bundles':{'b':{}}}",
              "{'bundles':{'b':{'revision':''}}}",
              "{'bundles':{'b':{'revision':'two words'}}}",
              "{'bundles':{'b':{'revision':'" + "x".repeat(129) + "'}}}",
              "{'bundles':{'b':{'revision':'1'},'c':{}}}")) {
        server.script(
            says(
                "{'provenance':".replace('\'', '"')
                    + bundles.replace('\'', '"')
                    + ",\"result\":{\"allow\":true}}"));
        assertThat(Failures.of(engine, "{}")).as(bundles).isEqualTo(Kind.POLICY_ERROR);
      }
      server.script(says("{\"result\":{\"allow\":true}}"));
      assertThat(Failures.of(engine, "{}")).isEqualTo(Kind.POLICY_ERROR);
    }
  }

  @Test
  void severalBundles_areNamedWithTheirRevisions() throws Exception {
    server.script(
        says(
            "{\"provenance\":{\"bundles\":{\"rules\":{\"revision\":\"7\"},\"data\":{\"revision\":\"9\"}}},\"result\":{}}"));
    try (PolicyEngine engine = engine(PATIENT)) {
      assertThat(engine.evaluate("{}").policy().revision()).isEqualTo("data:9+rules:7");
    }
  }

  @Test
  void anyStatusBut200_isAFailure_evenWithAPermitInIt() {
    for (int status : List.of(201, 202, 203, 206, 400, 401, 403, 404, 500, 501, 599)) {
      assertThat(failure(says(status, "application/json", YES)))
          .as("%s", status)
          .isEqualTo(Kind.POLICY_ERROR);
    }
    for (int status : List.of(429, 502, 503, 504)) {
      assertThat(failure(says(status, "application/json", YES)))
          .as("%s", status)
          .isEqualTo(Kind.POLICY_UNAVAILABLE);
    }
    assertThat(failure(breaksOffAfter("HTTP/1.1 204 No Content\r\n\r\n")))
        .isEqualTo(Kind.POLICY_ERROR);
  }

  @Test
  void aRedirect_isNotFollowed() {
    try (ScriptedOpa elsewhere = new ScriptedOpa(says(YES))) {
      for (int status : List.of(301, 302, 303, 307, 308)) {
        assertThat(
                failure(
                    breaksOffAfter(
                        "HTTP/1.1 "
                            + status
                            + " Moved\r\nLocation: "
                            + elsewhere.url()
                            + "\r\nContent-Length: 0\r\n\r\n")))
            .isEqualTo(Kind.POLICY_ERROR);
      }
      assertThat(elsewhere.requests()).isEmpty();
    }
    try (HttpClient following =
        HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build()) {
      assertThatThrownBy(
              () -> new OpaServerEngine(following, server.url(), Optional.empty(), PATIENT))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void anotherContentType_isAFailure() {
    for (String type : List.of("text/html", "application/jsonp", "text/plain; application/json")) {
      assertThat(failure(says(200, type, YES))).as(type).isEqualTo(Kind.POLICY_ERROR);
    }
    assertThat(
            failure(
                breaksOffAfter(
                    "HTTP/1.1 200 OK\r\nContent-Length: " + YES.length() + "\r\n\r\n" + YES)))
        .isEqualTo(Kind.POLICY_ERROR);
  }

  @Test
  void anAnswerThatIsTooLarge_isAFailure_beforeItIsRead() {
    String much = " ".repeat(2 << 20);
    assertThat(failure(says(YES + much))).isEqualTo(Kind.POLICY_UNAVAILABLE);
    assertThat(
            failure(
                breaksOffAfter(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + YES + much)))
        .isEqualTo(Kind.POLICY_UNAVAILABLE);
  }

  @Test
  void aTruncatedAnswer_isAFailure_andIsNotRequestedAgain() {
    String half = head(200, "application/json", YES.length()) + YES.substring(0, YES.length() / 2);
    assertThat(failure(breaksOffAfter(half))).isEqualTo(Kind.POLICY_UNAVAILABLE);
    assertThat(server.requests()).hasSize(1);
    assertThat(failure(breaksOffAfter("HTTP/1.1 200 O"))).isEqualTo(Kind.POLICY_UNAVAILABLE);
    assertThat(failure(breaksOffAfter("no HTTP at all\r\n\r\n")))
        .isEqualTo(Kind.POLICY_UNAVAILABLE);
  }

  @Test
  void aServerThatHangsOrTrickles_isAFailureAtTheDeadline() {
    String head = head(200, "application/json", YES.length());
    for (ScriptedOpa.Script script :
        List.of(
            server.hangsAfter(""),
            server.hangsAfter(head),
            server.hangsAfter(head + YES.substring(1)),
            server.trickles())) {
      server.script(script);
      try (PolicyEngine engine = engine(HASTY)) {
        assertThat(Failures.of(engine, "{}")).isEqualTo(Kind.POLICY_TIMEOUT);
      }
    }
  }

  @Test
  void anUnreachableServer_isAFailure() throws Exception {
    try (PolicyEngine engine = engine(PATIENT)) {
      assertThat(engine.evaluate("{}").json().path("allow").isBoolean()).isTrue();
      server.close();
      assertThat(Failures.of(engine, "{}")).isEqualTo(Kind.POLICY_UNAVAILABLE);
    }
  }

  /** A restart of OPA, after which connections that were kept alive are dead without notice. */
  @Test
  void aConnectionClosedWhileIdle_losesNoAnswer() throws Exception {
    server.script(
        (request, out) -> {
          boolean first = server.requests().size() % 2 == 1;
          return first && says(YES).answer(request, out);
        });
    try (PolicyEngine engine = engine(PATIENT)) {
      engine.evaluate("{}");
      engine.evaluate("{}");
      assertThat(server.requests()).hasSize(3);
    }
  }

  @Test
  void aSilentServer_isAskedAtMostTwice() {
    assertThat(failure(breaksOffAfter(""))).isEqualTo(Kind.POLICY_UNAVAILABLE);
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void afterManyFailures_questionsFailAtOnce_untilATrialSucceeds() throws Exception {
    AtomicLong now = new AtomicLong();
    server.script(breaksOffAfter(""));
    try (PolicyEngine engine =
        new OpaServerEngine(
            HttpClient.newHttpClient(),
            server.url(),
            Optional.empty(),
            PATIENT,
            new Breaker(now::get))) {
      for (int i = 0; i < 5; i++) {
        assertThat(Failures.of(engine, "{}")).isEqualTo(Kind.POLICY_UNAVAILABLE);
      }
      int asked = server.requests().size();
      for (int i = 0; i < 1_000; i++) {
        assertThat(Failures.of(engine, "{}")).isEqualTo(Kind.POLICY_UNAVAILABLE);
      }
      assertThat(server.requests()).hasSize(asked);
      server.script(says(YES));
      assertThat(Failures.of(engine, "{}")).isEqualTo(Kind.POLICY_UNAVAILABLE);
      now.addAndGet(Duration.ofSeconds(1).toNanos());
      engine.evaluate("{}");
      engine.evaluate("{}");
    }
  }

  /** Otherwise one caller with a question that OPA cannot answer could have all others refused. */
  @Test
  void failuresCausedByTheQuestion_doNotOpenTheBreaker() throws Exception {
    try (PolicyEngine engine = engine(PATIENT)) {
      for (ScriptedOpa.Script script :
          List.of(says(500, "application/json", "{}"), says("{}"), says("garbage"))) {
        server.script(script);
        for (int i = 0; i < 10; i++) {
          Failures.of(engine, "{}");
        }
        server.script(says(YES));
        engine.evaluate("{}");
      }
    }
  }

  @Test
  void theRequest_hasOpasForm_withTheCurrentToken() throws Exception {
    Path token = Files.writeString(dir.resolve("token"), "first\n");
    server.script(says(YES));
    try (PolicyEngine engine =
        new OpaServerEngine(
            HttpClient.newHttpClient(), server.url(), Optional.of(token), PATIENT)) {
      engine.evaluate("{\"purpose\":\"é\"}");
      Files.writeString(token, "second");
      engine.evaluate("{}");
      Files.writeString(token, "two words");
      assertThat(Failures.of(engine, "{}")).isEqualTo(Kind.POLICY_UNAVAILABLE);
      Files.delete(token);
      assertThat(Failures.of(engine, "{}")).isEqualTo(Kind.POLICY_UNAVAILABLE);
    }
    assertThat(server.requests()).hasSize(2);
    ScriptedOpa.Request request = server.requests().getFirst();
    assertThat(request.head())
        .startsWith(
            "POST /v1/data/contextkeep/gate/decision?provenance=true&strict-builtin-errors=true ")
        .containsIgnoringCase("\r\nContent-Type: application/json\r\n")
        .containsIgnoringCase("\r\nAuthorization: Bearer first\r\n");
    assertThat(new String(request.body(), StandardCharsets.UTF_8))
        .isEqualTo("{\"input\":{\"purpose\":\"é\"}}");
    assertThat(server.requests().getLast().head()).contains("Bearer second\r\n");
  }

  @Test
  void aValidDecisionId_isPassedOn() throws Exception {
    try (PolicyEngine engine = engine(PATIENT)) {
      server.script(
          says(
              YES.replaceFirst(
                  "\\{", "{\"decision_id\":\"4ca636c1-55e4-417a-b1d8-4aceb67960d1\",")));
      assertThat(engine.evaluate("{}").decisionId()).hasValue("4ca636c155e4417ab1d84aceb67960d1");
      server.script(says(YES.replaceFirst("\\{", "{\"decision_id\":\"ann@example.org\",")));
      assertThat(engine.evaluate("{}").decisionId()).isEmpty();
    }
  }

  private Kind failure(ScriptedOpa.Script script) {
    server.script(script);
    try (PolicyEngine engine = engine(PATIENT)) {
      return Failures.of(engine, "{}");
    }
  }
}
