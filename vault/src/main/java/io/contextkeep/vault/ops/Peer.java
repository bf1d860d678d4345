package io.contextkeep.vault.ops;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), most));
    try {
      return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("There was no whole answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while asking");
    } finally {
      answer.cancel(true);
    }
  }
}
