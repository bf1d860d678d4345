package io.contextkeep.vault.analytics;

import static io.contextkeep.vault.identity.Role.ANALYST;
import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.policy.PolicyFailure;
import io.contextkeep.policy.Refusal;
import io.contextkeep.vault.analytics.noise.Rational;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Members;
import io.contextkeep.vault.web.Page;
import io.contextkeep.vault.web.Paged;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.StepUp;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The analysts' API: questions about populations, their cost, and the budgets. Whether a question
 * is refused depends on the question, the policy and the ledger, never on customers' data.
 */
final class AnalyticsApi implements Routes.Api {
  private static final String EVENTS = "text/event-stream";

  /** A comment, which keeps the connection alive and reveals that the client has gone. */
  private static final String ALIVE = ": \n\n";

  private static final String PICTURE = "image/svg+xml";

  /** The time that a request waits for its answer before it gets the address of the job. */
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  /** The interval at which a waiting request checks whether its client is still connected. */
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(200);

  private static final int MAX_BUDGETS = 1_000;

  private final Analytics analytics;

  AnalyticsApi(Analytics analytics) {
    this.analytics = analytics;
  }

  private record Budgets(List<PopulationBudget> budgets, Optional<String> next) implements Paged {}

  private record PopulationBudget(
      @JsonUnwrapped BudgetStanding standing, String purpose, String population) {}

  /**
   * A release as it is answered.
   *
   * @param replayed whether it was released before, and so costs nothing
   * @param budget what is left, where there is a budget
   */
  private record Released(
      @JsonUnwrapped Members release, boolean replayed, Optional<BudgetStanding> budget) {}

  /**
   * A job as its analyst sees it.
   *
   * @param release the answer, once there is one
   * @param reason the reason why there is no answer
   */
  private record JobStatus(
      long job,
      Job.State state,
      int progressPercent,
      Optional<JsonNode> release,
      Optional<String> reason) {

    static JobStatus of(Job job, Job.Status status) {
      return new JobStatus(
          job.charge(),
          status.state(),
          status.progress() * 10,
          status.release().map(AnalyticsApi::parsed),
          status.reason());
    }
  }

  @Override
  public void mount(Routes routes) {
    routes.route(GET, "/v1/analytics/budget").as(ANALYST).paged().handle(this::budget);
    routes
        .route(POST, "/v1/analytics/estimate")
        .as(ANALYST)
        .body(JsonNode.class)
        .handle(this::estimate);
    routes
        .route(POST, "/v1/analytics/queries")
        .as(ANALYST)
        .giving(Media.JSON, PICTURE)
        .body(JsonNode.class)
        .handle(this::ask);
    routes.route(GET, "/v1/analytics/jobs/:job").as(ANALYST).handle(this::job);
    routes.route(DELETE, "/v1/analytics/jobs/:job").as(ANALYST).handle(this::cancel);
    routes
        .route(GET, "/v1/analytics/jobs/:job/events")
        .as(ANALYST)
        .giving(EVENTS)
        .handle(this::events);
  }

  private Answer budget(Request request) {
    Page page = request.page(MAX_BUDGETS);
    List<Budget> budgets = page.of(analytics.budgets(), AnalyticsApi::place);
    return Answer.ok(
        new Budgets(
            budgets.stream()
                .flatMap(budget -> standing(request.caller(), budget).stream())
                .toList(),
            page.next(budgets, AnalyticsApi::place)));
  }

  private static String place(Budget budget) {
    return budget.purpose() + " " + budget.population();
  }

  private Optional<PopulationBudget> standing(Caller caller, Budget budget) {
    return analytics
        .standing(caller, budget.purpose(), budget.population())
        .map(
            standing ->
                new PopulationBudget(
                    BudgetStanding.of(standing), budget.purpose(), budget.population()));
  }

  private Answer estimate(Request request, JsonNode question) {
    return Answer.ok(understood(() -> analytics.estimate(request.caller(), question)));
  }

  private Answer ask(Request request, JsonNode question) {
    if (wantsPicture(request)
        && !question.has("every")
        && !question.path("measure").asText().equals("histogram")) {
      throw Problem.badRequest(
          "no_picture", "Only histograms and time series have pictures; accept JSON");
    }
    boolean async = isAsync(request);
    Outcome outcome = understood(() -> analytics.ask(request.caller(), request.id(), question));
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
                  "requested", Costs.of(exhausted.asked()),
                  "budget", BudgetStanding.of(exhausted.standing())));
    };
  }

  /**
   * Returns whether the client's preferences, of which there may be several (RFC 7240), include it.
   */
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
    if (PolicyFailure.Kind.areUnavailable(refused.reasons())) {
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
                    : "For this purpose the policy masks the attributes in 'masked', so no customer"
                        + " would be counted; ask for a purpose that shows them in clear",
                why));
    return weak ? StepUp.challenging(problem, refused.stepUp()) : problem;
  }

  private static boolean wantsPicture(Request request) {
    return request.type().equals(PICTURE);
  }

  private Answer started(Request request, Outcome.Started started, boolean async) {
    Job job = started.job();
    Job.Status status = async ? job.status() : awaited(request, job);
    if (status.release().isPresent() && !async) {
      return released(request, status.release().get(), started.again());
    }
    if (status.state() == Job.State.RUNNING || async) {
      return Answer.json(202, JobStatus.of(job, status))
          .with(Map.of("Location", "/v1/analytics/jobs/" + job.charge()));
    }
    throw new Problem(
        503,
        "not_answered",
        "It was cancelled or failed, for the reason given; the charge stays",
        Map.of("reasons", status.reason().stream().toList()));
  }

  /** Waits for the end, the timeout, or until the client has gone. */
  private Job.Status awaited(Request request, Job job) {
    long latest = System.nanoTime() + TIMEOUT.toNanos();
    Job.Status status = job.status();
    while (status.state() == Job.State.RUNNING && System.nanoTime() - latest < 0) {
      status = job.ended(CHECK_INTERVAL);
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
    JsonNode question = json.path("question");
    Cost cost =
        Cost.charged(
            Rational.of(json.at("/cost/rho").decimalValue()),
            Rational.of(json.at("/cost/delta").decimalValue()));
    Optional<BudgetStanding> budget =
        analytics
            .standing(
                request.caller(),
                question.path("purpose").asText(),
                question.path("population").asText())
            .map(standing -> BudgetStanding.of(standing, cost));
    return Answer.ok(new Released(Members.of(json), again, budget));
  }

  private static ObjectNode parsed(String release) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(release);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A release is not JSON", e);
    }
  }

  private Answer job(Request request) {
    Job job = found(request);
    return Answer.ok(JobStatus.of(job, job.status()));
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

  private Answer cancel(Request request) {
    Job job = found(request, analytics::charged);
    return Answer.ok(JobStatus.of(job, analytics.cancel(job)));
  }

  /**
   * Sends server-sent events until the job has ended: the changes since the last event that the
   * client names, and then each change.
   */
  private Answer events(Request request) {
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
      status = job.after(told, TIMEOUT);
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
        + written(JobStatus.of(job, status))
        + "\n\n";
  }

  private static String written(JobStatus status) {
    try {
      return Json.MAPPER.writeValueAsString(status);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A job cannot be written as JSON", e);
    }
  }

  private static <T> T understood(Supplier<T> work) {
    try {
      return work.get();
    } catch (BadQuery bad) {
      throw Problem.badRequest(bad.code(), String.valueOf(bad.getMessage()));
    }
  }
}
