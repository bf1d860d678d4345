package io.contextkeep.client;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The vault says what is wrong with the request (4xx) or that it failed itself (500): RFC 9457
 * problem details. Asking the same again brings the same; the detail says what to change.
 */
public final class VaultProblem extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final String detail;

  private VaultProblem(int status, String code, String detail) {
    super("The vault answered " + status + " " + code + ": " + detail);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }

  /** Members that it does not know are ignored, as RFC 9457 section 3.2 demands. */
  static VaultProblem read(int status, JsonNode document) {
    Json.check(Json.whole(document, "status", 599) == status, "has two different statuses");
    return new VaultProblem(
        status, Json.text(document, "code", Texts.PROBLEM), Json.message(document, "detail"));
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** What kind of problem it is, such as {@code unknown_attribute}. */
  public String code() {
    return code;
  }

  /** What to change. */
  public String detail() {
    return detail;
  }
}
