package io.contextkeep.vault.identity;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a caller is to the vault. One token has one role. */
public enum Role {
  CUSTOMER,
  APP,
  SOURCE,
  ANALYST,
  AUDITOR,
  OPERATOR;

  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Role> parse(String code) {
    return Arrays.stream(values()).filter(role -> role.code().equals(code)).findFirst();
  }
}
