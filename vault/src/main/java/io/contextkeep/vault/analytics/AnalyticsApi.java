package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.policy.PolicyFailure;
import io.contextkeep.policy.Refusal;
import io.contextkeep.vault.analytics.budget.Budget;
import io.contextkeep.vault.analytics.budget.Cost;
import io.contextkeep.vault.analytics.noise.Rational;
import io.contextkeep.vault.analytics.query.BadQuery;
import io.contextkeep.vault.analytics.report.Chart;
import io.contextkeep.vault.analytics.report.Costs;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Accept;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.StepUp;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What analysts do: ask about populations, see what that costs and what is left. Whether a question
 * is refused follows from the question, the policy and the ledger, never from data, so an empty
 * vault answers and refuses as a full one does.
 */
final class AnalyticsApi implements Routes.Api {
  private static final String EVENTS = "text/event-stream";

  /** A comment: it keeps the connection, and finds out that the client has gone. */
  private static final String ALIVE = ": \n\n";

  private static final String PICTURE = "image/svg+xml";
  private static final List<String> ANSWERS = List.of(Media.JSON, PICTURE);

  /** A request waits so long for its answer, and is then told where to look for it. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** How often a request that waits looks whether its client is still there. */
  private static final Duration LOOK = Duration.ofMillis(200);

  private final Analytics analytics;

  AnalyticsApi(Analytics analytics) {
    this.analytics = analytics;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .as(Role.ANALYST)
        .get("/v1/analytics/budget", this::budget)
        .post("/v1/analytics/estimate", this::estimate)
        .on(HttpMethod.POST, "/v1/analytics/queries", Media.JSON_BODY.giving(ANSWERS), this::ask)
        .get("/v1/analytics/jobs/:job", this::job)
        .delete("/v1/analytics/jobs/:job", this::cancel)
        .on(
            HttpMethod.GET,
            "/v1/analytics/jobs/:job/events",
            Media.NO_BODY.giving(List.of(EVENTS)),
            this::events);
  }

  Answer budget(Request request) {
    request.onlyQuery();
    List<ObjectNode> all = new ArrayList<>();
    for (Budget budget : analytics.budgets()) {
      analytics
          .standing(request.caller(), budget.purpose(), budget.population())
          .ifPresent(
              standing -> {
                ObjectNode json = Costs.json(standing);
                json.put("purpose", budget.purpose());
                json.put("population", budget.population());
                all.add(json);
              });
    }
    return Answer.ok(Map.of("budgets", all));
  }

  Answer estimate(Request request) {
    request.onlyQuery();
    JsonNode body = Json.object(request.body());
    return Answer.ok(understood(() -> analytics.estimate(request.caller(), body)));
  }

  Answer ask(Request request) {
    request.onlyQuery();
    JsonNode body = Json.object(request.body());
    if (wantsPicture(request)
        && !body.has("every")
        && !body.path("measure").asText().equals("histogram")) {
      throw Problem.badRequest(
          "no_picture", "There are pictures of histograms and of time series; accept JSON");
    }
    boolean async = isAsync(request);
    Outcome outcome = understood(() -> analytics.ask(request.caller(), request.id(), body));
    return switch (outcome) {
      case Outcome.Known known -> released(request, known.release(), true);
      case Outcome.Started started -> started(request, started, async);
      case Outcome.Refused refused -> refused(refused);
      case Outcome.TooMany many -> throw tooMany(many.retryAfter());
      case Outcome.NoBudget _ ->
          throw new Problem(
              403, "no_budget", "Operators have set no budget for this purpose and population");
      case Outcome.Exhausted exhausted ->
          throw new Problem(
              403,
              "budget_exhausted",
              (exhausted.share() ? "Your share of the budget" : "The budget")
                  + " does not cover it and is never refilled; ask for a less exact answer",
              Map.of(
                  "requested", Costs.json(exhausted.asked()),
                  "budget", Costs.json(exhausted.standing())));
    };
  }

  /** Whether the client's preferences, of which there may be several (RFC 7240), include it. */
  private static boolean isAsync(Request request) {
    return request.header("Prefer").stream()
        .flatMap(prefer -> Stream.of(prefer.split("[,;]")))
        .anyMatch(preference -> preference.strip().equalsIgnoreCase("respond-async"));
  }

  private static Problem tooMany(Duration retryAfter) {
    long seconds = Math.max(1, Math.ceilDiv(retryAfter.toMillis(), 1_000));
    return new Problem(
        429,
        "too_many_questions",
        "Too many questions of yours, or of all analysts, have no answer yet; nothing was charged."
            + " Ask again when one of yours is answered or cancelled",
        Map.of(),
        Map.of("Retry-After", String.valueOf(seconds)));
  }

  private static Answer refused(Outcome.Refused refused) {
    if (PolicyFailure.Kind.areUnheard(refused.reasons())) {
      throw new Problem(
          503,
          "not_decided",
          "The policy could not be asked; ask again later",
          Map.of("reasons", refused.reasons()));
    }
    boolean weak = refused.reasons().equals(List.of(Refusal.STEP_UP));
    Map<String, Object> why = new TreeMap<>(Map.of("reasons", refused.reasons()));
    if (weak) {
      why.put("acrValues", refused.stepUp());
    }
    if (!refused.masked().isEmpty()) {
      why.put("masked", refused.masked());
    }
    Answer problem =
        Answer.problem(
            new Problem(
                weak ? 401 : 403,
                "not_permitted",
                refused.masked().isEmpty()
                    ? "The policy does not allow it, for the reasons given"
                    : "For this purpose the policy shows the attributes in 'masked' only behind a"
                        + " mask, so nobody would be counted; ask for a purpose that shows them in"
                        + " clear",
                why));
    return weak ? StepUp.challenging(problem, refused.stepUp()) : problem;
  }

  private static boolean wantsPicture(Request request) {
    return Accept.choose(request.header("Accept"), ANSWERS).equals(PICTURE);
  }

  private Answer started(Request request, Outcome.Started started, boolean async) {
    Job job = started.job();
    Job.Status status = async ? job.status() : awaited(request, job);
    if (status.release().isPresent() && !async) {
      return released(request, status.release().get(), started.again());
    }
    if (status.state() == Job.State.RUNNING || async) {
      return Answer.json(202, json(job, status))
          .with(Map.of("Location", "/v1/analytics/jobs/" + job.charge()));
    }
    throw new Problem(
        503,
        "not_answered",
        "It was cancelled or failed, for the reason given; what it was charged stays charged",
        Map.of("reasons", status.reason().stream().toList()));
  }

  /** Waits for the end, or until patience is over, or until the client has gone. */
  private Job.Status awaited(Request request, Job job) {
    long latest = System.nanoTime() + PATIENCE.toNanos();
    Job.Status status = job.status();
    while (status.state() == Job.State.RUNNING && System.nanoTime() - latest < 0) {
      status = job.ended(LOOK);
      if (status.state() == Job.State.RUNNING && request.isGone()) {
        analytics.left(job);
        return job.status();
      }
    }
    return status;
  }

  private Answer released(Request request, String release, boolean again) {
    ObjectNode json = parsed(release);
    if (wantsPicture(request)) {
      return new Answer(200, PICTURE, Chart.svg(json));
    }
    json.put("replayed", again);
    JsonNode question = json.path("question");
    Cost cost =
        Cost.charged(
            Rational.of(json.at("/cost/rho").decimalValue()),
            Rational.of(json.at("/cost/delta").decimalValue()));
    analytics
        .standing(
            request.caller(),
            question.path("purpose").asText(),
            question.path("population").asText())
        .ifPresent(standing -> json.set("budget", Costs.json(standing, cost)));
    return Answer.ok(json);
  }

  private static ObjectNode parsed(String release) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(release);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A release is not JSON", e);
    }
  }

  Answer job(Request request) {
    request.onlyQuery();
    Job job = found(request);
    Job.Status status = job.status();
    return Answer.ok(json(job, status));
  }

  private Job found(Request request) {
    return found(request, analytics::job);
  }

  private static Job found(Request request, BiFunction<Caller, Long, Optional<Job>> jobs) {
    String number = request.path("job");
    return Optional.of(number)
        .filter(text -> text.matches("[0-9]{1,18}"))
        .flatMap(text -> jobs.apply(request.caller(), Long.parseLong(text)))
        .orElseThrow(
            () -> new Problem(404, "no_such_job", "No such job of yours since the last start"));
  }

  private static ObjectNode json(Job job, Job.Status status) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("job", job.charge());
    json.put("state", Parameters.code(status.state()));
    json.put("progressPercent", status.progress() * 10);
    status.release().ifPresent(release -> json.set("release", parsed(release)));
    status.reason().ifPresent(reason -> json.put("reason", reason));
    return json;
  }

  Answer cancel(Request request) {
    request.onlyQuery();
    Job job = found(request, analytics::charged);
    return Answer.ok(json(job, analytics.cancel(job)));
  }

  /**
   * Server-sent events until the job has ended: what changed since the last event that the client
   * names, and then each change.
   */
  Answer events(Request request) {
    request.onlyQuery();
    Job job = found(request);
    long seen =
        request
            .header("Last-Event-ID")
            .filter(text -> text.matches("[0-9]{1,18}"))
            .map(Long::parseLong)
            .orElse(-1L);
    return Answer.streamed(
        EVENTS, Map.of("Cache-Control", "no-store"), out -> watch(job, seen, out));
  }

  private static void watch(Job job, long seen, OutputStream out) throws IOException {
    long told = seen;
    Job.Status status;
    do {
      status = job.after(told, PATIENCE);
      boolean news = status.version() > told || status.state() != Job.State.RUNNING;
      out.write((news ? event(job, status) : ALIVE).getBytes(StandardCharsets.UTF_8));
      out.flush();
      told = status.version();
    } while (status.state() == Job.State.RUNNING);
  }

  private static String event(Job job, Job.Status status) {
    return "id: "
        + status.version()
        + "\nevent: "
        + Parameters.code(status.state())
        + "\ndata: "
        + json(job, status)
        + "\n\n";
  }

  private static <T> T understood(Supplier<T> work) {
    try {
      return work.get();
    } catch (BadQuery bad) {
      throw Problem.badRequest(bad.code(), String.valueOf(bad.getMessage()));
    }
  }
}
