package io.contextkeep.vault.siem;

import io.contextkeep.vault.net.Peer;
import io.contextkeep.vault.net.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** The transfer of bytes to a collector over HTTP. */
final class Delivery implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_ANSWER = 1 << 16;

  private final HttpClient client;
  private final URI url;
  private final Optional<Secret> token;

  /**
   * @param client must not follow redirects; it is closed with this
   */
  Delivery(HttpClient client, URI url, Optional<Secret> token) {
    this.client = client;
    this.url = url;
    this.token = token;
  }

  /**
   * Posts JSON and returns the answer, whatever its status.
   *
   * @param headers additional headers, names and values in turn
   */
  HttpResponse<byte[]> post(byte[] body, String... headers) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    token.ifPresent(t -> request.header("Authorization", t.bearer()));
    return Peer.ask(client, request.build(), TIMEOUT, MAX_ANSWER);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
