package io.contextkeep.vault.identity;

import io.contextkeep.policy.Assurance;
import java.util.Optional;

/**
 * Who a verified token stands for.
 *
 * @param id a service's or a member of staff's coded id; {@code customer} for every customer
 * @param account a customer's identifier, {@code kind:value}: personal
 * @param assurance how surely it is them, as their token's issuer says
 */
public record Caller(String id, Role role, Optional<String> account, Assurance assurance) {
  public Caller(String id, Role role, Optional<String> account) {
    this(id, role, account, Assurance.NONE);
  }

  /** The same, as surely as the issuer of their token says. */
  Caller as(Assurance said) {
    return new Caller(id, role, account, said);
  }

  @Override
  public String toString() {
    return role.code() + ":" + id;
  }
}
