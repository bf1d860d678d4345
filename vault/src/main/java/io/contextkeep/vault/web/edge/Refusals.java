package io.contextkeep.vault.web.edge;

/** What becomes of the edge's own refusals: each is counted, and most are answered. */
public interface Refusals {
  /** Makes an answer's body, a problem document (RFC 9457). */
  byte[] body(Refused why, String detail);

  /** Counts one. */
  void count(Refused why);
}
