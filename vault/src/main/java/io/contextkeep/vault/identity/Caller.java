package io.contextkeep.vault.identity;

import java.util.Optional;

/**
 * Who a verified token stands for.
 *
 * @param id a service's or a member of staff's coded id; {@code customer} for every customer
 * @param account a customer's identifier, {@code kind:value}: personal
 */
public record Caller(String id, Role role, Optional<String> account) {
  @Override
  public String toString() {
    return role.code() + ":" + id;
  }
}
