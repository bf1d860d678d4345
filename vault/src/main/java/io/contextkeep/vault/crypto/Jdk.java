package io.contextkeep.vault.crypto;

import java.security.Provider;
import java.security.Security;
import java.util.Optional;

/**
 * The JDK's own provider of symmetric cryptography, named rather than looked for: a look through
 * all providers costs more than what is asked of the one that is found, and what another library
 * registers must not come between.
 */
final class Jdk {
  static final Provider PROVIDER =
      Optional.ofNullable(Security.getProvider("SunJCE"))
          .orElseThrow(() -> new IllegalStateException("Every OpenJDK has the provider SunJCE"));

  private Jdk() {}
}
