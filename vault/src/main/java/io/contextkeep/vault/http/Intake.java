package io.contextkeep.vault.http;

import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.identity.TokenVerifier;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a {@link Request} of what came over the wire: first who is calling, then everything else. A
 * parameter or header that could be read in two ways is refused, not guessed.
 */
final class Intake {
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

  static Request request(RoutingContext routing, String id, TokenVerifier tokens) {
    MultiMap headers = routing.request().headers();
    Caller caller = tokens.authenticate(single(headers, "Authorization"));
    Map<String, String> used = new HashMap<>();
    for (String name : HEADERS) {
      single(headers, name).ifPresent(value -> used.put(name, value));
    }
    accept(headers).ifPresent(value -> used.put("Accept", value));
    // Several lines are one signal if any of them is it; whatever is not 1 is no signal.
    if (headers.getAll(PrivacySignal.HEADER).contains("1")) {
      used.put(PrivacySignal.HEADER, "1");
    }
    Buffer body = routing.body().buffer();
    return new Request(
        id,
        caller,
        routing.pathParams(),
        query(routing),
        used,
        body == null ? new byte[0] : body.getBytes(),
        routing.response()::closed);
  }

  /** A list header, which may come in several lines (RFC 9110 section 5.3). */
  static Optional<String> accept(MultiMap headers) {
    List<String> lines = headers.getAll("Accept");
    return lines.isEmpty() ? Optional.empty() : Optional.of(String.join(",", lines));
  }

  private static Optional<String> single(MultiMap headers, String name) {
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

  /**
   * Whether the request target is percent-encoded UTF-8 and nothing else. Decoders replace what is
   * not, and then two different requests would look the same.
   */
  static boolean isWellFormed(String target) {
    if (target.chars().allMatch(c -> c > ' ' && c <= '~' && c != '%')) {
      return true;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(target.length());
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c == '%') {
        if (i + 2 >= target.length() || hex(target, i + 1) < 0 || hex(target, i + 2) < 0) {
          return false;
        }
        bytes.write(hex(target, i + 1) << 4 | hex(target, i + 2));
        i += 2;
      } else if (c <= ' ' || c > '~') {
        return false;
      } else {
        bytes.write(c);
      }
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray()));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static int hex(String text, int at) {
    return Character.digit(text.charAt(at), 16);
  }
}
