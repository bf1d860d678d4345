package io.contextkeep.vault.net;

import io.contextkeep.audit.source.WholeAnswer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Exchanges with other systems, which may be slow, endless or hostile. */
public final class Peer {

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
}
