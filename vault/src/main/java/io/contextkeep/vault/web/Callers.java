package io.contextkeep.vault.web;

import io.contextkeep.vault.identity.Caller;

/**
 * The places that each caller has among all. One is taken as soon as it is known who asks, before a
 * byte of the body is read, and given back when the answer is made.
 */
interface Callers {
  /** A place, given back when it is closed. */
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Takes a place for a caller whose token counts.
   *
   * @param route the route's template
   * @throws Problem 429 or 503 if there is none now
   */
  Place known(Caller caller, String route);

  /**
   * Takes a place for a request without a token.
   *
   * @param address the remote address; no header is believed
   * @throws Problem 429 or 503 if there is none now
   */
  Place unknown(String address, String route);

  /**
   * Counts a request whose token does not count.
   *
   * @param address the remote address
   * @throws Problem 429 if too many came from there
   */
  void notAuthenticated(String address);

  /** Gives everybody a place. */
  Callers UNLIMITED =
      new Callers() {
        @Override
        public Place known(Caller caller, String route) {
          return () -> {};
        }

        @Override
        public Place unknown(String address, String route) {
          return () -> {};
        }

        @Override
        public void notAuthenticated(String address) {}
      };
}
