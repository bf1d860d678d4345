package io.contextkeep.vault.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.vault.net.Clients;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Verifies bearer tokens (JWT, RFC 7519, by RFC 8725's rules): the issuer is known and fixes the
 * key, the key fixes the algorithm, audience and times hold, the role is one that this issuer may
 * give. Nothing in a token's header is followed: not a key, not an address.
 *
 * <p>A verified token is remembered by its hash, for minutes at most: it must not outlive a key
 * that its issuer has withdrawn. An app's token is believed only while the app is registered as it
 * was.
 */
public final class TokenVerifier {
  static final int LONGEST = 8_192;
  static final Duration SKEW = Duration.ofSeconds(60);
  static final Duration REMEMBERED_FOR = Duration.ofMinutes(5);
  private static final int REMEMBERED = 50_000;

  /** JWTs by their plain name, and access tokens (RFC 9068); a logout or DPoP token is neither. */
  private static final Set<String> TYPES =
      Set.of("jwt", "application/jwt", "at+jwt", "application/at+jwt");

  private record Verified(Issuer.Identified identified, Instant until) {}

  private final VaultIssuer own;
  private final Map<String, Issuer> issuers = new HashMap<>();
  private final Apps apps;
  private final UnaryOperator<Caller> names;
  private final InstantSource clock;
  private final Cache<ByteBuffer, Verified> remembered;

  /**
   * @param outside the configured issuers
   * @param names what a caller is called from here on
   */
  public TokenVerifier(
      VaultIssuer own,
      List<IssuerSettings> outside,
      Apps apps,
      UnaryOperator<Caller> names,
      InstantSource clock) {
    this(own, outside, apps, names, clock, REMEMBERED);
  }

  TokenVerifier(
      VaultIssuer own,
      List<IssuerSettings> outside,
      Apps apps,
      UnaryOperator<Caller> names,
      InstantSource clock,
      long mostRemembered) {
    this.own = own;
    this.apps = apps;
    this.names = names;
    this.clock = clock;
    this.remembered =
        Caffeine.newBuilder()
            .maximumSize(mostRemembered)
            .expireAfterWrite(REMEMBERED_FOR)
            .executor(Runnable::run)
            .build();
    issuers.put(own.name(), new VaultTokens(own));
    if (!outside.isEmpty()) {
      HttpClient http = Clients.client();
      for (IssuerSettings settings : outside) {
        Issuer issuer = new OidcIssuer(settings, new Jwks(settings, http, clock), apps);
        if (issuers.put(settings.issuer(), issuer) != null) {
          throw new IllegalArgumentException(
              "oidc." + settings.name() + ".issuer is another issuer's name already");
        }
      }
    }
  }

  /**
   * The caller behind an Authorization header. It may ask an issuer for keys, so it must not be
   * called on an event loop.
   *
   * @throws NotAuthenticated with a code, if there is none
   * @throws IssuerUnreachable if it cannot be known now
   */
  public Caller authenticate(Optional<String> authorization) {
    String token = bearer(authorization);
    ByteBuffer hash =
        ByteBuffer.wrap(Hashes.sha256().digest(token.getBytes(StandardCharsets.UTF_8)));
    Verified known = remembered.getIfPresent(hash);
    if (known == null || !stands(known)) {
      known = verify(token);
      remembered.put(hash, known);
    }
    return known.identified().caller();
  }

  /**
   * The caller behind a token that is sent as a proof of another account.
   *
   * @param age how long ago it may have been issued at most
   * @throws NotAuthenticated with a code, if it is none or does not say that it is as new
   * @throws IssuerUnreachable if it cannot be known now
   */
  public Caller proof(String token, Duration age) {
    Caller caller = authenticate(Optional.of("Bearer " + token));
    try {
      Date issued = parsed(token.strip()).getJWTClaimsSet().getIssueTime();
      if (issued == null || issued.toInstant().isBefore(clock.instant().minus(age))) {
        throw new NotAuthenticated("token_too_old");
      }
      return caller;
    } catch (ParseException e) {
      throw new NotAuthenticated("token_malformed");
    }
  }

  /** How many tokens are remembered now. */
  long remembered() {
    remembered.cleanUp();
    return remembered.estimatedSize();
  }

  private static String bearer(Optional<String> authorization) {
    String header = authorization.orElseThrow(() -> new NotAuthenticated("token_missing"));
    if (!header.regionMatches(true, 0, "Bearer ", 0, 7)) {
      throw new NotAuthenticated("token_not_bearer");
    }
    String token = header.substring(7).strip();
    if (token.length() > LONGEST) {
      throw new NotAuthenticated("token_too_long");
    }
    return token;
  }

  private boolean stands(Verified known) {
    Optional<RegisteredApp> app = known.identified().app();
    Instant now = clock.instant();
    return now.isBefore(known.until())
        && !known.until().isAfter(now.plus(REMEMBERED_FOR))
        && (app.isEmpty() || apps.byId(app.get().id()).equals(app));
  }

  private Verified verify(String text) {
    try {
      SignedJWT token = parsed(text);
      JWSHeader header = token.getHeader();
      checkHeader(header);
      JWTClaimsSet claims = token.getJWTClaimsSet();
      Issuer issuer = issuer(claims.getIssuer());
      TokenKey key = issuer.key(header.getKeyID());
      if (!key.algorithms().contains(header.getAlgorithm())
          || !key.verifies(token.getSigningInput(), token.getSignature().decode())) {
        throw new NotAuthenticated("token_signature");
      }
      Instant expires = checkedExpiry(claims);
      Instant forgotten = clock.instant().plus(REMEMBERED_FOR);
      return new Verified(
          issuer.identified(claims, expires).stating(claims).named(names),
          expires.isBefore(forgotten) ? expires : forgotten);
    } catch (ParseException e) {
      throw new NotAuthenticated("token_malformed");
    }
  }

  private static SignedJWT parsed(String text) throws ParseException {
    try {
      return SignedJWT.parse(text);
    } catch (RuntimeException unforeseen) {
      // The library trips over some hostile headers, such as the JSON null.
      throw new ParseException("No token", 0);
    }
  }

  private static void checkHeader(JWSHeader header) {
    if (header.getCriticalParams() != null) {
      throw new NotAuthenticated("token_critical_header");
    }
    JOSEObjectType type = header.getType();
    if (type != null && !TYPES.contains(type.getType().toLowerCase(Locale.ROOT))) {
      throw new NotAuthenticated("token_type");
    }
  }

  private Issuer issuer(@Nullable String name) {
    Issuer issuer = name == null ? null : issuers.get(name);
    if (issuer != null) {
      return issuer;
    }
    return Optional.ofNullable(name)
        .flatMap(apps::byId)
        .flatMap(app -> app.jwk().map(jwk -> new AppTokens(app, AppKey.parse(jwk), own.name())))
        .orElseThrow(() -> new NotAuthenticated("token_issuer"));
  }

  private Instant checkedExpiry(JWTClaimsSet claims) {
    Instant now = clock.instant();
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
}
