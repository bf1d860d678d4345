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
 * An app's way to its vault: asks for context with a stated purpose and, where the app may, writes
 * it. One client serves all threads of an app; a call blocks its thread until there is an answer.
 *
 * <p>Whatever is not a whole, well-formed answer to the very question is an exception, never half
 * an answer: {@link VaultProblem} when the vault says what is wrong with the request, {@link
 * VaultProtocolException} when what answered cannot be the vault. When it cannot answer now, the
 * client tries again where that is safe, a bounded number of times, and then says {@link
 * Unavailable}.
 *
 * <p>Customers and reasons travel in bodies, never in addresses, which end up in the logs of
 * everything between.
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
   * Asks for these attributes of the customer.
   *
   * @throws VaultProblem if the vault says that the request is wrong
   * @throws VaultProtocolException if what answers does not answer as a vault must
   * @throws CancellationException if the thread is interrupted; it stays so
   */
  public Answer ask(Purpose purpose, CustomerId customer, List<String> attributes) {
    return one(purpose, customer, attributes, Optional.empty());
  }

  /**
   * Asks, and tells the customer why in words of the app's own.
   *
   * @param reason up to 200 characters, which the customer sees beside this access
   */
  public Answer ask(Purpose purpose, CustomerId customer, List<String> attributes, String reason) {
    return one(purpose, customer, attributes, Optional.of(reason));
  }

  /**
   * Asks the same about each of up to 100 customers, who are decided and logged one by one. When
   * there is no answer now, that is so for all of them, though some may have been decided, and will
   * be again when they are asked again.
   */
  public Map<CustomerId, Answer> askAll(
      Purpose purpose, List<CustomerId> customers, List<String> attributes) {
    return all(purpose, customers, attributes, Optional.empty());
  }

  /** Asks about each customer, and tells each of them why. */
  public Map<CustomerId, Answer> askAll(
      Purpose purpose, List<CustomerId> customers, List<String> attributes, String reason) {
    return all(purpose, customers, attributes, Optional.of(reason));
  }

  /**
   * Writes up to 10,000 lines. Each line is kept or refused by itself, all in one transaction.
   *
   * @param idempotencyKey names this write: the same lines under the same key are written once,
   *     however often they are sent, so send them again when the answer was {@link Unavailable}.
   *     Nothing personal; up to 200 visible ASCII characters
   */
  public Written write(List<ContextLine> lines, String idempotencyKey) {
    if (lines.isEmpty() || lines.size() > MAX_LINES) {
      throw new IllegalArgumentException("Write 1 to " + MAX_LINES + " lines at once");
    }
    if (!KEY.matcher(idempotencyKey).matches()) {
      throw new IllegalArgumentException("A key has 1 to 200 visible ASCII characters");
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
   * sign and that continues the newest one that was seen before.
   *
   * @throws IllegalStateException if the settings do not say whom to believe
   */
  public LogVerdict verify(Receipt receipt) {
    return log().verify(receipt);
  }

  /** Checks that the log which the vault shows to everybody is the one that was seen before. */
  public LogVerdict checkLog() {
    return log().look();
  }

  /**
   * The notices of erasures that this app has not acknowledged. An app that has an endpoint for
   * them is sent them as well, see {@link NoticeTrust#read}.
   *
   * @throws VaultProtocolException if one of them is not the vault's word to this app
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
              .orElseThrow(() -> Json.wrong("has a notice that is not the vault's to this app")));
    }
    return new ErasureNotices(open, body.path("moreAvailable").asBoolean());
  }

  /** Says what the app did after an erasure. Then the vault forgets the customer's name, too. */
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
        () -> new IllegalStateException("Say whom to believe: VaultSettings.trusting(LogTrust)"));
  }

  /** Lets the calls under way end. */
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

  /** Sends until there is an answer, trying again is not safe, or timeout ends. */
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
   * A write has its key. A question that may have been answered is not put again unasked: the
   * customer would see two accesses where the app knows of one.
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
