package io.contextkeep.vault.identity;

import io.contextkeep.policy.Assurance;
import java.util.Optional;

/**
 * The caller that a verified token stands for.
 *
 * @param id a service's or a member of staff's coded id; {@code customer} for every customer
 * @param account a customer's identifier, {@code kind:value}: personal
 * @param assurance the strength of their authentication, as stated by the token's issuer
 * @param stated the grant that an app's token is limited to, if it has one
 */
public record Caller(
    String id,
    Role role,
    Optional<String> account,
    Assurance assurance,
    Optional<TokenGrant> stated) {
  public Caller(String id, Role role, Optional<String> account) {
    this(id, role, account, Assurance.NONE, Optional.empty());
  }

  /** Returns the caller with the assurance that the issuer of their token states. */
  Caller as(Assurance stronger) {
    return new Caller(id, role, account, stronger, stated);
  }

  /** Returns the caller limited to the grant of their token. */
  Caller stating(Optional<TokenGrant> purpose) {
    return new Caller(id, role, account, assurance, purpose);
  }

  /** Returns the caller under another id. */
  public Caller called(String name) {
    return new Caller(name, role, account, assurance, stated);
  }

  @Override
  public String toString() {
    return role.code() + ":" + id;
  }
}
