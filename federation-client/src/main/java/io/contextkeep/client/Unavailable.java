package io.contextkeep.client;

import java.time.Duration;
import java.util.Optional;

/**
 * No answer now, and no context. The client has already retried where that was safe.
 *
 * @param retryAfter the wait that the vault, or a proxy before it, asks for
 */
public record Unavailable(Cause cause, Optional<Duration> retryAfter)
    implements Answer, Written, LogVerdict, Notified, Acknowledged {

  /** The progress of the request. */
  public enum Cause {
    /**
     * The vault answered that it is unavailable (503). A read of one customer read nothing, and a
     * write kept nothing.
     */
    BUSY,

    /** No connection was made, so nothing was sent. */
    UNREACHABLE,

    /**
     * The request was sent, and no complete answer came in time. The vault may have decided and
     * logged a read whose answer was lost; it may have kept a write, which the same key then keeps
     * only once.
     */
    NO_ANSWER
  }

  static Unavailable of(Cause cause) {
    return new Unavailable(cause, Optional.empty());
  }
}
