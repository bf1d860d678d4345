package io.contextkeep.vault.web.edge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A strict parser of HTTP/1.1's framing (RFC 9112): the end of a request's head, the length of its
 * body, the beginning of the next request. Anything that two implementations could read differently
 * is a fault, which prevents request smuggling.
 *
 * <p>It holds one line at a time and does not interpret requests.
 */
final class Framing {
  private static final int MAX_LINE = 8_192;
  private static final int LARGEST_HEAD = 16_384;
  private static final int MAX_FIELDS = 100;
  private static final int LARGEST_TRAILERS = 4_096;
  private static final int LARGEST_EXTENSIONS = 1_024;

  private static final Octets TOKEN = new Octets(Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]"));
  private static final Octets VISIBLE = new Octets(Pattern.compile("[!-~]"));
  private static final Octets VALUE = new Octets(Pattern.compile("[^\\x00-\\x08\\x0a-\\x1f\\x7f]"));
  private static final byte[] VERSION = " HTTP/1.".getBytes(StandardCharsets.US_ASCII);
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

  private byte[] line = new byte[256];
  private int length;
  private final List<String> hosts = new ArrayList<>();
  private final List<String> lengths = new ArrayList<>();
  private final List<String> codings = new ArrayList<>();
  private String lastHost = "";
  private Optional<Fault> fault = Optional.empty();
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

  /** Returns the fault at which {@link #take} stopped, if it did. */
  Optional<Fault> fault() {
    return fault;
  }

  /**
   * Parses bytes up to the next body or fault.
   *
   * @param count how many of the array's bytes
   * @return how many were parsed; those from a fault on must not be passed on
   */
  int take(byte[] bytes, int count) {
    int from = 0;
    while (from < count && fault.isEmpty() && at != At.BODY && at != At.CHUNK) {
      int end = endOfText(bytes, from, count);
      if (afterCr) {
        fault = bytes[from] == '\n' ? endOfLine() : malformed("A line ends with CR LF");
        end = fault.isEmpty() ? from + 1 : from;
        afterCr = false;
      } else if (end > from) {
        fault = grow(bytes, from, end);
        end = fault.isEmpty() ? end : from;
      } else if (bytes[from] == '\r') {
        afterCr = true;
        end = from + 1;
      } else {
        fault = malformed("A line ends with CR LF");
      }
      from = end;
    }
    return from;
  }

  private static int endOfText(byte[] bytes, int from, int count) {
    int end = from;
    while (end < count && bytes[end] != '\r' && bytes[end] != '\n') {
      end++;
    }
    return end;
  }

  private Optional<Fault> grow(byte[] bytes, int from, int end) {
    if (at == At.BETWEEN) {
      at = At.REQUEST_LINE;
      head = 0;
    }
    if (at == At.CHUNK_END) {
      return malformed("A chunk must end after as many bytes as its size says");
    }
    int more = end - from;
    head += more;
    Optional<Fault> tooMuch =
        switch (at) {
          case REQUEST_LINE ->
              length + more > MAX_LINE
                  ? fault(Refused.TARGET_TOO_LONG, "Send a request line of at most 8192 bytes")
                  : Optional.empty();
          case FIELDS ->
              head > LARGEST_HEAD
                  ? fault(Refused.HEADERS_TOO_LARGE, "Send headers of at most 16384 bytes")
                  : Optional.empty();
          case CHUNK_SIZE -> {
            extensions += more;
            yield extensions > LARGEST_EXTENSIONS
                ? malformed("Send fewer chunk extensions")
                : Optional.empty();
          }
          default -> head > LARGEST_TRAILERS ? malformed("Send fewer trailers") : Optional.empty();
        };
    if (tooMuch.isEmpty()) {
      if (length + more > line.length) {
        line = Arrays.copyOf(line, Math.max(length + more, 2 * line.length));
      }
      System.arraycopy(bytes, from, line, length, more);
      length += more;
    }
    return tooMuch;
  }

  private Optional<Fault> endOfLine() {
    Optional<Fault> found =
        switch (at) {
          case BETWEEN ->
              ++emptyLines > 1
                  ? malformed("A request begins with its request line")
                  : Optional.empty();
          case REQUEST_LINE -> requestLine();
          case FIELDS -> length == 0 ? endOfHead() : field();
          case CHUNK_SIZE -> chunk(text(0, length));
          case CHUNK_END -> {
            at = At.CHUNK_SIZE;
            yield Optional.empty();
          }
          case TRAILERS -> length == 0 ? endOfBody() : trailer();
          case BODY, CHUNK -> throw new IllegalStateException("A body has no lines");
        };
    length = 0;
    return found;
  }

  /** Returns a part of the line. */
  private String text(int from, int to) {
    return new String(line, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** Parses a method, a target and a version, with one space between. */
  private Optional<Fault> requestLine() {
    int method = TOKEN.end(line, 0, length);
    boolean spaced = method > 0 && method < length && line[method] == ' ';
    int target = spaced ? VISIBLE.end(line, method + 1, length) : 0;
    int last = length - 1;
    if (!spaced
        || target == method + 1
        || target + VERSION.length != last
        || !Arrays.equals(line, target, last, VERSION, 0, VERSION.length)
        || line[last] != '0' && line[last] != '1') {
      return malformed("A request line is a method, a target and HTTP/1.1, with one space between");
    }
    minor = line[last] - '0';
    hosts.clear();
    lengths.clear();
    codings.clear();
    fields = 0;
    at = At.FIELDS;
    return Optional.empty();
  }

  private Optional<Fault> field() {
    int name = nameOfField();
    if (name == 0) {
      return malformed(
          "A header is a name, a colon and a value in one line, without control characters");
    }
    if (++fields > MAX_FIELDS) {
      return fault(Refused.HEADERS_TOO_LARGE, "Send at most 100 headers");
    }
    // Other fields do not affect the framing.
    if (isNamed(name, "host")) {
      hosts.add(value(name));
    } else if (isNamed(name, "content-length")) {
      lengths.add(value(name));
    } else if (isNamed(name, "transfer-encoding")) {
      codings.add(value(name));
    }
    return Optional.empty();
  }

  /** Returns the length of the name of the line's field; 0 if the line is not a field. */
  private int nameOfField() {
    int name = TOKEN.end(line, 0, length);
    boolean isField =
        name < length && line[name] == ':' && VALUE.end(line, name + 1, length) == length;
    return isField ? name : 0;
  }

  private boolean isNamed(int name, String lowerCase) {
    return name == lowerCase.length() && text(0, name).equalsIgnoreCase(lowerCase);
  }

  private String value(int name) {
    int from = name + 1;
    int to = length;
    while (from < to && isBlank(line[from])) {
      from++;
    }
    while (to > from && isBlank(line[to - 1])) {
      to--;
    }
    return text(from, to);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private Optional<Fault> endOfHead() {
    if (hosts.size() > 1 || minor == 1 && hosts.isEmpty()) {
      return malformed("Send one Host header");
    }
    if (!hosts.isEmpty() && !isHost(hosts.getFirst())) {
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

  /** Most requests of a connection name the same host. */
  private boolean isHost(String host) {
    boolean is = !host.isEmpty() && host.equals(lastHost) || HOST.matcher(host).matches();
    lastHost = is ? host : lastHost;
    return is;
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

  private Optional<Fault> trailer() {
    int name = nameOfField();
    if (name == 0 || NOT_IN_TRAILERS.contains(text(0, name).toLowerCase(Locale.ROOT))) {
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
