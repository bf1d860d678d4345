package io.contextkeep.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The client of a vault for apps. It reads context for a stated purpose and, if the app may, writes
 * it. One client serves all threads of an app; a call blocks its thread until there is an answer.
 *
 * <p>Anything but a complete, well-formed answer to the request is an exception: {@link
 * VaultProblem} if the vault reports a fault of the request, {@link VaultProtocolException} if the
 * answer cannot be the vault's. If the vault cannot answer now, the client retries where that is
 * safe, a limited number of times, and then returns {@link Unavailable}.
 *
 * <p>Customers and reasons are sent in bodies, never in URLs, which proxies log.
 */
public final class VaultClient implements AutoCloseable {
  private static final int MAX_LINES = 10_000;
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,200}");

  private final Wire wire;
  private final int retries;
  private final Backoff backoff;
  private final Pause pause;
  private final Optional<LogReader> log;
  private final Disclosed.Handling handling;

  public VaultClient(VaultSettings settings) {
    this(settings, InstantSource.system(), RandomGenerator.getDefault(), Thread::sleep);
  }

  VaultClient(VaultSettings settings, InstantSource clock, RandomGenerator random, Pause pause) {
    this.wire = new Wire(settings, clock);
    this.handling = new Disclosed.Handling(clock, settings.kept());
    this.retries = settings.retries();
    this.backoff = new Backoff(random);
    this.pause = pause;
    this.log = settings.log().map(trust -> new LogReader(trust, this::get));
  }

  /**
   * Reads attributes of a customer.
   *
   * @throws VaultProblem if the vault reports a fault of the request
   * @throws VaultProtocolException if the answer is not one of a vault
   * @throws CancellationException if the thread is interrupted; it stays so
   */
  public Answer ask(Purpose purpose, CustomerId customer, List<String> attributes) {
    return one(purpose, customer, attributes, Optional.empty());
  }

  /**
   * Reads attributes of a customer, with a reason for the customer.
   *
   * @param reason up to 200 characters, shown to the customer with this access
   */
  public Answer ask(Purpose purpose, CustomerId customer, List<String> attributes, String reason) {
    return one(purpose, customer, attributes, Optional.of(reason));
  }

  /**
   * Reads the same attributes of up to 100 customers, who are decided and logged separately. If
   * there is no answer now, some of them may have been decided, and a retry decides them again.
   */
  public Map<CustomerId, Answer> askAll(
      Purpose purpose, List<CustomerId> customers, List<String> attributes) {
    return all(purpose, customers, attributes, Optional.empty());
  }

  /** Reads attributes of several customers, with a reason for them. */
  public Map<CustomerId, Answer> askAll(
      Purpose purpose, List<CustomerId> customers, List<String> attributes, String reason) {
    return all(purpose, customers, attributes, Optional.of(reason));
  }

  /**
   * Writes up to 10,000 lines. Each line is accepted or refused separately, all in one transaction.
   *
   * @param idempotencyKey identifies this write: the same lines with the same key are written once,
   *     so retry with it after {@link Unavailable}. It must not be personal data, and has up to 200
   *     visible ASCII characters
   */
  public Written write(List<ContextLine> lines, String idempotencyKey) {
    if (lines.isEmpty() || lines.size() > MAX_LINES) {
      throw new IllegalArgumentException("Write 1 to " + MAX_LINES + " lines at once");
    }
    if (!KEY.matcher(idempotencyKey).matches()) {
      throw new IllegalArgumentException("A key must have 1 to 200 visible ASCII characters");
    }
    byte[] body = body(lines);
    Call call = new Call("/v1/ingest", "application/x-ndjson", body, Optional.of(idempotencyKey));
    return switch (exchange(call)) {
      case Wire.Unanswered(Unavailable why) -> why;
      case Wire.Answered answered -> WriteReport.read(document(answered), lines.size());
    };
  }

  /**
   * Checks that a decision is in the vault's audit log, under a checkpoint that the pinned keys
   * signed and that continues the newest one seen.
   *
   * @throws IllegalStateException if the settings have no {@link LogTrust}
   */
  public LogVerdict verify(Receipt receipt) {
    return log().verify(receipt);
  }

  /** Checks that the vault's public log continues the one seen before. */
  public LogVerdict checkLog() {
    return log().look();
  }

  /**
   * Returns the notices of erasures that this app has not acknowledged. They are also sent to the
   * app's endpoint, if it has one; see {@link NoticeTrust#read}.
   *
   * @throws VaultProtocolException if one of them is not signed by the vault for this app
   */
  public Notified erasureNotices(NoticeTrust trust) {
    Wire.Outcome outcome =
        untilAnswered(() -> wire.send(wire.question("/v1/erasure-notices")), _ -> true);
    return switch (outcome) {
      case Wire.Unanswered(Unavailable why) -> why;
      case Wire.Answered answered -> notices(document(answered), trust);
    };
  }

  private static ErasureNotices notices(JsonNode body, NoticeTrust trust) {
    Json.only(body, Set.of("sets", "moreAvailable"));
    List<ErasureNotice> open = new ArrayList<>();
    for (JsonNode token : Json.object(body, "sets")) {
      open.add(
          trust
              .read(token.asText())
              .orElseThrow(
                  () -> Json.wrong("has a notice that the vault did not issue to this app")));
    }
    return new ErasureNotices(open, body.path("moreAvailable").asBoolean());
  }

  /** Reports the app's action after an erasure. Then the vault forgets the customer's name too. */
  public Acknowledged acknowledge(ErasureNotice notice, ErasureNotice.Outcome outcome) {
    byte[] body = Json.bytes(Json.newObject().put("outcome", outcome.code()));
    String path = "/v1/erasure-notices/" + notice.id() + "/acknowledgement";
    Wire.Outcome answer =
        untilAnswered(() -> wire.send(wire.request(path, "application/json", body)), _ -> true);
    return switch (answer) {
      case Wire.Unanswered(Unavailable why) -> why;
      case Wire.Answered answered -> {
        Json.check(
            document(answered).path("notice").asText().equals(notice.id()),
            "is about another notice");
        yield new Acknowledged.Taken();
      }
    };
  }

  private LogReader log() {
    return log.orElseThrow(
        () ->
            new IllegalStateException(
                "Give the settings a LogTrust: VaultSettings.builder(…).trusting(trust)"));
  }

  /** Closes the client after the current calls. */
  @Override
  public void close() {
    wire.close();
  }

  private record Call(String path, String contentType, byte[] body, Optional<String> key) {}

  private Answer one(
      Purpose purpose, CustomerId customer, List<String> attributes, Optional<String> reason) {
    return all(purpose, List.of(customer), attributes, reason).values().iterator().next();
  }

  private Map<CustomerId, Answer> all(
      Purpose purpose,
      List<CustomerId> customers,
      List<String> attributes,
      Optional<String> reason) {
    Question question = new Question(purpose, customers, new LinkedHashSet<>(attributes), reason);
    Call call = new Call("/v1/context", "application/json", question.body(), Optional.empty());
    return switch (exchange(call)) {
      case Wire.Unanswered(Unavailable why) -> forAll(customers, why);
      case Wire.Answered answered ->
          new AnswerReader(question, answered.sent(), handling).read(document(answered));
    };
  }

  private static Map<CustomerId, Answer> forAll(List<CustomerId> customers, Unavailable why) {
    Map<CustomerId, Answer> all = new LinkedHashMap<>();
    customers.forEach(customer -> all.put(customer, why));
    return Collections.unmodifiableMap(all);
  }

  private static byte[] body(List<ContextLine> lines) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (ContextLine line : lines) {
      body.writeBytes(line.bytes());
      body.write('\n');
    }
    return body.toByteArray();
  }

  private Wire.Outcome exchange(Call call) {
    return untilAnswered(() -> wire.send(request(call)), why -> mayRepeat(call, why));
  }

  private Wire.Outcome get(String path) {
    return untilAnswered(() -> wire.get(path), _ -> true);
  }

  private HttpRequest.Builder request(Call call) {
    HttpRequest.Builder request = wire.request(call.path(), call.contentType(), call.body());
    call.key().ifPresent(key -> request.header("Idempotency-Key", key));
    return request;
  }

  /** Sends until there is an answer, a retry is not safe, or no retries are left. */
  private Wire.Outcome untilAnswered(
      Supplier<Wire.Outcome> attempt, Predicate<Unavailable> mayRepeat) {
    for (int failed = 1; ; failed++) {
      Wire.Outcome outcome = attempt.get();
      if (failed > retries
          || !(outcome instanceof Wire.Unanswered(Unavailable why))
          || !mayRepeat.test(why)) {
        return outcome;
      }
      Optional<Duration> wait = backoff.after(failed, why.retryAfter());
      if (wait.isEmpty()) {
        return outcome;
      }
      rest(wait.get());
    }
  }

  /**
   * Returns whether a retry is safe. A write has its key. A read that may have been answered is not
   * repeated, because the customer would see two accesses where the app knows of one.
   */
  private static boolean mayRepeat(Call call, Unavailable why) {
    return call.key().isPresent() || why.cause() != Unavailable.Cause.NO_ANSWER;
  }

  private void rest(Duration time) {
    try {
      pause.of(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("Interrupted while waiting to ask the vault again");
    }
  }

  private static JsonNode document(Wire.Answered answered) {
    int status = answered.status();
    String type = answered.contentType();
    if (status == 200 && type.equals("application/json")) {
      return Json.parse(answered.body());
    }
    if (status >= 400 && type.equals("application/problem+json")) {
      throw VaultProblem.read(status, Json.parse(answered.body()));
    }
    throw new VaultProtocolException(
        status >= 300 && status < 400
            ? "Redirects are not followed: set the base to the vault's own address"
            : "What answered " + status + " is not of a vault's content type; is it the vault?");
  }
}
