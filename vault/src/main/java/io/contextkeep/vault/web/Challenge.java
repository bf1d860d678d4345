package io.contextkeep.vault.web;

import java.util.Map;

/** What a 401 asks for in its WWW-Authenticate header (RFC 6750 section 3). */
final class Challenge {
  private static final String HEADER = "WWW-Authenticate";

  /** For a request without a bearer token: there is no error to name. */
  static final Map<String, String> NO_TOKEN = Map.of(HEADER, "Bearer");

  private Challenge() {}

  /**
   * Returns the challenge for a token that does not count.
   *
   * @param why the cause, in ASCII without quotes or backslashes
   */
  static Map<String, String> invalidToken(String why) {
    return Map.of(HEADER, "Bearer error=\"invalid_token\", error_description=\"" + why + "\"");
  }
}
