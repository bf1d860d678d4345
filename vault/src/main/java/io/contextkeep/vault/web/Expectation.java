package io.contextkeep.vault.web;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;

/** The Expect header (RFC 9110 section 10.1.1), whose only known value is 100-continue. */
final class Expectation {
  private static final String CONTINUE = "100-continue";

  private Expectation() {}

  /**
   * Refuses unknown expectations.
   *
   * @throws Problem 417
   */
  static void check(HttpServerRequest request) {
    if (!values(request).stream().allMatch(CONTINUE::equalsIgnoreCase)) {
      throw new Problem(
          417, "expectation_failed", "Send no Expect header, or Expect: 100-continue");
    }
  }

  /** Returns whether the client waits for an interim response before it sends the body. */
  static boolean isContinue(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_1_1 && !values(request).isEmpty();
  }

  private static List<String> values(HttpServerRequest request) {
    return request.headers().getAll(HttpHeaders.EXPECT);
  }
}
