package io.contextkeep.client;

/**
 * What answered does not answer as a vault must, so nothing of its answer is used. Either it is not
 * the vault, or something stands between that changes answers, or this client is of another
 * version. It says what was wrong and holds nothing of what was received, which may be personal.
 */
public final class VaultProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1;

  VaultProtocolException(String message) {
    super(message);
  }
}
