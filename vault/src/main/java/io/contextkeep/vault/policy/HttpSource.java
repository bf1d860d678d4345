package io.contextkeep.vault.policy;

import io.contextkeep.ontology.Sha256;
import io.contextkeep.policy.server.BearerToken;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A bundle server, as OPA's bundle service API has it: GET, with the ETag of the bundle that is
 * held, answered with 304 while that is the one.
 *
 * @param client one that follows no redirect: who may redirect may choose the policy
 * @param token a file with the bearer token, read for each question so that it can be renewed
 * @param patience how long the whole answer may take
 */
record HttpSource(HttpClient client, URI url, Optional<Path> token, Duration patience)
    implements BundleSource {
  private static final String DIGEST = "sha256:";

  @Override
  public String kind() {
    return "server";
  }

  @Override
  public Optional<Found> look(String tag) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(url).timeout(patience);
    if (token.isPresent()) {
      request.header("Authorization", BearerToken.header(token.get()));
    }
    if (!tag.isEmpty() && !tag.startsWith(DIGEST)) {
      request.header("If-None-Match", tag);
    }
    HttpResponse<byte[]> answer = answer(request.build());
    return switch (answer.statusCode()) {
      case 304 -> Optional.empty();
      case 200 -> {
        String found =
            answer.headers().firstValue("ETag").orElse(DIGEST + Sha256.hex(answer.body()));
        yield found.equals(tag) ? Optional.empty() : Optional.of(new Found(answer.body(), found));
      }
      default -> throw new IOException("The bundle server answered " + answer.statusCode());
    };
  }

  /** The whole answer must be there in time: one that trickles in holds nobody up. */
  private HttpResponse<byte[]> answer(HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST));
    try {
      return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("The bundle server did not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while asking");
    } finally {
      answer.cancel(true);
    }
  }
}
