package io.contextkeep.vault.identity;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The role of a caller. A token has exactly one. */
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
