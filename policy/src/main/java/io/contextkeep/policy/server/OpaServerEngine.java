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
 * A central OPA server, asked by its REST Data API. Whatever is not its whole answer, in time, is a
 * failure: a server that is down, hangs, trickles, redirects or says something else allows nothing.
 *
 * <p>Its policy changes when it likes, and only its answers say to which, so nothing that it said
 * may be remembered.
 */
public final class OpaServerEngine implements PolicyEngine {
  private static final String RULE =
      "/v1/data/" + WasmEngine.ENTRYPOINT + "?provenance=true&strict-builtin-errors=true";

  /** Ten thousand attributes' worth. */
  private static final int MOST_ANSWER = 1 << 20;

  private static final int ATTEMPTS = 2;

  private final HttpClient client;
  private final URI rule;
  private final Optional<Path> token;
  private final Duration deadline;
  private final Breaker breaker;

  /**
   * @param client one that follows no redirect; this takes it over
   * @param server where OPA's API is
   * @param token a file with the bearer token, read for every question: a new one counts at once
   * @param deadline how long a question may take, with all there is to it
   * @throws IllegalArgumentException if the client would go wherever it is sent, with the token
   */
  public OpaServerEngine(HttpClient client, URI server, Optional<Path> token, Duration deadline) {
    this(client, server, token, deadline, new Breaker(System::nanoTime));
  }

  OpaServerEngine(
      HttpClient client, URI server, Optional<Path> token, Duration deadline, Breaker breaker) {
    if (client.followRedirects() != HttpClient.Redirect.NEVER) {
      throw new IllegalArgumentException("A client that follows redirects");
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
      throw new PolicyFailure(Kind.POLICY_UNAVAILABLE, "The policy server did not answer lately");
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
   * A question changes nothing, so it may be asked again where nothing of an answer came; mostly
   * that is a connection which the server ended while it was idle.
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
              Kind.POLICY_UNAVAILABLE, "The policy server gave no whole answer", e);
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

  /** The client's own timeout ends with the headers; this one ends with the last byte. */
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
                MOST_ANSWER));
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

  /** What answers next is known when it has. */
  @Override
  public PolicyIdentity identity() {
    return PolicyIdentity.NONE;
  }

  /** Questions on their way are still answered; new ones are refused. */
  @Override
  public void close() {
    client.shutdown();
  }
}
