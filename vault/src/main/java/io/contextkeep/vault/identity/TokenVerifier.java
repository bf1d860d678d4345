package io.contextkeep.vault.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.vault.identity.Apps.RegisteredApp;
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
 * give. Keys and addresses in a token's header are ignored.
 *
 * <p>A verified token is cached by its hash, for minutes at most, so that it does not outlive a key
 * that its issuer has withdrawn. An app's token is accepted only while the app's registration is
 * unchanged.
 */
public final class TokenVerifier {
  static final int MAX_LENGTH = 8_192;
  static final Duration SKEW = Duration.ofSeconds(60);
  static final Duration REMEMBERED_FOR = Duration.ofMinutes(5);
  private static final int REMEMBERED = 50_000;

  /** The accepted types: JWT and access token (RFC 9068), not logout or DPoP tokens. */
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
   * @param names maps a caller to the id used from here on
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
   * Authenticates an Authorization header. It may ask an issuer for keys, so it must not be called
   * on an event loop.
   *
   * @throws NotAuthenticated with a code, if there is no acceptable token
   * @throws IssuerUnreachable if the issuer cannot be asked now
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
   * Authenticates a token that is sent as proof of another account.
   *
   * @param age the greatest time since it was issued
   * @throws NotAuthenticated with a code, if it is not acceptable or not that recent
   * @throws IssuerUnreachable if the issuer cannot be asked now
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

  /** Returns the number of cached tokens. */
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
    if (token.length() > MAX_LENGTH) {
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
