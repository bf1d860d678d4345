package io.contextkeep.vault.web;

import java.util.Map;

/** The WWW-Authenticate header of a 401 (RFC 6750 section 3). */
final class Challenge {
  private static final String HEADER = "WWW-Authenticate";

  /** The challenge for a request without a bearer token, which names no error. */
  static final Map<String, String> NO_TOKEN = Map.of(HEADER, "Bearer");

  private Challenge() {}

  /**
   * Returns the challenge for an invalid token.
   *
   * @param why the cause, in ASCII without quotes or backslashes
   */
  static Map<String, String> invalidToken(String why) {
    return Map.of(HEADER, "Bearer error=\"invalid_token\", error_description=\"" + why + "\"");
  }
}
