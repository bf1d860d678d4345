package io.contextkeep.vault.web;

import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.identity.TokenVerifier;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes a {@link Request} of a request's head, authenticating the caller first. An ambiguous
 * parameter or header is refused.
 */
public final class Intake {
  /** Global Privacy Control (W3C). */
  public static final String GPC = "Sec-GPC";

  private static final List<String> HEADERS =
      List.of(
          "Idempotency-Key",
          "Content-Type",
          "Content-Encoding",
          "If-Match",
          "If-None-Match",
          "Prefer",
          "Last-Event-ID");

  private Intake() {}

  static Request head(RoutingContext routing, String id, TokenVerifier tokens) {
    MultiMap headers = routing.request().headers();
    Caller caller = tokens.authenticate(single(headers, "Authorization"));
    Map<String, String> used = new HashMap<>();
    for (String name : HEADERS) {
      single(headers, name).ifPresent(value -> used.put(name, value));
    }
    accept(headers).ifPresent(value -> used.put("Accept", value));
    // One line with 1 among several is a signal; any other value is not.
    if (headers.getAll(GPC).contains("1")) {
      used.put(GPC, "1");
    }
    return new Request(
        id,
        caller,
        Objects.requireNonNull(routing.request().path(), "the router has matched it"),
        Media.JSON,
        routing.pathParams(),
        query(routing),
        used,
        routing.request().method().equals(HttpMethod.HEAD),
        new byte[0],
        routing.response()::closed);
  }

  /** Returns the Accept header, which may come in several lines (RFC 9110 section 5.3). */
  static Optional<String> accept(MultiMap headers) {
    List<String> lines = headers.getAll("Accept");
    return lines.isEmpty() ? Optional.empty() : Optional.of(String.join(",", lines));
  }

  static Optional<String> single(MultiMap headers, String name) {
    List<String> values = headers.getAll(name);
    if (values.size() > 1) {
      throw Problem.badRequest("duplicate_header", "Send one " + name + " header");
    }
    return values.stream().findFirst();
  }

  private static Map<String, String> query(RoutingContext routing) {
    Map<String, String> query = new HashMap<>();
    for (Map.Entry<String, String> parameter : routing.queryParams()) {
      String value = parameter.getValue();
      boolean sound = !value.isEmpty() && Json.wellFormed(value);
      if (!sound || query.put(parameter.getKey(), value) != null) {
        throw Problem.badRequest(
            "invalid_parameter",
            "Send each query parameter once, with a value without control characters");
      }
    }
    return query;
  }
}
