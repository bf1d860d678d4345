package io.contextkeep.vault.net;

import io.contextkeep.audit.source.WholeAnswer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;

/** Other systems: their URLs, and exchanges with them, which may be slow, endless or hostile. */
public final class Peer {
  private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "[::1]", "localhost");

  private Peer() {}

  /**
   * Returns the whole answer; the timeout covers all of it, so a trickling answer delays no caller.
   *
   * @param client a client that follows no redirects
   * @param max the most bytes of its body
   * @throws IOException if it is late or larger; an {@link InterruptedIOException} if the thread
   *     was interrupted, which it still is then
   */
  public static HttpResponse<byte[]> ask(
      HttpClient client, HttpRequest request, Duration timeout, int max) throws IOException {
    return WholeAnswer.of(client, request, timeout, max);
  }

  /** Returns whether the URL is http or https, without a password. */
  public static boolean isHttp(URI url) {
    return Set.of("http", "https").contains(String.valueOf(url.getScheme()))
        && url.getHost() != null
        && url.getUserInfo() == null;
  }

  /** Returns whether the exchange is protected from others on the network. */
  public static boolean isPrivate(URI url) {
    return "https".equals(url.getScheme()) || THIS_MACHINE.contains(String.valueOf(url.getHost()));
  }
}
