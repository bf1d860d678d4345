package io.contextkeep.vault.web;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The media types of a route's requests and answers. They are checked before the handler runs, so
 * that a request that could not be parsed or answered changes nothing.
 *
 * @param takes the media types of the body; none if the route takes no body
 * @param gives the media types of the answer, the default first
 */
public record Media(Set<String> takes, List<String> gives) {
  public static final String JSON = "application/json";
  static final String MERGE_PATCH = "application/merge-patch+json";
  public static final String LINES = "application/x-ndjson";
  public static final String JSON_LD = "application/ld+json";
  public static final String CSV = "text/csv";
  public static final String TEXT = "text/plain";

  /** The type of JSON lines. */
  public static final String UTF_8_TEXT = TEXT + "; charset=utf-8";

  public static final String BYTES = "application/octet-stream";
  public static final String TURTLE = "text/turtle";
  public static final String ZIP = "application/zip";

  /** A JSON Web Signature in its compact form (RFC 7515 section 9.2.1). */
  public static final String JOSE = "application/jose";

  public static final String STATUS_LIST = "application/statuslist+jwt";

  /** Returns the Content-Type of a media type: text states UTF-8. */
  public static String sent(String type) {
    return type.startsWith("text/") ? type + "; charset=utf-8" : type;
  }

  /** No body, and JSON answers. */
  public static final Media NO_BODY = new Media(Set.of(), List.of(JSON));

  private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
  private static final String PARAMETER =
      ";\\s*(?:(" + TOKEN + ")\\s*=\\s*(" + TOKEN + "|\"(?:[^\"\\\\]|\\\\.)*+\")\\s*)?";
  private static final Pattern PARAMETERS = Pattern.compile(PARAMETER);

  /** A Content-Type header (RFC 9110 section 8.3.1). */
  private static final Pattern TYPE =
      Pattern.compile("\\s*(" + TOKEN + "/" + TOKEN + ")\\s*((?:" + PARAMETER + ")*+)");

  /** Returns a copy with other types of answers. */
  public Media giving(List<String> types) {
    return new Media(takes, types);
  }

  /** Returns a copy with other types of bodies. */
  public Media taking(String... types) {
    return new Media(Set.of(types), gives);
  }

  /**
   * Checks the headers of a request about its body and the wanted answer.
   *
   * @param body whether a body follows
   * @return the media type that the answer should have
   * @throws Problem 400, 406 or 415
   */
  String check(Request head, boolean body) {
    String type = Accept.choose(head.header("Accept"), gives);
    if (body) {
      checkBody(head);
    }
    return type;
  }

  private void checkBody(Request head) {
    if (takes.isEmpty()) {
      throw Problem.badRequest("unexpected_body", "This takes no body; send none");
    }
    String encoding = head.header("Content-Encoding").orElse("identity").strip();
    if (!encoding.equalsIgnoreCase("identity")) {
      throw new Problem(415, "unsupported_encoding", "Send the body without a Content-Encoding");
    }
    if (type(head).filter(takes::contains).isEmpty()) {
      throw new Problem(
          415,
          "unsupported_media_type",
          "Send the body as UTF-8 with Content-Type: " + String.join(" or ", takes));
    }
  }

  /** Returns the body's media type in lower case; empty if it is missing or not UTF-8. */
  public static Optional<String> type(Request request) {
    return request
        .header("Content-Type")
        .map(text -> TYPE.matcher(text.toLowerCase(Locale.ROOT)))
        .filter(Matcher::matches)
        .filter(type -> isUtf8(type.group(2)))
        .map(type -> type.group(1));
  }

  /** The charset parameter of a media type; other parameters are ignored. */
  private static boolean isUtf8(String parameters) {
    return PARAMETERS
        .matcher(parameters)
        .results()
        .filter(parameter -> "charset".equals(parameter.group(1)))
        .allMatch(parameter -> parameter.group(2).matches("\"?utf-?8\"?"));
  }
}
