package io.contextkeep.client;

/**
 * An answer that a vault would not give, so none of it is used. The server is not the vault, or a
 * proxy changes answers, or this client has another version. The message names the fault and shows
 * nothing of the answer, which may be personal.
 */
public final class VaultProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1;

  VaultProtocolException(String message) {
    super(message);
  }
}
