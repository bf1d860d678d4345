package io.contextkeep.vault.web.edge;

import java.util.Locale;

/** Why the edge did not take a connection or a request, before any route was looked for. */
public enum Refused {
  /** Its framing has more than one reading, or is no HTTP. */
  MALFORMED_REQUEST(400),
  /** It did not arrive whole in time. */
  REQUEST_TIMEOUT(408),
  TARGET_TOO_LONG(414),
  HEADERS_TOO_LARGE(431),
  /** There are too many connections, and none of them is idle. */
  OVERLOADED(503),
  /** The connection sent no byte in time, and is closed without an answer. */
  SILENT(0),
  /** The client did not take an answer whole in time, and the connection is closed. */
  ANSWER_NOT_TAKEN(0),
  /** The connection was idle for longest when a new one needed its place; it gets no answer. */
  CROWDED_OUT(0);

  private final int status;

  Refused(int status) {
    this.status = status;
  }

  /** The answer's status; 0 where there is no answer. */
  public int status() {
    return status;
  }

  /** The word for it in answers and metrics. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
