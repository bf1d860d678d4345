package io.contextkeep.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * A single attempt to send a request. The token is sent only to the configured origin: redirects
 * are not followed, and plain http does not pass through a proxy.
 */
final class Wire implements AutoCloseable {
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{1,8192}");
  private static final Duration MAX_HINT = Duration.ofDays(1);

  /** The outcome of an attempt. */
  sealed interface Outcome {}

  /**
   * A complete answer.
   *
   * @param sent the time of the request
   * @param contentType without its parameters
   */
  record Answered(Instant sent, int status, String contentType, byte[] body) implements Outcome {}

  /** No usable answer. */
  record Unanswered(Unavailable why) implements Outcome {}

  private final VaultSettings settings;
  private final InstantSource clock;
  private final HttpClient http;

  Wire(VaultSettings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.connectTimeout());
    if (settings.isPlain()) {
      builder.version(HttpClient.Version.HTTP_1_1).proxy(HttpClient.Builder.NO_PROXY);
    }
    this.http = builder.build();
  }

  /** Sends a request of {@link #request} and waits for the complete answer or the timeout. */
  Outcome send(HttpRequest.Builder request) {
    return exchange(request.header("Authorization", "Bearer " + token()).build());
  }

  /** Reads a public resource, without the token. */
  Outcome get(String path) {
    return exchange(HttpRequest.newBuilder(settings.at(path)).GET().build());
  }

  private Outcome exchange(HttpRequest request) {
    if (http.isTerminated()) {
      throw new IllegalStateException("The client is closed");
    }
    Instant sent = clock.instant();
    CompletableFuture<HttpResponse<byte[]>> response =
        http.sendAsync(request, _ -> new BoundedBody(settings.maxAnswerBytes()));
    try {
      return outcome(sent, response.get(settings.requestTimeout().toNanos(), TimeUnit.NANOSECONDS));
    } catch (ExecutionException e) {
      return failed(e.getCause());
    } catch (TimeoutException e) {
      response.cancel(true);
      return new Unanswered(Unavailable.of(Unavailable.Cause.NO_ANSWER));
    } catch (InterruptedException e) {
      response.cancel(true);
      Thread.currentThread().interrupt();
      throw new CancellationException("Interrupted while the vault was answering");
    }
  }

  /** Returns a request without a body. */
  HttpRequest.Builder question(String path) {
    return HttpRequest.newBuilder(settings.at(path))
        .header("Accept", "application/json, application/problem+json")
        .GET();
  }

  HttpRequest.Builder request(String path, String contentType, byte[] body) {
    return HttpRequest.newBuilder(settings.at(path))
        .header("Content-Type", contentType)
        .header("Accept", "application/json, application/problem+json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
  }

  /** Returns the token, checked here because an exception of the JDK would quote it. */
  private String token() {
    String token = settings.token().get();
    if (!TOKEN.matcher(token).matches()) {
      throw new IllegalStateException("The token supplier did not return a bearer token");
    }
    return token;
  }

  private Outcome outcome(Instant sent, HttpResponse<byte[]> response) {
    return switch (response.statusCode()) {
      case 503 -> unanswered(Unavailable.Cause.BUSY, response.headers());
      case 502, 504 -> unanswered(Unavailable.Cause.NO_ANSWER, response.headers());
      default ->
          new Answered(
              sent, response.statusCode(), contentType(response.headers()), response.body());
    };
  }

  private Outcome unanswered(Unavailable.Cause cause, HttpHeaders headers) {
    return new Unanswered(
        new Unavailable(cause, headers.firstValue("Retry-After").flatMap(this::hint)));
  }

  /** Reads Retry-After (RFC 9110 section 10.2.3), seconds or a date; any other is ignored. */
  private Optional<Duration> hint(String text) {
    try {
      Duration hint =
          text.matches("[0-9]{1,9}")
              ? Duration.ofSeconds(Long.parseLong(text))
              : Duration.between(
                  clock.instant(),
                  ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      return Optional.of(hint.isNegative() ? Duration.ZERO : shorter(hint, MAX_HINT));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static String contentType(HttpHeaders headers) {
    List<String> types = headers.allValues("Content-Type");
    return types.size() != 1
        ? ""
        : types.getFirst().split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  /** Returns an exception without the original message, which may hold anything. */
  private static Outcome failed(@Nullable Throwable thrown) {
    return switch (thrown) {
      case HttpConnectTimeoutException _, ConnectException _ ->
          new Unanswered(Unavailable.of(Unavailable.Cause.UNREACHABLE));
      case SSLHandshakeException _, SSLPeerUnverifiedException _ ->
          throw new VaultProtocolException(
              "The vault's certificate is not trusted; nothing was sent");
      case VaultProtocolException tooLong -> throw tooLong;
      case ProtocolException _ -> throw new VaultProtocolException("The answer is not HTTP");
      case IOException _ -> new Unanswered(Unavailable.of(Unavailable.Cause.NO_ANSWER));
      case Error error -> throw error;
      case null, default -> throw new IllegalStateException("The HTTP client failed", thrown);
    };
  }

  @Override
  public void close() {
    http.close();
  }
}
