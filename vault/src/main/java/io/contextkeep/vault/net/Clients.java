package io.contextkeep.vault.net;

import java.net.http.HttpClient;
import java.time.Duration;

/**
 * The factory of clients for configured services: issuers, witnesses, collectors, a policy server.
 * The configuration may name services of the internal network; addresses from the API go through
 * {@link Outgoing} instead. Redirects are never followed, because a redirect could choose the keys
 * or the policy.
 */
public final class Clients {
  private static final Duration CONNECTING = Duration.ofSeconds(5);

  private Clients() {}

  /** Returns a builder of a client that follows no redirects. */
  public static HttpClient.Builder builder() {
    return HttpClient.newBuilder()
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(CONNECTING);
  }

  /** Returns a client that follows no redirects. */
  public static HttpClient client() {
    return builder().build();
  }
}
