package io.contextkeep.vault.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Verifies bearer tokens (JWT, RFC 7519, by RFC 8725's rules): the issuer is known, the key fixes
 * the algorithm, audience and times hold, the role is one of ours. A verified token is remembered
 * by its hash until it expires.
 */
public final class TokenVerifier {
  static final int MAX_LENGTH = 8_192;
  private static final Duration SKEW = Duration.ofSeconds(60);
  private static final int REMEMBERED = 50_000;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private record Verified(Caller caller, Instant until) {}

  private final VaultIssuer own;
  private final InstantSource clock;
  private final Map<ByteBuffer, Verified> remembered = new ConcurrentHashMap<>();

  public TokenVerifier(VaultIssuer own, InstantSource clock) {
    this.own = own;
    this.clock = clock;
  }

  /**
   * The caller behind an Authorization header.
   *
   * @throws NotAuthenticated with a code, if there is none
   */
  public Caller authenticate(Optional<String> authorization) {
    String header = authorization.orElseThrow(() -> new NotAuthenticated("token_missing"));
    if (!header.regionMatches(true, 0, "Bearer ", 0, 7)) {
      throw new NotAuthenticated("token_not_bearer");
    }
    String token = header.substring(7).strip();
    if (token.length() > MAX_LENGTH) {
      throw new NotAuthenticated("token_too_long");
    }
    ByteBuffer hash = ByteBuffer.wrap(sha256(token));
    Verified known = remembered.get(hash);
    if (known != null && clock.instant().isBefore(known.until())) {
      return known.caller();
    }
    Verified verified = verify(token);
    if (remembered.size() >= REMEMBERED) {
      remembered.clear();
    }
    remembered.put(hash, verified);
    return verified.caller();
  }

  private Verified verify(String text) {
    try {
      SignedJWT token = SignedJWT.parse(text);
      if (token.getHeader().getCriticalParams() != null) {
        throw new NotAuthenticated("token_critical_header");
      }
      if (!own.key().verifies(token)) {
        throw new NotAuthenticated("token_signature");
      }
      JWTClaimsSet claims = token.getJWTClaimsSet();
      return new Verified(caller(claims), checkedExpiry(claims));
    } catch (ParseException e) {
      throw new NotAuthenticated("token_malformed");
    }
  }

  private Instant checkedExpiry(JWTClaimsSet claims) {
    Instant now = clock.instant();
    if (!own.name().equals(claims.getIssuer())) {
      throw new NotAuthenticated("token_issuer");
    }
    if (!List.of(own.name()).equals(claims.getAudience())) {
      throw new NotAuthenticated("token_audience");
    }
    Date expires = claims.getExpirationTime();
    if (expires == null || !now.isBefore(expires.toInstant().plus(SKEW))) {
      throw new NotAuthenticated("token_expired");
    }
    for (Date notYet : new Date[] {claims.getNotBeforeTime(), claims.getIssueTime()}) {
      if (notYet != null && notYet.toInstant().isAfter(now.plus(SKEW))) {
        throw new NotAuthenticated("token_not_yet_valid");
      }
    }
    return expires.toInstant();
  }

  private static Caller caller(JWTClaimsSet claims) throws ParseException {
    String subject = claims.getSubject();
    String roleClaim = claims.getStringClaim("role");
    if (subject == null || roleClaim == null || !ID.matcher(subject).matches()) {
      throw new NotAuthenticated("token_subject");
    }
    Role role = Role.parse(roleClaim).orElseThrow(() -> new NotAuthenticated("token_role"));
    Optional<String> account = Optional.ofNullable(claims.getStringClaim("account"));
    if ((role == Role.CUSTOMER) != account.isPresent()) {
      throw new NotAuthenticated("token_account");
    }
    return new Caller(role == Role.CUSTOMER ? "customer" : subject, role, account);
  }

  private static byte[] sha256(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
