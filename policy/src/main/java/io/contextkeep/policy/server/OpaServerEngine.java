package io.contextkeep.policy.server;

import io.contextkeep.policy.PolicyDocument;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyFailure;
import io.contextkeep.policy.PolicyFailure.Kind;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.policy.WasmEngine;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An engine that asks a central OPA server by its REST Data API. Anything but a complete answer in
 * time is a failure: a server that is down, hangs, trickles or redirects permits nothing.
 *
 * <p>The server's policy may change at any time, so its answers must not be remembered.
 */
public final class OpaServerEngine implements PolicyEngine {
  private static final String RULE =
      "/v1/data/" + WasmEngine.ENTRYPOINT + "?provenance=true&strict-builtin-errors=true";

  /** Enough for ten thousand attributes. */
  private static final int MAX_ANSWER = 1 << 20;

  private static final int ATTEMPTS = 2;

  private final HttpClient client;
  private final URI rule;
  private final Optional<Path> token;
  private final Duration deadline;
  private final Breaker breaker;

  /**
   * Makes an engine.
   *
   * @param client must not follow redirects; it is closed with this engine
   * @param server the URL of OPA's API
   * @param token a file with the bearer token, read for each question
   * @param deadline the time limit of a whole answer
   * @throws IllegalArgumentException if the client follows redirects, as these would get the token
   */
  public OpaServerEngine(HttpClient client, URI server, Optional<Path> token, Duration deadline) {
    this(client, server, token, deadline, new Breaker(System::nanoTime));
  }

  OpaServerEngine(
      HttpClient client, URI server, Optional<Path> token, Duration deadline, Breaker breaker) {
    if (client.followRedirects() != HttpClient.Redirect.NEVER) {
      throw new IllegalArgumentException("The client must not follow redirects");
    }
    this.client = client;
    this.rule = URI.create(server.toString().replaceFirst("/+$", "") + RULE);
    this.token = token;
    this.deadline = deadline;
    this.breaker = breaker;
  }

  @Override
  public PolicyDocument evaluate(String input) throws PolicyFailure {
    if (!breaker.admits()) {
      throw new PolicyFailure(
          Kind.POLICY_UNAVAILABLE, "The policy server has not answered recently");
    }
    boolean answered = false;
    try {
      OpaAnswer answer = new OpaAnswer(ask(input));
      answered = answer.isOfAServer();
      return answer.document();
    } finally {
      breaker.ended(answered);
    }
  }

  /**
   * Repeats a question if no part of an answer came, mostly because the server closed an idle
   * connection. This is safe, as a question changes nothing.
   */
  private HttpResponse<byte[]> ask(String input) throws PolicyFailure {
    long end = System.nanoTime() + deadline.toNanos();
    HttpRequest request = request(input);
    for (int attempt = 1; ; attempt++) {
      AtomicBoolean heard = new AtomicBoolean();
      try {
        return send(request, heard, end);
      } catch (IOException e) {
        if (attempt == ATTEMPTS || heard.get()) {
          throw new PolicyFailure(
              Kind.POLICY_UNAVAILABLE, "The policy server's answer is incomplete", e);
        }
      }
    }
  }

  private HttpRequest request(String input) throws PolicyFailure {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(rule)
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"input\":" + input + "}", StandardCharsets.UTF_8));
    if (token.isPresent()) {
      request.header("Authorization", bearer(token.get()));
    }
    return request.build();
  }

  private static String bearer(Path file) throws PolicyFailure {
    try {
      return BearerToken.header(file);
    } catch (IOException e) {
      throw new PolicyFailure(
          Kind.POLICY_UNAVAILABLE, "The policy server's token cannot be read from its file", e);
    }
  }

  /** Limits the time until the last byte; the client's own timeout ends with the headers. */
  private HttpResponse<byte[]> send(HttpRequest request, AtomicBoolean heard, long end)
      throws IOException, PolicyFailure {
    CompletableFuture<HttpResponse<byte[]>> sent =
        client.sendAsync(
            request,
            BodyHandlers.limiting(
                _ -> {
                  heard.set(true);
                  return BodySubscribers.ofByteArray();
                },
                MAX_ANSWER));
    try {
      return sent.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new PolicyFailure(Kind.POLICY_TIMEOUT, "The policy server did not answer in time", e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PolicyFailure(Kind.POLICY_BUSY, "Interrupted while asking the policy server", e);
    } finally {
      sent.cancel(true);
    }
  }

  /** Returns no identity, which only an answer has. */
  @Override
  public PolicyIdentity identity() {
    return PolicyIdentity.NONE;
  }

  /** Refuses new questions; those in progress are still answered. */
  @Override
  public void close() {
    client.shutdown();
  }
}
