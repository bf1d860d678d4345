package io.contextkeep.vault.web;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The check of a request's target (RFC 9112 section 3.2) before routing. A path that a proxy, the
 * router and a handler could read in different ways is refused, so that no spelling of a path
 * bypasses the route that guards it.
 */
final class Target {
  /** Characters that a path may have unescaped: RFC 3986's, without the semicolon. */
  private static final BitSet SIMPLE =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:@-/?&=,"
          .chars()
          .collect(BitSet::new, BitSet::set, BitSet::or);

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._~!$&'()*+,=:@%/-]*");

  /** Escapes of a slash, a backslash, a dot, a control character, or of another escape. */
  private static final Pattern FORBIDDEN_ESCAPE =
      Pattern.compile("%(2f|5c|2e|[01][0-9a-f]|7f|25[0-9a-f]{2})", Pattern.CASE_INSENSITIVE);

  private static final Pattern DOT_OR_EMPTY_SEGMENT = Pattern.compile("//|/\\.{1,2}(/|$)");

  /** Scheme, authority, and the rest from the path's slash on. */
  private static final Pattern ABSOLUTE =
      Pattern.compile("(https?)://([^/?#]+)(/.*)", Pattern.CASE_INSENSITIVE);

  private Target() {}

  /** Returns the fault of a request's target, if it has one. */
  static Optional<Problem> fault(HttpServerRequest request) {
    String host = Optional.ofNullable(request.getHeader(HttpHeaders.HOST)).orElse("");
    return fault(request.uri(), request.isSSL() ? "https" : "http", host);
  }

  /**
   * Returns the fault of a target, which may be in absolute form (RFC 9112 section 3.2.2), as
   * clients send it to a proxy. A target for another host, or of another scheme than the
   * connection's, is misdirected (RFC 9110 section 7.4). A target without a slash after its
   * authority is refused, because the router would look for its path in the query.
   */
  static Optional<Problem> fault(String target, String scheme, String host) {
    if (isSimple(target)) {
      return Optional.empty();
    }
    Matcher absolute = ABSOLUTE.matcher(target);
    if (!absolute.matches()) {
      return fault(target);
    }
    if (!absolute.group(1).equalsIgnoreCase(scheme) || !absolute.group(2).equalsIgnoreCase(host)) {
      return refused(
          "The target names another scheme or host than the connection and the Host header;"
              + " send the path alone");
    }
    return fault(absolute.group(3));
  }

  /**
   * Returns whether the target has only letters, digits and a few signs, no escapes, no empty
   * segments and none that begins with a dot. Most have, and no rule forbids such a target.
   */
  private static boolean isSimple(String target) {
    char before = '/';
    boolean simple = !target.isEmpty() && target.charAt(0) == '/';
    for (int i = 1; i < target.length() && simple; i++) {
      char c = target.charAt(i);
      simple = SIMPLE.get(c) && !(before == '/' && (c == '/' || c == '.'));
      before = c;
    }
    return simple;
  }

  private static Optional<Problem> fault(String target) {
    String path = path(target);
    if (!isPercentEncodedUtf8(target) || target.contains("#")) {
      return refused("Path and query must be percent-encoded UTF-8 (RFC 3986), without a fragment");
    }
    if (!path.startsWith("/")) {
      return refused("Send the target as a path that begins with a slash");
    }
    if (FORBIDDEN_ESCAPE.matcher(path).find()) {
      return refused(
          "The path holds an escaped slash, backslash, dot, percent escape or control character;"
              + " write slashes and dots as they are");
    }
    if (!PLAIN.matcher(path).matches() || DOT_OR_EMPTY_SEGMENT.matcher(path).find()) {
      return refused(
          "The path holds an empty segment, a segment of dots, a semicolon, or a character that"
              + " RFC 3986 does not allow there; escape what is part of a name");
    }
    return Optional.empty();
  }

  private static Optional<Problem> refused(String detail) {
    return Optional.of(Problem.badRequest("malformed_target", detail));
  }

  private static String path(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /** Returns whether escapes are UTF-8; decoders replace others, which makes targets collide. */
  private static boolean isPercentEncodedUtf8(String target) {
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
