package io.contextkeep.vault.erasure;

import io.contextkeep.audit.Jcs;
import io.contextkeep.vault.crypto.JwsKey;
import io.contextkeep.vault.erasure.ErasureNotices.Notice;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A notice as a Security Event Token (RFC 8417): the customer whom the app knows by these names was
 * erased. The names (RFC 9493) are only those that the app itself had used.
 */
final class EventToken {
  static final String EVENT = "urn:contextkeep:event:erasure";
  private static final String TYPE = "secevent+jwt";
  private static final Pattern E164 = Pattern.compile("\\+[1-9][0-9]{1,14}");

  private EventToken() {}

  /**
   * Makes a token.
   *
   * @param names the names, each {@code kind:value}
   */
  static String signed(Notice notice, List<String> names, JwsKey key, String issuer) {
    TreeMap<String, Object> claims = new TreeMap<>();
    claims.put("iss", issuer);
    claims.put("aud", notice.app());
    claims.put("jti", notice.jti());
    claims.put("iat", notice.issued().getEpochSecond());
    claims.put("sub_id", subject(names));
    claims.put("events", Map.of(EVENT, Map.of("right", "eu-gdpr:A17")));
    return key.sign(TYPE, Jcs.bytes(claims));
  }

  private static Map<String, Object> subject(List<String> names) {
    return names.size() == 1
        ? identifier(names.getFirst())
        : Map.of(
            "format",
            "aliases",
            "identifiers",
            names.stream().map(EventToken::identifier).toList());
  }

  /** Returns the subject identifier, opaque where RFC 9493 has no format for the kind. */
  private static Map<String, Object> identifier(String name) {
    int colon = name.indexOf(':');
    String kind = name.substring(0, colon);
    String value = name.substring(colon + 1);
    if (kind.equals("email") && value.contains("@")) {
      return Map.of("format", "email", "email", value);
    }
    if (kind.equals("phone_number") && E164.matcher(value).matches()) {
      return Map.of("format", "phone_number", "phone_number", value);
    }
    return Map.of("format", "opaque", "id", name);
  }
}
