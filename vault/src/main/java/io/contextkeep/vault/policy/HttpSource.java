package io.contextkeep.vault.policy;

import io.contextkeep.ontology.Sha256;
import io.contextkeep.policy.server.BearerToken;
import io.contextkeep.vault.net.Peer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A bundle server with OPA's bundle service API: GET with the ETag of the current bundle, answered
 * with 304 while it has not changed.
 *
 * @param client must not follow redirects: a redirect would choose the policy
 * @param token a file with the bearer token, read for each request so that it can be renewed
 * @param timeout the time limit of the whole answer
 */
record HttpSource(HttpClient client, URI url, Optional<Path> token, Duration timeout)
    implements BundleSource {
  private static final String DIGEST = "sha256:";

  @Override
  public String kind() {
    return "server";
  }

  @Override
  public Optional<Found> fetch(String tag) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(url).timeout(timeout);
    if (token.isPresent()) {
      request.header("Authorization", BearerToken.header(token.get()));
    }
    if (!tag.isEmpty() && !tag.startsWith(DIGEST)) {
      request.header("If-None-Match", tag);
    }
    HttpResponse<byte[]> answer = Peer.ask(client, request.build(), timeout, MAX_BYTES);
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
}
