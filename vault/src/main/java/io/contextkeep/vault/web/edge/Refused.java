package io.contextkeep.vault.web.edge;

import java.util.Locale;

/** The reasons for refusing a connection or a request before routing. */
public enum Refused {
  /** The framing is ambiguous or not HTTP. */
  MALFORMED_REQUEST(400),
  /** The request did not arrive completely in time. */
  REQUEST_TIMEOUT(408),
  TARGET_TOO_LONG(414),
  HEADERS_TOO_LARGE(431),
  /** The limit of connections is reached, and none of them is idle. */
  OVERLOADED(503),
  /** The connection sent no byte in time and was closed without an answer. */
  SILENT(0),
  /** The client did not take an answer in time, and the connection was closed. */
  ANSWER_NOT_TAKEN(0),
  /** The connection was idle for longest when a new one needed its place; it got no answer. */
  CROWDED_OUT(0);

  private final int status;

  Refused(int status) {
    this.status = status;
  }

  /** Returns the answer's status; 0 if there is no answer. */
  public int status() {
    return status;
  }

  /** Returns the code in answers and metrics. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
