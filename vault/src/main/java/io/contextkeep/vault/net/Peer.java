package io.contextkeep.vault.net;

import io.contextkeep.audit.source.WholeAnswer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks and tells others, who may be slow, endless or hostile. */
public final class Peer {

  private Peer() {}

  /**
   * The whole answer, which must be there in time: one that trickles in holds nobody up.
   *
   * @param client one that follows no redirect
   * @param most how many bytes its body may have
   * @throws IOException if it is not there in time, or larger; an {@link InterruptedIOException} if
   *     the thread was interrupted, which it still is then
   */
  public static HttpResponse<byte[]> ask(
      HttpClient client, HttpRequest request, Duration patience, int most) throws IOException {
    return WholeAnswer.of(client, request, patience, most);
  }
}
