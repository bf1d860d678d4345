package io.contextkeep.vault.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import java.text.ParseException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tokens of the vault's own issuer, which name the role and, for a customer, the account. */
record VaultTokens(VaultIssuer issuer) implements Issuer {
  static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  @Override
  public TokenKey key(@Nullable String id) {
    if (!VaultIssuer.KEY_ID.equals(id)) {
      throw new NotAuthenticated("token_key_unknown");
    }
    return issuer.key();
  }

  @Override
  public Identified identified(JWTClaimsSet claims, Instant expires) {
    if (!List.of(issuer.name()).equals(claims.getAudience())) {
      throw new NotAuthenticated("token_audience");
    }
    try {
      return Identified.as(caller(claims)).assured(claims);
    } catch (ParseException e) {
      throw new NotAuthenticated("token_malformed");
    }
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
}
