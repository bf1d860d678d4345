package io.contextkeep.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The verification of notices, which must be signed by one vault for one app. Anyone may send to
 * the app's endpoint, so anything else is ignored.
 */
public final class NoticeTrust {
  private static final String EVENT = "urn:contextkeep:event:erasure";
  private static final Pattern ID = Pattern.compile("[0-9a-f-]{36}");
  private static final Pattern TEXT = Pattern.compile("[^\\p{Cc}]{1,300}");
  private static final long LAST_SECOND = Instant.MAX.getEpochSecond();
  private static final int MAX_LENGTH = 1 << 20;
  private static final int KEY = 32;

  /** The prefix of an Ed25519 key in its X.509 form (RFC 8410). */
  private static final String ED25519 = "302a300506032b6570032100";

  private final PublicKey key;
  private final String vault;
  private final String app;

  private NoticeTrust(PublicKey key, String vault, String app) {
    this.key = key;
    this.vault = vault;
    this.app = app;
  }

  /**
   * @param x the vault's key for receipts and notices, from the operator: the member {@code x} of
   *     its JSON Web Key
   * @param vault the vault's name, the issuer of its tokens
   * @param app this app's id at the vault
   * @throws IllegalArgumentException if that is not an Ed25519 key
   */
  public static NoticeTrust of(String x, String vault, String app) {
    byte[] raw = Base64.getUrlDecoder().decode(x);
    if (raw.length != KEY) {
      throw new IllegalArgumentException("An Ed25519 key must have 32 bytes in base64url");
    }
    byte[] encoded = HexFormat.of().parseHex(ED25519 + HexFormat.of().formatHex(raw));
    try {
      PublicKey key =
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
      return new NoticeTrust(key, vault, app);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("That is not an Ed25519 key", e);
    }
  }

  /**
   * Reads a Security Event Token (RFC 8417) that was sent to the app's endpoint (RFC 8935). Returns
   * empty if the vault did not sign it for this app, or it is another event; then answer 400. A
   * notice may come more than once.
   */
  public Optional<ErasureNotice> read(String token) {
    try {
      return Optional.of(verified(token));
    } catch (GeneralSecurityException
        | IllegalArgumentException
        | VaultProtocolException notTheVaults) {
      return Optional.empty();
    }
  }

  private ErasureNotice verified(String token) throws GeneralSecurityException {
    String[] parts = token.split("\\.", -1);
    Json.check(token.length() <= MAX_LENGTH && parts.length == 3, "is not a signed token");
    JsonNode header = Json.parse(Base64.getUrlDecoder().decode(parts[0]));
    Json.check(header.path("alg").asText().equals("EdDSA"), "is signed with another algorithm");
    Json.check(header.path("typ").asText().equals("secevent+jwt"), "is another kind of token");
    Signature signature = Signature.getInstance("Ed25519");
    signature.initVerify(key);
    signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    Json.check(signature.verify(Base64.getUrlDecoder().decode(parts[2])), "is not signed");
    return notice(Json.parse(Base64.getUrlDecoder().decode(parts[1])));
  }

  private ErasureNotice notice(JsonNode claims) {
    Json.check(claims.path("iss").asText().equals(vault), "is of another vault");
    Json.check(claims.path("aud").asText().equals(app), "is for another app");
    Json.check(Json.object(claims, "events").has(EVENT), "is about another event");
    List<CustomerId> names = new ArrayList<>();
    JsonNode subject = Json.object(claims, "sub_id");
    if (subject.path("format").asText().equals("aliases")) {
      Json.list(subject, "identifiers").forEach(alias -> names.add(name(alias)));
    } else {
      names.add(name(subject));
    }
    return new ErasureNotice(
        Json.text(claims, "jti", ID),
        Instant.ofEpochSecond(Json.whole(claims, "iat", LAST_SECOND)),
        names);
  }

  private static CustomerId name(JsonNode subject) {
    String format = subject.path("format").asText();
    return switch (format) {
      case "email", "phone_number" -> new CustomerId(format, Json.text(subject, format, TEXT));
      case "opaque" -> {
        String[] parts = Json.text(subject, "id", TEXT).split(":", 2);
        Json.check(parts.length == 2, "names nobody");
        yield new CustomerId(parts[0], parts[1]);
      }
      default -> throw Json.wrong("names the customer in an unknown format");
    };
  }
}
