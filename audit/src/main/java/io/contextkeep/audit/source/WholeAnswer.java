package io.contextkeep.audit.source;

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

/**
 * An answer that is complete in time and not too long. The client's own timeout ends with the
 * headers, so a server that trickles would hold its reader for ever.
 */
public final class WholeAnswer {
  private WholeAnswer() {}

  /**
   * Sends a request and waits for the complete answer.
   *
   * @param max the most bytes of its body
   * @throws IOException if it is late or longer
   * @throws InterruptedIOException if the thread was interrupted, which it still is then
   */
  public static HttpResponse<byte[]> of(
      HttpClient client, HttpRequest request, Duration timeout, int max) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), max));
    try {
      return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IOException("There was no complete answer in " + timeout.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(String.valueOf(cause.getMessage()), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while waiting for an answer");
    } finally {
      answer.cancel(true);
    }
  }
}
