package io.contextkeep.vault.registry;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** One of the seven kinds of context. */
public enum Facet {
  PROFILE,
  BEHAVIOUR,
  INTENT,
  PREFERENCES,
  LIFECYCLE,
  ENVIRONMENT,
  SOCIAL;

  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Facet> parse(String code) {
    return Arrays.stream(values()).filter(facet -> facet.code().equals(code)).findFirst();
  }
}
