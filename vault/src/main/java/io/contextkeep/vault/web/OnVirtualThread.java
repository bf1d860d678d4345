package io.contextkeep.vault.web;

import io.contextkeep.vault.db.Arrivals;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.identity.NotAuthenticated;
import io.contextkeep.vault.identity.TokenVerifier;
import io.contextkeep.vault.ops.Metrics;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes requests off the event loop: straight-line code on a virtual thread authenticates the
 * caller, only then has the body read, and answers; the answer is written on the loop. A semaphore
 * bounds the requests that are answered at once; any more are refused with 503.
 */
public final class OnVirtualThread {
  private static final Logger LOG = LoggerFactory.getLogger(OnVirtualThread.class);

  /** The most requests answered together; more would wait longer than sharing saves. */
  private static final int MAX_TOGETHER = 32;

  private static final int NOT_MODIFIED = 304;

  private final ExecutorService threads;
  private final Semaphore places;
  private final Semaphore anonymousPlaces;
  private final ExecutorService urgentThreads;
  private final Semaphore optOutPlaces;
  private final TokenVerifier tokens;
  private final Callers callers;
  private final Bodies bodies;
  private final Metrics metrics;
  private final int allPlaces;
  private volatile boolean stopping;

  /**
   * @param threads make a virtual thread for each request
   * @param urgentThreads make a platform thread for each opt-out: where others compute for long,
   *     virtual threads do not get their turn
   */
  OnVirtualThread(
      ExecutorService threads,
      ExecutorService urgentThreads,
      int places,
      TokenVerifier tokens,
      Callers callers,
      Bodies bodies,
      Metrics metrics) {
    this.callers = callers;
    this.bodies = bodies;
    this.metrics = metrics;
    this.threads = threads;
    this.urgentThreads = urgentThreads;
    this.optOutPlaces = new Semaphore(places);
    this.places = new Semaphore(places);
    this.anonymousPlaces = new Semaphore(Math.max(1, places / 4));
    this.allPlaces = places;
    this.tokens = tokens;
  }

  /** Returns how many requests hold a place. */
  int inProgress() {
    return 2 * allPlaces - places.availablePermits() - optOutPlaces.availablePermits();
  }

  /** Returns a handler that answers each request on its own thread. */
  Handler<RoutingContext> handle(Endpoint endpoint, Function<Request, Answer> handler) {
    return endpoint.optsOut()
        ? routing ->
            admitted(routing, optOutPlaces)
                .ifPresent(one -> startUrgent(one, () -> handler.apply(received(one, endpoint))))
        : routing ->
            admitted(routing)
                .ifPresent(
                    one -> startOne(threads, one, () -> handler.apply(received(one, endpoint))));
  }

  /** Answers an opt-out, which does not wait behind other requests. */
  private void startUrgent(Admitted one, Supplier<Answer> answering) {
    startOne(urgentThreads, one, () -> Db.urgently(answering));
  }

  /**
   * Returns a handler of requests without a token. They get at most a quarter of the places, so
   * that they cannot crowd out callers with a token.
   */
  Handler<RoutingContext> anybody(String path, Function<OpenRequest, Answer> handler) {
    return routing -> {
      if (!anonymousPlaces.tryAcquire()) {
        overloaded(routing, RequestId.next());
        return;
      }
      admitted(routing)
          .ifPresentOrElse(
              one -> {
                one.holds(anonymousPlaces::release);
                startOne(threads, one, () -> handler.apply(open(one, path)));
              },
              anonymousPlaces::release);
    };
  }

  private OpenRequest open(Admitted one, String path) {
    String address = one.request().remoteAddress().hostAddress();
    one.holds(callers.unknown(address, path)::close);
    return new OpenRequest(one.routing(), body(one, "without a token"));
  }

  /** Authenticates and admits the caller before a byte of the body is read. */
  private Request received(Admitted one, Endpoint endpoint) {
    Request head = head(one, endpoint);
    Caller caller = head.caller();
    byte[] body = body(one, caller.role().code() + " " + caller.account().orElse(caller.id()));
    return head.with(body);
  }

  private Request head(Admitted one, Endpoint endpoint) {
    Request head = endpoint.check(authenticated(one), one.request());
    one.holds(callers.known(head.caller(), endpoint.path())::close);
    return head;
  }

  /** Authenticates; a valid token is accepted however many bad ones came from its address. */
  private Request authenticated(Admitted one) {
    try {
      return Intake.head(one.routing(), one.id(), tokens);
    } catch (NotAuthenticated no) {
      callers.notAuthenticated(one.request().remoteAddress().hostAddress());
      throw no;
    }
  }

  private byte[] body(Admitted one, String caller) {
    if (!Bodies.follows(one.request())) {
      return new byte[0];
    }
    Bodies.Lease lease = bodies.of(one.request(), caller);
    one.holds(lease::close);
    one.stepAside();
    byte[] body = lease.read(one.loop());
    if (stopping) {
      throw stopped();
    }
    if (!one.stepBack()) {
      metrics.overloaded();
      throw full();
    }
    return body;
  }

  /**
   * Returns a handler that answers all requests of one turn of the event loop on one thread, so
   * that they share the cost. A fault of one request is answered to that one alone.
   *
   * @param endpoint a route that takes no body
   * @param arrivals where the write that all of them share is announced
   * @param parse makes the handler's input of a request
   * @param handler answers all of them, in their order, or fails for all
   */
  <T> Handler<RoutingContext> together(
      Endpoint endpoint,
      Arrivals arrivals,
      Function<Request, T> parse,
      Function<List<T>, List<Answer>> handler) {
    List<Admitted> arrived = new ArrayList<>();
    Function<Admitted, T> received = one -> parse.apply(head(one, endpoint));
    Runnable startAll =
        () -> taken(arrived).forEach(some -> startTogether(some, arrivals, received, handler));
    return routing ->
        admitted(routing)
            .ifPresent(
                one -> {
                  arrived.add(one);
                  if (arrived.size() == 1) {
                    // Runs on the same loop once all requests that arrived by now were handed over.
                    one.loop().runOnContext(_ -> startAll.run());
                  }
                });
  }

  private <T> void startTogether(
      List<Admitted> some,
      Arrivals arrivals,
      Function<Admitted, T> received,
      Function<List<T>, List<Answer>> handler) {
    arrivals.announce();
    start(threads, some, loop -> arrivals.run(() -> answerTogether(loop, some, received, handler)));
  }

  /** Empties the list into parts of requests to answer together. */
  private static List<List<Admitted>> taken(List<Admitted> arrived) {
    List<List<Admitted>> parts = new ArrayList<>();
    for (int from = 0; from < arrived.size(); from += MAX_TOGETHER) {
      int to = Math.min(arrived.size(), from + MAX_TOGETHER);
      parts.add(List.copyOf(arrived.subList(from, to)));
    }
    arrived.clear();
    return parts;
  }

  /** Answers requests that are wrong at once, since they must not keep their places meanwhile. */
  private <T> void answerTogether(
      Context loop,
      List<Admitted> requests,
      Function<Admitted, T> received,
      Function<List<T>, List<Answer>> handler) {
    List<Admitted> good = new ArrayList<>();
    List<T> parsed = new ArrayList<>();
    for (Admitted one : requests) {
      try {
        parsed.add(received.apply(one));
        good.add(one);
      } catch (RuntimeException | Error e) {
        leave(loop, List.of(one), List.of(Answer.problem(Problems.of(e, one.id()))));
      }
    }
    if (!good.isEmpty()) {
      leave(loop, good, allOrOneProblem(good, parsed, handler));
    }
  }

  /**
   * Refuses new requests and waits until all others are answered: a request that has its entry in
   * the log must get its answer too, so no connection may close earlier.
   */
  void drain(Duration timeout) {
    stopping = true;
    try {
      if (!places.tryAcquire(allPlaces, timeout.toNanos(), TimeUnit.NANOSECONDS)
          || !optOutPlaces.tryAcquire(allPlaces, timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.warn("stopping while requests are still being answered");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Problem stopped() {
    return new Problem(503, "stopping", "The vault is stopping; try again");
  }

  private static <T> List<Answer> allOrOneProblem(
      List<Admitted> requests, List<T> parsed, Function<List<T>, List<Answer>> handler) {
    try {
      return handler.apply(parsed);
    } catch (RuntimeException | Error e) {
      Answer problem = Answer.problem(Problems.of(e, requests.getFirst().id()));
      return Collections.nCopies(parsed.size(), problem);
    }
  }

  private Optional<Admitted> admitted(RoutingContext routing) {
    return admitted(routing, places);
  }

  private Optional<Admitted> admitted(RoutingContext routing, Semaphore places) {
    String id = RequestId.next();
    if (stopping) {
      write(routing, id, Answer.problem(stopped()));
      return Optional.empty();
    }
    if (places.tryAcquire()) {
      return Optional.of(new Admitted(routing, id, places));
    }
    overloaded(routing, id);
    return Optional.empty();
  }

  private void overloaded(RoutingContext routing, String id) {
    metrics.overloaded();
    write(routing, id, Answer.problem(full()));
  }

  private static Problem full() {
    return new Problem(503, "overloaded", "The vault is answering too many requests; try again");
  }

  private void startOne(ExecutorService threads, Admitted request, Supplier<Answer> answering) {
    start(
        threads,
        List.of(request),
        loop -> {
          Answer answer = guarded(request, answering);
          if (answer.stream().isPresent() && !isHead(request.routing())) {
            streamAndLeave(request, loop, answer);
          } else {
            leave(loop, List.of(request), List.of(answer));
          }
        });
  }

  /**
   * @param answering answers all of them, given their event loop
   */
  private void start(
      ExecutorService threads, List<Admitted> requests, Consumer<Context> answering) {
    Context loop = requests.getFirst().loop();
    try {
      threads.execute(() -> answering.accept(loop));
    } catch (RejectedExecutionException closed) {
      writeAndLeave(requests, Collections.nCopies(requests.size(), Answer.problem(stopped())));
    }
  }

  /** An answer that is ready, and the time at which it leaves. */
  private record Leaving(Admitted request, Answer answer, long at) {}

  /** Sends answers without a slot together, and the others each at its time. */
  private void leave(Context loop, List<Admitted> requests, List<Answer> answers) {
    if (answers.stream().allMatch(answer -> answer.slot().isNone())) {
      loop.runOnContext(_ -> writeAndLeave(requests, answers));
      return;
    }
    long ready = System.nanoTime();
    List<Leaving> leaving = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      Admitted request = requests.get(i);
      long at = answers.get(i).slot().leaves(request.at(), ready);
      leaving.add(new Leaving(request, answers.get(i), at));
    }
    leaving.sort((one, other) -> Long.signum(one.at() - other.at()));
    for (Leaving one : leaving) {
      Slot.await(one.at());
      loop.runOnContext(_ -> writeAndLeave(List.of(one.request()), List.of(one.answer())));
    }
  }

  private static Answer guarded(Admitted request, Supplier<Answer> answering) {
    try {
      return answering.get();
    } catch (RuntimeException | Error e) {
      return Answer.problem(Problems.of(e, request.id()));
    }
  }

  private void writeAndLeave(List<Admitted> requests, List<Answer> answers) {
    for (int i = 0; i < answers.size(); i++) {
      try {
        write(requests.get(i).routing(), requests.get(i).id(), answers.get(i));
      } catch (RuntimeException gone) {
        LOG.atWarn().addKeyValue("request", requests.get(i).id()).log("an answer was not written");
      } finally {
        requests.get(i).leave();
      }
    }
  }

  private void streamAndLeave(Admitted request, Context loop, Answer answer) {
    try {
      Streaming.send(
          request.routing(),
          loop,
          request.id(),
          answer,
          () -> headed(request.routing().response().setChunked(true), request.id(), answer),
          () -> stopping);
    } finally {
      request.leave();
    }
  }

  /** Returns whether the request is a HEAD, which is answered like a GET, but without the body. */
  private static boolean isHead(RoutingContext routing) {
    return routing.request().method().equals(HttpMethod.HEAD);
  }

  public static void write(RoutingContext routing, String id, Answer answer) {
    boolean gone = routing.response().ended() || routing.response().closed();
    RequestWatch.answered(routing, id, gone ? RequestWatch.GONE : answer.status());
    if (gone) {
      return;
    }
    HttpServerResponse response = headed(routing.response(), id, answer);
    if (Bodies.isLeft(routing.request())) {
      // The gate discards the rest of the body and closes the connection.
      response.putHeader("Connection", "close");
    }
    if (isHead(routing)) {
      endWithoutBody(response, answer);
    } else {
      response.end(Buffer.buffer(answer.body()));
    }
  }

  private static void endWithoutBody(HttpServerResponse response, Answer answer) {
    answer.stream()
        .ifPresentOrElse(
            Answer.Stream::end,
            () -> {
              if (answer.status() != NOT_MODIFIED) {
                response.putHeader("Content-Length", String.valueOf(answer.body().length));
              }
            });
    response.end();
  }

  private static HttpServerResponse headed(HttpServerResponse response, String id, Answer answer) {
    response
        .setStatusCode(answer.status())
        .putHeader("Content-Type", answer.contentType())
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Request-Id", id);
    answer.headers().forEach(response::putHeader);
    if (answer.status() == 503) {
      response.putHeader("Retry-After", "1");
    }
    if (answer.status() == 401 && !response.headers().contains("WWW-Authenticate")) {
      Challenge.NO_TOKEN.forEach(response::putHeader);
    }
    return response;
  }
}
