package io.contextkeep.vault.identity;

/**
 * The issuer of a token cannot be asked for its keys now, so the token can be neither accepted nor
 * rejected.
 */
public final class IssuerUnreachable extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param issuer the name it is configured under
   */
  IssuerUnreachable(String issuer) {
    super("The keys of the issuer '" + issuer + "' are unavailable");
  }
}
