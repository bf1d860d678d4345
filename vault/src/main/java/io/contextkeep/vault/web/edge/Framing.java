package io.contextkeep.vault.web.edge;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A strict parser of HTTP/1.1's framing (RFC 9112), byte by byte: the end of a request's head, the
 * length of its body, the beginning of the next request. Anything that two implementations could
 * read differently is a fault, which prevents request smuggling.
 *
 * <p>It holds one line at a time and does not interpret requests.
 */
final class Framing {
  private static final int MAX_LINE = 8_192;
  private static final int LARGEST_HEAD = 16_384;
  private static final int MAX_FIELDS = 100;
  private static final int LARGEST_TRAILERS = 4_096;
  private static final int LARGEST_EXTENSIONS = 1_024;

  private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
  private static final Pattern REQUEST_LINE =
      Pattern.compile("(" + TOKEN + ") ([!-~]+) HTTP/1\\.([01])");
  private static final Pattern FIELD =
      Pattern.compile("(" + TOKEN + "):[ \\t]*([^\\x00-\\x08\\x0a-\\x1f\\x7f]*?)[ \\t]*");
  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._~%!$&'()*+,;=-]+)(:[0-9]{0,5})?");

  /** The size of a chunk, at most 8 digits, so that none overflows. */
  private static final Pattern CHUNK =
      Pattern.compile("([0-9A-Fa-f]{1,8})(;[ \\t!-~\\x80-\\xff]*)?");

  /** The length of a body, at most 18 digits, which fit into a long. */
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

  /** Fields that are forbidden in trailers, because they would change how the body is read. */
  private static final Set<String> NOT_IN_TRAILERS =
      Set.of("content-length", "transfer-encoding", "host", "authorization", "connection");

  /** A fault of a request. */
  record Fault(Refused why, String detail) {}

  /** The state: the part of a request to which the next byte belongs. */
  private enum At {
    BETWEEN,
    REQUEST_LINE,
    FIELDS,
    BODY,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILERS
  }

  private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
  private final List<String> hosts = new ArrayList<>();
  private final List<String> lengths = new ArrayList<>();
  private final List<String> codings = new ArrayList<>();
  private At at = At.BETWEEN;
  private boolean afterCr;
  private int emptyLines;
  private int minor;
  private int head;
  private int fields;
  private int extensions;
  private long left;
  private long heads;
  private long ends;

  /** Returns whether a request has begun and not ended. */
  boolean inside() {
    return at != At.BETWEEN || afterCr;
  }

  /** Returns whether the current request's head has ended. */
  boolean inBody() {
    return at.compareTo(At.FIELDS) > 0;
  }

  /** Returns the number of complete heads. */
  long heads() {
    return heads;
  }

  /** Returns the number of complete requests. */
  long ends() {
    return ends;
  }

  /**
   * Returns how many of the next bytes belong to a body and need not be parsed.
   *
   * @param available the number of bytes available
   */
  int passable(int available) {
    return at == At.BODY || at == At.CHUNK ? (int) Math.min(left, available) : 0;
  }

  /** Skips that many bytes of a body, at most {@link #passable}. */
  void pass(int bytes) {
    left -= bytes;
    if (left == 0) {
      at = at == At.BODY ? ended() : At.CHUNK_END;
    }
  }

  /** Parses one byte, which must not be passed on if it is a fault. */
  Optional<Fault> take(byte b) {
    if (afterCr) {
      if (b != '\n') {
        return malformed("A line ends with CR LF");
      }
      afterCr = false;
      return endOfLine();
    }
    if (b == '\r') {
      afterCr = true;
      return Optional.empty();
    }
    if (b == '\n') {
      return malformed("A line ends with CR LF");
    }
    return grow(b);
  }

  private Optional<Fault> grow(byte b) {
    if (at == At.BETWEEN) {
      at = At.REQUEST_LINE;
      head = 0;
    }
    if (at == At.CHUNK_END) {
      return malformed("A chunk must end after as many bytes as its size says");
    }
    line.write(b);
    head++;
    return switch (at) {
      case REQUEST_LINE ->
          line.size() > MAX_LINE
              ? fault(Refused.TARGET_TOO_LONG, "Send a request line of at most 8192 bytes")
              : Optional.empty();
      case FIELDS ->
          head > LARGEST_HEAD
              ? fault(Refused.HEADERS_TOO_LARGE, "Send headers of at most 16384 bytes")
              : Optional.empty();
      case CHUNK_SIZE ->
          ++extensions > LARGEST_EXTENSIONS
              ? malformed("Send fewer chunk extensions")
              : Optional.empty();
      default -> head > LARGEST_TRAILERS ? malformed("Send fewer trailers") : Optional.empty();
    };
  }

  private Optional<Fault> endOfLine() {
    String text = line.toString(StandardCharsets.ISO_8859_1);
    line.reset();
    return switch (at) {
      case BETWEEN ->
          ++emptyLines > 1 ? malformed("A request begins with its request line") : Optional.empty();
      case REQUEST_LINE -> requestLine(text);
      case FIELDS -> text.isEmpty() ? endOfHead() : field(text);
      case CHUNK_SIZE -> chunk(text);
      case CHUNK_END -> {
        at = At.CHUNK_SIZE;
        yield Optional.empty();
      }
      case TRAILERS -> text.isEmpty() ? endOfBody() : trailer(text);
      case BODY, CHUNK -> throw new IllegalStateException("A body has no lines");
    };
  }

  private Optional<Fault> requestLine(String text) {
    Matcher parts = REQUEST_LINE.matcher(text);
    if (!parts.matches()) {
      return malformed("A request line is a method, a target and HTTP/1.1, with one space between");
    }
    minor = parts.group(3).charAt(0) - '0';
    hosts.clear();
    lengths.clear();
    codings.clear();
    fields = 0;
    at = At.FIELDS;
    return Optional.empty();
  }

  private Optional<Fault> field(String text) {
    Matcher parts = FIELD.matcher(text);
    if (!parts.matches()) {
      return malformed(
          "A header is a name, a colon and a value in one line, without control characters");
    }
    if (++fields > MAX_FIELDS) {
      return fault(Refused.HEADERS_TOO_LARGE, "Send at most 100 headers");
    }
    String value = parts.group(2);
    switch (parts.group(1).toLowerCase(Locale.ROOT)) {
      case "host" -> hosts.add(value);
      case "content-length" -> lengths.add(value);
      case "transfer-encoding" -> codings.add(value);
      default -> {
        // Other fields do not affect the framing.
      }
    }
    return Optional.empty();
  }

  private Optional<Fault> endOfHead() {
    if (hosts.size() > 1 || minor == 1 && hosts.isEmpty()) {
      return malformed("Send one Host header");
    }
    if (!hosts.stream().allMatch(host -> HOST.matcher(host).matches())) {
      return malformed("The Host header is a name or an address, and a port");
    }
    if (!codings.isEmpty()) {
      if (minor == 0 || !lengths.isEmpty()) {
        return malformed("Send either Content-Length, or Transfer-Encoding with HTTP/1.1");
      }
      if (codings.size() > 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
        return malformed("The only Transfer-Encoding is chunked");
      }
      at = At.CHUNK_SIZE;
      extensions = 0;
    } else if (lengths.isEmpty()) {
      at = ended();
    } else {
      if (lengths.size() > 1 || !LENGTH.matcher(lengths.getFirst()).matches()) {
        return malformed("Send one Content-Length, a whole number");
      }
      left = Long.parseLong(lengths.getFirst());
      at = left == 0 ? ended() : At.BODY;
    }
    heads++;
    return Optional.empty();
  }

  private Optional<Fault> chunk(String text) {
    Matcher parts = CHUNK.matcher(text);
    if (!parts.matches()) {
      return malformed("A chunk begins with its size, at most 8 hexadecimal digits");
    }
    left = Long.parseLong(parts.group(1), 16);
    extensions -= parts.group(1).length();
    at = left == 0 ? At.TRAILERS : At.CHUNK;
    head = 0;
    return Optional.empty();
  }

  private Optional<Fault> trailer(String text) {
    Matcher parts = FIELD.matcher(text);
    if (!parts.matches() || NOT_IN_TRAILERS.contains(parts.group(1).toLowerCase(Locale.ROOT))) {
      return malformed("A trailer is a header that says nothing about the request's framing");
    }
    return Optional.empty();
  }

  private Optional<Fault> endOfBody() {
    at = ended();
    return Optional.empty();
  }

  private At ended() {
    emptyLines = 0;
    ends++;
    return At.BETWEEN;
  }

  private static Optional<Fault> malformed(String detail) {
    return fault(Refused.MALFORMED_REQUEST, detail);
  }

  private static Optional<Fault> fault(Refused why, String detail) {
    return Optional.of(new Fault(why, detail));
  }
}
