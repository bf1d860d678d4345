package io.contextkeep.vault.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.vault.identity.Apps.RegisteredApp;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A configured OpenID Connect issuer. It can give only the roles that it is configured for, and a
 * customer is found by an e-mail address or telephone number only where the issuer verified it.
 */
final class OidcIssuer implements Issuer {
  /** The claim that must be true for another claim to be accepted (OpenID Connect Core 5.1). */
  private static final Map<String, String> VERIFIED_BY =
      Map.of("email", "email_verified", "phone_number", "phone_number_verified");

  private static final int MAX_ACCOUNT = 256;

  private final IssuerSettings settings;
  private final Jwks keys;
  private final Apps apps;

  OidcIssuer(IssuerSettings settings, Jwks keys, Apps apps) {
    this.settings = settings;
    this.keys = keys;
    this.apps = apps;
  }

  @Override
  public TokenKey key(@Nullable String id) {
    if (id == null) {
      throw new NotAuthenticated("token_key_missing");
    }
    return keys.key(id);
  }

  @Override
  public Identified identified(JWTClaimsSet claims, Instant expires) {
    if (!claims.getAudience().contains(settings.audience())) {
      throw new NotAuthenticated("token_audience");
    }
    Optional<String> client = client(claims);
    Role role = role(claims, client);
    if (!settings.roles().contains(role)) {
      throw new NotAuthenticated("token_role_not_allowed");
    }
    Identified identified =
        switch (role) {
          case CUSTOMER -> Identified.as(customer(claims));
          case APP, SOURCE -> Identified.as(app(client), role);
          case ANALYST, AUDITOR, OPERATOR -> Identified.as(staff(claims, role));
        };
    return identified.assured(claims);
  }

  /**
   * Returns the role in the claim. Without one, a token that a client got for itself (its subject
   * is the client, RFC 9068 §2.2) is the app's. Any other is a customer's, even when an app's
   * client requested it; otherwise a customer who logs in through an app could act as the app.
   */
  private Role role(JWTClaimsSet claims, Optional<String> client) {
    Object claim = at(claims.getClaims(), settings.roleClaim());
    if (claim == null) {
      return client.isPresent() && client.get().equals(claims.getSubject())
          ? app(client).usualRole()
          : Role.CUSTOMER;
    }
    List<?> words = claim instanceof List<?> list ? list : List.of(claim);
    List<Role> roles =
        words.stream().flatMap(word -> Role.parse(String.valueOf(word)).stream()).toList();
    if (roles.size() != 1) {
      throw new NotAuthenticated("token_role");
    }
    return roles.getFirst();
  }

  private RegisteredApp app(Optional<String> client) {
    return client
        .flatMap(apps::byClientId)
        .orElseThrow(() -> new NotAuthenticated("token_client_unknown"));
  }

  /**
   * Returns the client that got the token: {@code azp} (OpenID Connect) or {@code client_id} (RFC
   * 9068).
   */
  private static Optional<String> client(JWTClaimsSet claims) {
    Object authorised = claims.getClaim("azp");
    Object client = claims.getClaim("client_id");
    if (authorised != null && client != null && !authorised.equals(client)) {
      throw new NotAuthenticated("token_client");
    }
    return Optional.ofNullable(authorised == null ? client : authorised).map(String::valueOf);
  }

  private Caller customer(JWTClaimsSet claims) {
    String path = settings.accountClaim();
    if (!(at(claims.getClaims(), path) instanceof Object claim
        && (claim instanceof String || claim instanceof Long))) {
      throw new NotAuthenticated("token_account");
    }
    String account = claim.toString();
    if (account.isBlank()
        || account.length() > MAX_ACCOUNT
        || account.codePoints().anyMatch(Character::isISOControl)) {
      throw new NotAuthenticated("token_account");
    }
    String verifiedBy = VERIFIED_BY.get(path);
    if (verifiedBy != null && !Boolean.TRUE.equals(claims.getClaim(verifiedBy))) {
      throw new NotAuthenticated("token_account_unverified");
    }
    return new Caller(
        "customer", Role.CUSTOMER, Optional.of(settings.accountKind() + ":" + account));
  }

  /**
   * Returns the id of a member of staff: the issuer's name and the subject, since two issuers may
   * have the same subject. A subject that is not a coded id could be a name or an address, and the
   * log is permanent, so its hash takes its place.
   */
  private Caller staff(JWTClaimsSet claims, Role role) {
    String subject = claims.getSubject();
    if (subject == null || subject.isBlank()) {
      throw new NotAuthenticated("token_subject");
    }
    String word = VaultTokens.ID.matcher(subject).matches() ? subject : hashed(subject);
    return new Caller(settings.name() + ":" + word, role, Optional.empty());
  }

  private String hashed(String subject) {
    String whole = settings.issuer() + "\0" + subject;
    byte[] hash = Hashes.sha256().digest(whole.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(Arrays.copyOf(hash, 16));
  }

  /** Returns the claim of that name, or else the nested claim whose path it is. */
  private static @Nullable Object at(Map<?, ?> claims, String path) {
    int dot = path.indexOf('.');
    Object whole = claims.get(path);
    if (whole != null || dot < 0) {
      return whole;
    }
    return claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner
        ? at(inner, path.substring(dot + 1))
        : null;
  }
}
