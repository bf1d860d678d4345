package io.contextkeep.vault.web;

import io.contextkeep.vault.identity.Caller;

/**
 * The admission of callers. A place is taken as soon as the caller is known, before a byte of the
 * body is read, and released when the answer is made.
 */
interface Callers {
  /** A place, released by closing it. */
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Takes a place for a caller with a valid token.
   *
   * @param route the route's template
   * @throws Problem 429 or 503 if none is free
   */
  Place known(Caller caller, String route);

  /**
   * Takes a place for a request without a token.
   *
   * @param address the remote address, which is not taken from headers
   * @throws Problem 429 or 503 if none is free
   */
  Place unknown(String address, String route);

  /**
   * Counts a request with an invalid token.
   *
   * @param address the remote address
   * @throws Problem 429 if too many came from there
   */
  void notAuthenticated(String address);

  /** Admits everyone. */
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
