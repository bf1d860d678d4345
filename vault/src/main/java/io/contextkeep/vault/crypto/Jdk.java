package io.contextkeep.vault.crypto;

import java.security.Provider;
import java.security.Security;
import java.util.Optional;

/**
 * The JDK's own provider of symmetric cryptography. It is named explicitly because searching all
 * providers costs more than the operation, and because providers registered by other libraries must
 * not take precedence.
 */
final class Jdk {
  static final Provider PROVIDER =
      Optional.ofNullable(Security.getProvider("SunJCE"))
          .orElseThrow(() -> new IllegalStateException("Every OpenJDK has the provider SunJCE"));

  private Jdk() {}
}
