package io.contextkeep.client;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A fault of the request (4xx) or of the vault (500), as RFC 9457 problem details. A retry has the
 * same result; the detail says what to change.
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

  /** Reads a problem, ignoring unknown members as RFC 9457 section 3.2 requires. */
  static VaultProblem read(int status, JsonNode document) {
    Json.check(Json.whole(document, "status", 599) == status, "has two different statuses");
    return new VaultProblem(
        status, Json.text(document, "code", Texts.PROBLEM), Json.message(document, "detail"));
  }

  /** Returns the HTTP status. */
  public int status() {
    return status;
  }

  /** Returns the code, such as {@code unknown_attribute}. */
  public String code() {
    return code;
  }

  /** Returns what to change. */
  public String detail() {
    return detail;
  }
}
