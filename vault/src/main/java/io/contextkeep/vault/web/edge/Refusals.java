package io.contextkeep.vault.web.edge;

/** The handling of the edge's refusals: each is counted, and most are answered. */
public interface Refusals {
  /** Returns an answer's body, a problem document (RFC 9457). */
  byte[] body(Refused why, String detail);

  /** Counts a refusal. */
  void count(Refused why);
}
