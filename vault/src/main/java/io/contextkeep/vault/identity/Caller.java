package io.contextkeep.vault.identity;

import io.contextkeep.policy.Assurance;
import java.util.Optional;

/**
 * Who a verified token stands for.
 *
 * @param id a service's or a member of staff's coded id; {@code customer} for every customer
 * @param account a customer's identifier, {@code kind:value}: personal
 * @param assurance how surely it is them, as their token's issuer says
 * @param stated what an app's token was made for, where it says so
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

  /** The same, as surely as the issuer of their token says. */
  Caller as(Assurance said) {
    return new Caller(id, role, account, said, stated);
  }

  /** The same, for nothing else than what the token was made for. */
  Caller stating(Optional<TokenGrant> purpose) {
    return new Caller(id, role, account, assurance, purpose);
  }

  /** The same under another name. */
  public Caller called(String name) {
    return new Caller(name, role, account, assurance, stated);
  }

  @Override
  public String toString() {
    return role.code() + ":" + id;
  }
}
