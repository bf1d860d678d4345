package io.contextkeep.vault.web;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An error as RFC 9457 problem details: what went wrong and what to change, without any value of
 * the request.
 */
public class Problem extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final transient Map<String, Object> more;
  private final transient Map<String, String> headers;

  public Problem(int status, String code, String detail) {
    this(status, code, detail, Map.of());
  }

  public Problem(int status, String code, String detail, Map<String, Object> more) {
    this(status, code, detail, more, Map.of());
  }

  public Problem(
      int status,
      String code,
      String detail,
      Map<String, Object> more,
      Map<String, String> headers) {
    super(detail, null, false, false);
    this.status = status;
    this.code = code;
    this.more = more;
    this.headers = headers;
  }

  public static Problem badRequest(String code, String detail) {
    return new Problem(400, code, detail);
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  /** Returns the headers of its answer, such as Retry-After. */
  Map<String, String> headers() {
    return headers;
  }

  Map<String, Object> body() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "urn:contextkeep:problem:" + code);
    body.put("title", code.replace('_', ' '));
    body.put("status", status);
    body.put("code", code);
    body.put("detail", String.valueOf(getMessage()));
    body.putAll(more);
    return body;
  }
}
