package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.audit.AuditSearch;
import io.contextkeep.policy.Reason;
import io.contextkeep.vault.OpenApi.Operation;
import io.contextkeep.vault.identity.Role;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * The completeness of the gate: every operation of the contract, in every form of its answer, by
 * every kind of caller, about a customer in every state of consent. Personal data, a canary, is
 * disclosed exactly where this class says that it may be, and then the log has a permit for it;
 * every refusal has coded reasons. New operations are included without a change of this test.
 */
@TestInstance(Lifecycle.PER_CLASS)
@Order(1)
final class GateCompletenessIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final OpenApi API = OpenApi.bundled();
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final String ATTRIBUTES = "country,email,health_note,purchase";
  private static final String BYSTANDER = "99";
  private static final Pattern SEEN =
      Pattern.compile("(?i)" + CANARY + "-([a-z]+)-([a-z_]+)-([0-9]+)");

  /** The state of a customer towards the shop. */
  private enum State {
    NONE,
    GIVEN,
    EXPLICIT,
    WITHDRAWN,
    REFUSED,
    EXPIRED,
    OBJECTED,
    RESTRICTED,
    ERASED
  }

  /**
   * The caller: without a token, each role, an app for an unregistered purpose, another customer.
   */
  private enum Asker {
    NOBODY,
    CUSTOMER,
    APP,
    SOURCE,
    ANALYST,
    AUDITOR,
    OPERATOR,
    OTHER_APP,
    OTHER_CUSTOMER
  }

  /**
   * @param decision an entry of the log that records a decision about the customer
   */
  private record Person(State state, int number, long decision) {
    String name() {
      return "customer_number:" + number;
    }
  }

  private final Map<State, Person> standing = new EnumMap<>(State.class);
  private final Map<String, String> tokens = new ConcurrentHashMap<>();
  private TestVault vault;
  private final AtomicInteger numbers = new AtomicInteger(100_000);

  @BeforeAll
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    vault.register(
        "/v1/apps/other",
        "{\"name\": \"Other\", \"facets\": [], \"purposes\": [\"dpv:Marketing\"]}");
    vault.register(
        "/v1/analytics/budgets/dpv:ServicePersonalisation/shop",
        "{\"rho\": 1, \"delta\": 0.000001}");
    vault.write(BYSTANDER, "country", "\"Iceland\"");
    for (State state : State.values()) {
      standing.put(state, person(state));
    }
  }

  @AfterAll
  void checkInvariants() {
    checkLoggedRefusals();
    vault.close();
  }

  private Person standing(State state) {
    return Objects.requireNonNull(standing.get(state));
  }

  private Person person(State state) {
    int number = numbers.incrementAndGet();
    Person person = new Person(state, number, 0);
    StringBuilder lines = new StringBuilder();
    for (String[] held :
        new String[][] {
          {"attribute", "country", "\"%s\""},
          {"attribute", "email", "\"%s@example.com\""},
          {"attribute", "health_note", "\"%s\""},
          {"event", "purchase", "{\"what\": \"%s\"}"}
        }) {
      ObjectNode line = JSON.createObjectNode();
      line.putObject("customer")
          .put("customer_number", String.valueOf(number))
          .put("device", canary(person, "identifier"));
      line.put(held[0], held[1]).put("observed", vault.observedNow());
      line.set("value", json(held[2].formatted(canary(person, held[1]))));
      if (held[0].equals("event")) {
        line.put("id", "1");
      }
      lines.append(line).append('\n');
    }
    JsonNode kept =
        ok(vault.post(
                vault.token(Role.SOURCE, "crm"),
                "/v1/ingest",
                lines.toString(),
                Map.of("Idempotency-Key", UUID.randomUUID().toString())))
            .body();
    assertThat(kept.path("kept").intValue()).as("%s", kept).isEqualTo(4);
    stand(person, vault.customer(person.name()));
    long decision =
        vault.ask(String.valueOf(number), "country").body().at("/receipt/index").asLong();
    return new Person(state, number, decision);
  }

  private void stand(Person person, String token) {
    switch (person.state()) {
      case NONE -> {}
      case GIVEN -> ok(vault.put(token, CONSENT, ""));
      case EXPLICIT -> ok(vault.put(token, CONSENT, "{\"explicit\": true}"));
      case WITHDRAWN -> {
        ok(vault.put(token, CONSENT, ""));
        ok(vault.delete(token, CONSENT));
      }
      case REFUSED -> ok(vault.delete(token, CONSENT));
      case EXPIRED -> {
        Instant soon = vault.clock().instant().plusSeconds(1);
        ok(vault.put(token, CONSENT, "{\"expires\": \"" + soon + "\"}"));
        vault.advance(Duration.ofSeconds(2));
      }
      case OBJECTED -> {
        ok(vault.put(token, CONSENT, ""));
        ok(vault.put(token, "/v1/me/objections/dpv:Personalisation", ""));
      }
      case RESTRICTED -> {
        ok(vault.put(token, CONSENT, ""));
        ok(vault.put(token, "/v1/me/restriction", ""));
      }
      case ERASED -> {
        ok(vault.put(token, CONSENT, ""));
        ok(vault.delete(token, "/v1/me"));
      }
    }
  }

  private static String canary(Person person, String what) {
    return CANARY + "-" + person.state() + "-" + what + "-" + person.number();
  }

  @Test
  void canary_isFoundInEveryFormOfAnAnswer() throws IOException {
    Person person = standing(State.GIVEN);
    String leak = "{\"a\": \"" + canary(person, "country") + "\"}";
    assertThat(SEEN.matcher(leak).results()).hasSize(1);
    assertThat(SEEN.matcher(leak.toLowerCase(Locale.ROOT)).results()).hasSize(1);
  }

  @TestFactory
  Stream<DynamicTest> everyOperation_asEverybody_inEveryStateOfConsent() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Operation operation : API.operations()) {
      for (Asker asker : Asker.values()) {
        tests.add(dynamicTest(operation + " as " + asker, () -> walk(operation, asker)));
      }
    }
    return tests.stream();
  }

  /** Checks all states concurrently, each with a customer of its own. */
  private void walk(Operation operation, Asker asker)
      throws InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> walks = new ArrayList<>();
      for (State state : State.values()) {
        walks.add(
            threads.submit(
                () -> forms(operation).forEach(type -> walk(operation, asker, state, type))));
      }
      for (Future<?> walk : walks) {
        walk.get();
      }
    }
  }

  /** Returns the media types of the operation's answers; one if it states none. */
  private static List<String> forms(Operation operation) {
    List<String> types = new ArrayList<>();
    operation.node().at("/responses/200/content").fieldNames().forEachRemaining(types::add);
    return types.isEmpty() ? List.of("*/*") : types;
  }

  private void walk(Operation operation, Asker asker, State state, String type) {
    // Operations with effects use a customer of their own.
    boolean changes =
        asker == Asker.CUSTOMER && may(operation, asker) && !operation.method().equals("GET")
            || id(operation).equals("ingest") && may(operation, asker);
    Person person = changes ? person(state) : standing(state);
    HttpResponse<byte[]> answer = sent(about(person, operation), asker, person, type);
    String where = operation + " as " + asker + " about " + state + " in " + type;
    Set<String> shown = shown(answer, person, where);
    boolean gated = answer.statusCode() == 200 && isGated(operation, asker, state);
    assertThat(shown).as(where).isEqualTo(gated ? expected(asker, state) : Set.of());
    if (!shown.isEmpty()) {
      assertThat(entries(answer))
          .as(where)
          .anyMatch(entry -> entry.word("decision").equals("permit"));
    }
    checkRefusal(answer, where);
  }

  private static boolean may(Operation operation, Asker asker) {
    return operation.roles().contains(asker.name().toLowerCase(Locale.ROOT));
  }

  /** Returns whether the answer shows context: a read with consent, or the customer's own view. */
  private static boolean isGated(Operation operation, Asker asker, State state) {
    return switch (id(operation)) {
      case "readContext", "readContexts" ->
          asker == Asker.APP && Set.of(State.GIVEN, State.EXPLICIT).contains(state);
      case "viewMe", "exportMe" -> asker == Asker.CUSTOMER && state != State.ERASED;
      default -> false;
    };
  }

  /** Addresses are masked for apps, and health data needs an explicit consent. */
  private static Set<String> expected(Asker asker, State state) {
    Set<String> expected = new TreeSet<>(Set.of("country", "purchase"));
    if (asker == Asker.CUSTOMER) {
      expected.addAll(Set.of("email", "health_note", "identifier"));
    } else if (state == State.EXPLICIT) {
      expected.add("health_note");
    }
    return expected;
  }

  private static String id(Operation operation) {
    return operation.node().path("operationId").asText();
  }

  /** Returns the contract's own sample, about the given customer if it names one. */
  private Sample about(Person person, Operation operation) {
    Sample sample = Sample.of(API, operation);
    for (JsonNode parameter : operation.node().path("parameters")) {
      if (parameter.path("name").asText().equals("customer")
          && parameter.path("in").asText().equals("query")) {
        sample = sample.query("customer", Sample.encoded(person.name()));
      }
    }
    return switch (id(operation)) {
      case "readContext" ->
          sample
              .path("/v1/customers/" + person.name() + "/context")
              .query("purpose", "dpv:ServicePersonalisation")
              .query("attributes", ATTRIBUTES);
      case "readContexts" ->
          sample.with(
              """
              {"purpose": "dpv:ServicePersonalisation", "customers": ["%s"],
               "attributes": ["country", "email", "health_note", "purchase"]}\
              """
                  .formatted(person.name()));
      case "ingest" ->
          sample.bytes(
              new String(sample.body(), StandardCharsets.UTF_8)
                  .replace("12347", String.valueOf(person.number()))
                  .getBytes(StandardCharsets.UTF_8));
      default -> sample.ofDecision(person.decision());
    };
  }

  private HttpResponse<byte[]> sent(Sample sample, Asker asker, Person person, String type) {
    Sample whole = sample.header("Accept", type);
    Sample complete = asker == Asker.NOBODY ? whole : whole.as(token(asker, person, sample));
    return vault.exchange(
        sample.operation().method(), complete.target(), complete.body(), complete.headers());
  }

  /** Returns a token, the same for each request of the caller: a signature costs as much as one. */
  private String token(Asker asker, Person person, Sample sample) {
    boolean writes = id(sample.operation()).equals("ingest");
    return switch (asker) {
      case NOBODY -> throw new IllegalArgumentException();
      case CUSTOMER -> customer(person.name());
      case OTHER_CUSTOMER -> customer("customer_number:" + BYSTANDER);
      case APP -> token(Role.APP, writes ? "crm" : "shop");
      case OTHER_APP -> token(Role.APP, "other");
      case SOURCE -> token(Role.SOURCE, "crm");
      case ANALYST -> token(Role.ANALYST, "walker");
      case AUDITOR -> token(Role.AUDITOR, "walker");
      case OPERATOR -> token(Role.OPERATOR, "walker");
    };
  }

  private String token(Role role, String id) {
    return tokens.computeIfAbsent(role + " " + id, _ -> vault.token(role, id));
  }

  private String customer(String account) {
    return tokens.computeIfAbsent(account, _ -> vault.customer(account));
  }

  /** Returns the customer's data found in the answer, its headers or its archives. */
  private static Set<String> shown(HttpResponse<byte[]> answer, Person person, String where) {
    Set<String> shown = new TreeSet<>();
    for (MatchResult found : SEEN.matcher(text(answer)).results().toList()) {
      assertThat(found.group(3)).as(where).isEqualTo(String.valueOf(person.number()));
      shown.add(found.group(2));
    }
    return shown;
  }

  private static String text(HttpResponse<byte[]> answer) {
    StringBuilder text = new StringBuilder(answer.headers().map().toString());
    text.append(new String(answer.body(), StandardCharsets.UTF_8));
    if (answer.headers().firstValue("Content-Type").orElse("").equals("application/zip")) {
      try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(answer.body()))) {
        while (zip.getNextEntry() != null) {
          text.append(new String(zip.readAllBytes(), StandardCharsets.UTF_8));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return text.toString();
  }

  /** Returns the log entries of the answered request. */
  private List<AuditRow> entries(HttpResponse<byte[]> answer) {
    String request = answer.headers().firstValue("X-Request-Id").orElse("");
    AuditQuery query = AuditQuery.ALL.withRequest(request);
    return request.isEmpty()
        ? List.of()
        : vault.vault().db().inRead(c -> AuditSearch.oldest(c, query, 0, Long.MAX_VALUE, 1_000));
  }

  /** Checks that a refusal is a coded problem, and that the log has one of the gate. */
  private void checkRefusal(HttpResponse<byte[]> answer, String where) {
    if (answer.statusCode() < 400) {
      for (JsonNode one :
          TestVault.isJson(answer) ? TestVault.json(answer).path("answers") : List.<JsonNode>of()) {
        assertThat(one.has("values") || !one.at("/problem/reasons").isEmpty()).as(where).isTrue();
      }
      return;
    }
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .as(where)
        .isEqualTo("application/problem+json");
    String code = TestVault.json(answer).path("code").asText();
    assertThat(code).as(where).matches("[a-z_]+");
    if (code.equals("not_permitted")) {
      assertThat(TestVault.json(answer).path("reasons")).as(where).isNotEmpty();
      assertThat(entries(answer))
          .as(where)
          .anyMatch(entry -> entry.word("decision").equals("refuse"));
    }
  }

  /** Checks that each refusal in the log has its reasons; those of the gate have remedies. */
  private void checkLoggedRefusals() {
    List<AuditRow> refusals =
        vault.vault().db().inRead(LoggedEntries::all).stream()
            .filter(entry -> entry.word("decision").equals("refuse"))
            .toList();
    assertThat(refusals).isNotEmpty();
    for (AuditRow entry : refusals) {
      assertThat(entry.words("reasons")).as("%s", entry).isNotEmpty();
      if (entry.word("population").isEmpty()) {
        assertThat(entry.words("reasons"))
            .as("%s", entry)
            .allSatisfy(code -> assertThat(Reason.of(code).remedy()).isNotBlank());
      }
    }
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
