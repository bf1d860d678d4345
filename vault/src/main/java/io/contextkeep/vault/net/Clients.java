package io.contextkeep.vault.net;

import java.net.http.HttpClient;
import java.time.Duration;

/**
 * The one maker of clients for services that stand in the configuration: issuers, witnesses,
 * collectors, a policy server. Who writes the configuration may name a service of the own network;
 * an address that came over the API goes through {@link Outgoing} instead. Redirects are never
 * followed: who may redirect may choose the keys, or the policy.
 */
public final class Clients {
  private static final Duration CONNECTING = Duration.ofSeconds(5);

  private Clients() {}

  /** Begins a client that follows no redirect. */
  public static HttpClient.Builder builder() {
    return HttpClient.newBuilder()
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(CONNECTING);
  }

  /** Makes a client that follows no redirect. */
  public static HttpClient client() {
    return builder().build();
  }
}
