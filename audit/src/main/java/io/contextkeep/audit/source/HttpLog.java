package io.contextkeep.audit.source;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** A live log by its URL. Checkpoint and hashes are public; entries need a token. */
public final class HttpLog implements LogSource {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** The size of the largest bundle in the format. */
  private static final int MAX_BYTES = 256 * (2 + 65_535);

  private final HttpClient client;
  private final URI base;
  private final Optional<String> token;

  /**
   * Creates a reader of the log at a URL.
   *
   * @param token the token for entries; it is never sent to another host, since redirects are not
   *     followed
   */
  public HttpLog(HttpClient client, URI base, Optional<String> token) {
    this.client = client;
    this.base = URI.create(base.toString().replaceFirst("/*$", "/"));
    this.token = token;
  }

  @Override
  public Optional<byte[]> file(String name) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(name))
            .timeout(TIMEOUT)
            .header("Accept-Encoding", "gzip, identity");
    token.ifPresent(t -> request.header("Authorization", "Bearer " + t));
    HttpResponse<byte[]> response = WholeAnswer.of(client, request.build(), TIMEOUT, MAX_BYTES);
    return switch (response.statusCode()) {
      case 200 -> Optional.of(body(response));
      case 404, 410 -> Optional.empty();
      case 401, 403 -> throw new TokenNeeded(name);
      default ->
          throw new IOException("The log answered " + response.statusCode() + " for " + name);
    };
  }

  @Override
  public String checkpoints(long after) throws IOException {
    return text(HISTORY + "?after=" + after).orElse("");
  }

  /** Returns a live log's accounts; static files on a server have lists instead. */
  @Override
  public Optional<Accounts> accounts() throws IOException {
    Optional<String> live = text("accounts");
    return live.isPresent() ? live.map(Accounts::parse) : LogSource.super.accounts();
  }

  private static byte[] body(HttpResponse<byte[]> response) throws IOException {
    if (!response.headers().firstValue("Content-Encoding").orElse("").equals("gzip")) {
      return response.body();
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException("The log's answer is too long");
      }
      return bytes;
    }
  }

  @Override
  public String toString() {
    return base.toString();
  }
}
