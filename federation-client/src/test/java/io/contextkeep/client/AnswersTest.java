package io.contextkeep.client;

import static io.contextkeep.client.Samples.ANN;
import static io.contextkeep.client.Samples.ATTRIBUTES;
import static io.contextkeep.client.Samples.CANARY;
import static io.contextkeep.client.Samples.DISCLOSED;
import static io.contextkeep.client.Samples.PURPOSE;
import static io.contextkeep.client.Samples.REFUSED;
import static io.contextkeep.client.Samples.first;
import static io.contextkeep.client.Samples.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Valid and invalid answers. */
final class AnswersTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);

  @Test
  void anAnswer_isReadCompletely() throws IOException {
    Disclosed disclosed = (Disclosed) ask(OddServer.json(DISCLOSED));

    Observation email = disclosed.value("email").orElseThrow();
    assertThat(email.value().textValue()).isEqualTo("**** " + CANARY);
    assertThat(email.mask()).contains("LAST_FOUR");
    assertThat(email.observed()).isEqualTo("2026-11-24T16:17:27.852Z");
    assertThat(email.source()).isEqualTo("crm");
    assertThat(email.batch()).isEqualTo("20567b87");
    assertThat(disclosed.events("purchase"))
        .extracting(event -> event.value().toString())
        .containsExactly("{\"item\":\"" + CANARY + "\"}", "0.12345678901234567890125");
    assertThat(disclosed.withheld()).isEqualTo(Map.of("income", "CATEGORY_NOT_ALLOWED"));
    assertThat(disclosed.value("income")).isEmpty();
    assertThat(disclosed.events("income")).isEmpty();
    assertThat(disclosed.purpose()).isEqualTo(PURPOSE);
    assertThat(disclosed.basis()).isEqualTo("eu-gdpr:A6-1-a");
    assertThat(disclosed.obligations()).containsExactly(Obligation.NO_ONWARD_TRANSFER);
    assertThat(disclosed.receipt())
        .isEqualTo(new Receipt(7, "6d".repeat(32), "40d71861aa40d71861aa40d71861aa40"));
  }

  @Test
  void valuesAndEvents_areNotInterchangeable_andUnrequestedAttributesAreRefused()
      throws IOException {
    Disclosed disclosed = (Disclosed) ask(OddServer.json(DISCLOSED));
    assertThatIllegalArgumentException().isThrownBy(() -> disclosed.events("email"));
    assertThatIllegalArgumentException().isThrownBy(() -> disclosed.value("purchase"));
    assertThatIllegalArgumentException().isThrownBy(() -> disclosed.value("emial"));
  }

  @Test
  void theRetentionOfAnAnswer_beginsWithTheRequest_andAClockSetBackEndsIt() throws IOException {
    AtomicReference<Instant> now = new AtomicReference<>(NOW);
    Disclosed disclosed = (Disclosed) ask(OddServer.json(DISCLOSED), now::get);
    assertThat(disclosed.keepFor()).isEqualTo(Duration.ofHours(1));
    assertThat(disclosed.keepUntil()).isEqualTo(NOW.plusSeconds(3_600));
    assertThat(disclosed.isFresh()).isTrue();
    now.set(NOW.plusSeconds(3_599));
    assertThat(disclosed.isFresh()).isTrue();
    assertThat(disclosed.values()).containsOnlyKeys("email", "purchase");
    now.set(NOW.plusSeconds(3_600));
    assertGone(disclosed);
    Disclosed another = (Disclosed) ask(OddServer.json(DISCLOSED), now::get);
    now.set(NOW.plusSeconds(3_599));
    assertGone(another);
  }

  /** Checks that expired values are not given out, even if the clock is set back. */
  private static void assertGone(Disclosed disclosed) {
    assertThat(disclosed.isFresh()).isFalse();
    assertThatExceptionOfType(KeptTooLong.class).isThrownBy(disclosed::values);
    assertThatExceptionOfType(KeptTooLong.class).isThrownBy(() -> disclosed.value("email"));
    assertThatExceptionOfType(KeptTooLong.class).isThrownBy(() -> disclosed.events("purchase"));
    assertThat(disclosed.receipt().index()).isEqualTo(7);
  }

  @Test
  void anExpiredAnswer_staysExpired_evenIfTheClockIsSetBack() throws IOException {
    AtomicReference<Instant> now = new AtomicReference<>(NOW);
    Disclosed disclosed = (Disclosed) ask(OddServer.json(DISCLOSED), now::get);
    now.set(NOW.plusSeconds(3_600));
    assertThat(disclosed.isFresh()).isFalse();
    now.set(NOW);
    assertGone(disclosed);
  }

  @Test
  void anAnswerThatMayNotBeKept_isUsableForAMoment() throws IOException {
    ObjectNode body = tree(DISCLOSED);
    first(body).put("keepForSeconds", 0);
    AtomicReference<Instant> now = new AtomicReference<>(NOW);
    Disclosed disclosed = (Disclosed) ask(OddServer.json(body.toString()), now::get);
    assertThat(disclosed.keepUntil()).isEqualTo(NOW);
    assertThat(disclosed.value("email")).isPresent();
    now.set(NOW.plusSeconds(30));
    assertGone(disclosed);
  }

  @Test
  void anAppThatHasNotDeclaredTheObligations_getsNoValues() throws IOException {
    try (OddServer server = new OddServer(OddServer.json(DISCLOSED));
        VaultClient client = new VaultClient(VaultSettings.of(server.base(), () -> "token-1"))) {
      Disclosed disclosed = (Disclosed) client.ask(PURPOSE, ANN, ATTRIBUTES);
      assertThat(disclosed.obligations()).containsExactly(Obligation.NO_ONWARD_TRANSFER);
      assertThat(disclosed.toString()).contains("NO_ONWARD_TRANSFER").doesNotContain(CANARY);
      for (ThrowingCallable take :
          List.<ThrowingCallable>of(disclosed::values, () -> disclosed.value("email"))) {
        assertThatIllegalStateException()
            .isThrownBy(take)
            .withMessageContaining("NO_ONWARD_TRANSFER")
            .withMessageContaining("keeping()");
      }
    }
  }

  @Test
  void limitedAttributes_areNamedWithTheirReasons() throws IOException {
    ObjectNode body = tree(DISCLOSED);
    first(body).putObject("cut").put("purchase", "EVENT_CAP");
    Disclosed disclosed = (Disclosed) ask(OddServer.json(body.toString()));
    assertThat(disclosed.cut()).isEqualTo(Map.of("purchase", "EVENT_CAP"));
    assertThat(((Disclosed) ask(OddServer.json(DISCLOSED))).cut()).isEmpty();
  }

  @Test
  void aRefusal_hasItsReasonsAndItsReceipt_whateverElseTheProblemHas() throws IOException {
    ObjectNode body = tree(REFUSED);
    ((ObjectNode) first(body).get("problem")).put("a_later_member", 1);
    Refused refused = (Refused) ask(OddServer.json(body.toString()));
    assertThat(refused.reasons()).containsExactly("NOT_PERMITTED");
    assertThat(refused.receipt().index()).isEqualTo(7);
  }

  @Test
  void aDamagedRecord_isASeparateOutcome_withItsReceipt() throws IOException {
    ObjectNode body = tree(REFUSED);
    ((ObjectNode) first(body).get("problem")).put("code", "record_damaged").put("status", 500);
    Damaged damaged = (Damaged) ask(OddServer.json(body.toString()));
    assertThat(damaged.receipt().index()).isEqualTo(7);
  }

  @Test
  void answers_printNoValues() throws IOException {
    Disclosed disclosed = (Disclosed) ask(OddServer.json(DISCLOSED));
    assertThat(disclosed.toString()).contains("email", "CATEGORY_NOT_ALLOWED", "7");
    assertThat(disclosed.toString() + disclosed.values() + disclosed.value("email"))
        .doesNotContain(CANARY);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changes")
  void malformedAnswers_areRefused(String what, String from, Consumer<ObjectNode> change)
      throws IOException {
    ObjectNode body = tree(from);
    change.accept(first(body));
    assertIsNone(OddServer.json(body.toString()));
  }

  static Stream<Arguments> changes() {
    return Stream.of(
        disclosed("a limit without attributes", a -> a.putObject("cut").put("income", "EVENT_CAP")),
        disclosed("a limit without a reason", a -> a.putObject("cut").put("purchase", "")),
        disclosed("a limit that is a list", a -> a.putArray("cut").add("purchase")),
        disclosed("no receipt", a -> a.remove("receipt")),
        disclosed("a null receipt", a -> a.putNull("receipt")),
        disclosed("a receipt without leaf hash", a -> object(a, "receipt").remove("leafHash")),
        disclosed("a receipt of half a hash", a -> object(a, "receipt").put("leafHash", "6d6d")),
        disclosed("a receipt of no decision", a -> object(a, "receipt").put("decision", "")),
        disclosed("a receipt before the log", a -> object(a, "receipt").put("index", -1)),
        disclosed("a receipt with a text as index", a -> object(a, "receipt").put("index", "7")),
        disclosed("a receipt with half an index", a -> object(a, "receipt").put("index", 7.5)),
        disclosed("a receipt with a member more", a -> object(a, "receipt").put("x", 1)),
        disclosed(
            "a value that was not requested",
            a -> object(a, "values").set("health_note", a.at("/values/email").deepCopy())),
        disclosed(
            "a reason for an attribute that was not requested",
            a -> object(a, "withheld").put("mood", "TOO_OLD")),
        disclosed("an attribute missing", a -> object(a, "values").remove("email")),
        disclosed(
            "an attribute both given and withheld",
            a -> object(a, "withheld").put("email", "NOT_AVAILABLE")),
        disclosed("another purpose", a -> a.put("purpose", "dpv:CustomerCare")),
        disclosed("another customer", a -> a.put("customer", "customer_number:1785")),
        disclosed("no basis", a -> a.put("basis", "")),
        disclosed("a member more", a -> a.put("note", CANARY)),
        disclosed("values and a problem", a -> a.set("problem", tree(REFUSED))),
        disclosed("no values", a -> a.remove("values")),
        disclosed("values as a list", a -> a.putArray("values")),
        disclosed("a value without time", a -> object(a, "values", "email").remove("observed")),
        disclosed("an invalid time", a -> object(a, "values", "email").put("observed", CANARY)),
        observed("the hour 24", "2026-11-24T24:00:00Z"),
        observed("an offset with seconds", "2026-11-24T12:00:00+02:00:30"),
        observed("a fraction without digits", "2026-11-24T12:00:00.Z"),
        observed("a day that does not exist", "2026-02-30T12:00:00Z"),
        disclosed("a value without source", a -> object(a, "values", "email").remove("source")),
        disclosed("a value without value", a -> object(a, "values", "email").remove("value")),
        disclosed(
            "a mask that is not a code", a -> object(a, "values", "email").put("masked", CANARY)),
        disclosed("a bare value", a -> object(a, "values").put("email", CANARY)),
        disclosed("an empty list of events", a -> object(a, "values").putArray("purchase")),
        disclosed("a list of lists", a -> object(a, "values").putArray("purchase").addArray()),
        disclosed("a reason that is not a code", a -> object(a, "withheld").put("income", CANARY)),
        disclosed("an unknown obligation", a -> a.putArray("obligations").add("TELL_NOBODY")),
        disclosed("no obligations", a -> a.remove("obligations")),
        disclosed("no retention", a -> a.remove("keepForSeconds")),
        disclosed("a retention as text", a -> a.put("keepForSeconds", "3600")),
        disclosed("a negative retention", a -> a.put("keepForSeconds", -1)),
        disclosed("a retention of a century", a -> a.put("keepForSeconds", 3_155_760_000L)),
        disclosed("a retention beyond a long", a -> a.put("keepForSeconds", 1e30)),
        refused("a refusal without receipt", a -> object(a, "problem").remove("receipt")),
        refused("a refusal without reasons", a -> object(a, "problem").remove("reasons")),
        refused(
            "a refusal with an empty list of reasons",
            a -> object(a, "problem").putArray("reasons")),
        refused(
            "a refusal with a reason in words",
            a -> object(a, "problem").putArray("reasons").add(CANARY)),
        refused("another problem", a -> object(a, "problem").put("code", "overloaded")),
        refused("a problem that is a text", a -> a.put("problem", "not_permitted")),
        refused("a refusal with values", a -> a.putObject("values")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bodies")
  void aBodyOtherThanOneAnswer_isRefused(String what, HttpHandler answer) throws IOException {
    assertIsNone(answer);
  }

  static Stream<Arguments> bodies() {
    JsonNode one = tree(DISCLOSED).at("/answers/0");
    byte[] latin = DISCLOSED.replace("****", "é").getBytes(StandardCharsets.ISO_8859_1);
    return Stream.of(
        Arguments.of("nothing", OddServer.json("")),
        Arguments.of("a page", OddServer.json("<html>" + CANARY)),
        Arguments.of("a list", OddServer.json("[" + DISCLOSED + "]")),
        Arguments.of("null", OddServer.json("null")),
        Arguments.of("the single form", OddServer.json(one.toString())),
        Arguments.of("two answers", OddServer.json("{\"answers\":[" + one + "," + one + "]}")),
        Arguments.of("no answers", OddServer.json("{\"answers\":[]}")),
        Arguments.of("something after it", OddServer.json(DISCLOSED + "{}")),
        Arguments.of(
            "a member twice",
            OddServer.json(DISCLOSED.replace("3600", "60, \"keepForSeconds\": 3600"))),
        Arguments.of(
            "too deep",
            OddServer.json(
                DISCLOSED.replace("0.12345678901234567890125", "[".repeat(70) + "]".repeat(70)))),
        Arguments.of("not UTF-8", OddServer.answer(200, "application/json", latin)),
        Arguments.of("another type", OddServer.answer(200, "text/html", DISCLOSED)),
        Arguments.of("a problem", OddServer.answer(200, "application/problem+json", DISCLOSED)),
        Arguments.of("created", OddServer.answer(201, "application/json", DISCLOSED)),
        Arguments.of("no content", OddServer.answer(204, "application/json", "")),
        Arguments.of("a refusal as the page", OddServer.answer(403, "application/json", REFUSED)),
        Arguments.of("another's 404", OddServer.answer(404, "text/html", "<html>" + CANARY)),
        Arguments.of("a problem of no code", OddServer.problem(400, "{\"status\": 400}")),
        Arguments.of(
            "a problem of another status", OddServer.problem(404, Samples.UNKNOWN_ATTRIBUTE)));
  }

  @Test
  void everyTruncatedAnswer_isRefused() throws IOException {
    byte[] whole = DISCLOSED.getBytes(StandardCharsets.UTF_8);
    try (OddServer server = new OddServer();
        VaultClient client = client(server, CLOCK)) {
      for (int length = 0; length < whole.length; length++) {
        byte[] beginning = Arrays.copyOf(whole, length);
        server.only(OddServer.answer(200, "application/json", beginning));
        assertThat(
                catchThrowableOfType(
                    VaultProtocolException.class, () -> client.ask(PURPOSE, ANN, ATTRIBUTES)))
            .as("%d bytes", length)
            .isNotNull();
      }
    }
  }

  @Test
  void aWrongRequest_isAProblemWithStatusCodeAndDetail() throws IOException {
    VaultProblem problem =
        catchThrowableOfType(
            VaultProblem.class, () -> ask(OddServer.problem(400, Samples.UNKNOWN_ATTRIBUTE)));
    assertThat(problem.status()).isEqualTo(400);
    assertThat(problem.code()).isEqualTo("unknown_attribute");
    assertThat(problem.detail()).isEqualTo("See /v1/attributes");
  }

  @Test
  void aProblemsText_isOneShortLine() throws IOException {
    String detail = "line\\n2026-11-24 INFO forged" + "!".repeat(5_000);
    VaultProblem problem =
        catchThrowableOfType(
            VaultProblem.class,
            () ->
                ask(
                    OddServer.problem(
                        400, Samples.UNKNOWN_ATTRIBUTE.replace("See /v1/attributes", detail))));
    assertThat(problem.detail()).startsWith("line 2026").hasSize(500);
    assertThat(problem.getMessage()).doesNotContain("\n");
  }

  @Test
  void theQuestionAndTheReason_areSentInTheBody_notInTheUrl() throws IOException {
    try (OddServer server = new OddServer(OddServer.json(DISCLOSED));
        VaultClient client = client(server, CLOCK)) {
      Purpose iri = Purpose.of("https://w3id.org/dpv#ServicePersonalisation");
      client.ask(iri, ANN, List.of("purchase", "income", "email", "email"), "Ann is on the phone");

      OddServer.Heard heard = server.heard().getFirst();
      assertThat(heard.method() + " " + heard.path()).isEqualTo("POST /v1/context");
      assertThat(heard.headers().get("Authorization")).containsExactly("Bearer token-1");
      assertThat(heard.headers().getFirst("Content-Type")).isEqualTo("application/json");
      assertThat(tree(heard.body()))
          .isEqualTo(
              tree(
                  """
                  {"purpose": "dpv:ServicePersonalisation",
                   "attributes": ["email", "income", "purchase"],
                   "customers": ["customer_number:17850"], "reason": "Ann is on the phone"}\
                  """));
    }
  }

  @Test
  void manyThreads_eachGetTheAnswerToTheirOwnQuestion() throws Exception {
    HttpHandler echo =
        exchange -> {
          String customer = exchange.getRequestHeaders().getFirst("Authorization").substring(7);
          OddServer.json(DISCLOSED.replace("17850", customer).replace(CANARY, customer))
              .handle(exchange);
        };
    ThreadLocal<String> mine = new ThreadLocal<>();
    try (OddServer server = new OddServer(echo);
        VaultClient client =
            new VaultClient(
                VaultSettings.builder(server.base(), mine::get)
                    .keeping(Obligation.NO_ONWARD_TRANSFER)
                    .build());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Void> asking =
          () -> {
            String number = Long.toString(Thread.currentThread().threadId());
            mine.set(number);
            CustomerId customer = new CustomerId("customer_number", number);
            for (int i = 0; i < 20; i++) {
              Disclosed answer = (Disclosed) client.ask(PURPOSE, customer, ATTRIBUTES);
              assertThat(answer.value("email").orElseThrow().value().textValue())
                  .isEqualTo("**** " + number);
            }
            return null;
          };
      List<Future<Void>> all =
          IntStream.range(0, 16).mapToObj(_ -> threads.submit(asking)).toList();
      for (Future<Void> one : all) {
        one.get();
      }
      assertThat(server.heard()).hasSize(320);
    }
  }

  private static void assertIsNone(HttpHandler answer) {
    Throwable thrown = catchThrowableOfType(VaultProtocolException.class, () -> ask(answer));
    assertThat(thrown).isNotNull().hasNoCause().hasNoSuppressedExceptions();
    assertThat(thrown.getMessage()).doesNotContain(CANARY);
  }

  private static Answer ask(HttpHandler answer) throws IOException {
    return ask(answer, CLOCK);
  }

  private static Answer ask(HttpHandler answer, InstantSource clock) throws IOException {
    try (OddServer server = new OddServer(answer);
        VaultClient client = client(server, clock)) {
      return client.ask(PURPOSE, ANN, ATTRIBUTES);
    }
  }

  private static VaultClient client(OddServer server, InstantSource clock) {
    return new VaultClient(
        VaultSettings.builder(server.base(), () -> "token-1")
            .keeping(Obligation.NO_ONWARD_TRANSFER)
            .build(),
        clock,
        new Random(1),
        time -> {
          throw new AssertionError("Nothing to wait for, yet waited " + time);
        });
  }

  private static Arguments disclosed(String what, Consumer<ObjectNode> change) {
    return Arguments.of(what, DISCLOSED, change);
  }

  private static Arguments observed(String what, String time) {
    return disclosed(what, a -> object(a, "values", "email").put("observed", time));
  }

  private static Arguments refused(String what, Consumer<ObjectNode> change) {
    return Arguments.of(what, REFUSED, change);
  }

  private static ObjectNode object(JsonNode node, String... path) {
    JsonNode found = node;
    for (String field : path) {
      found = found.path(field);
    }
    return (ObjectNode) found;
  }
}
