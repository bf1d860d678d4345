package io.contextkeep.vault.rights;

import io.contextkeep.audit.tree.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * A message as agents send it: libsodium's combined mode, a signature of 64 bytes and then the
 * message, in base64 (Data Rights Protocol, section 3.07.1).
 */
final class SignedMessage {
  private final byte[] message;

  private SignedMessage(byte[] message) {
    this.message = message;
  }

  /** Reads a message; empty if it is malformed or the agent did not sign it. */
  public static Optional<SignedMessage> of(byte[] body, Agent agent) {
    byte[] decoded;
    try {
      decoded = Base64.getDecoder().decode(new String(body, StandardCharsets.ISO_8859_1).strip());
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
    return decoded.length > Ed25519.SIGNATURE_SIZE && agent.signed(decoded)
        ? Optional.of(
            new SignedMessage(Arrays.copyOfRange(decoded, Ed25519.SIGNATURE_SIZE, decoded.length)))
        : Optional.empty();
  }

  public byte[] bytes() {
    return message.clone();
  }

  /**
   * Returns the hash of the message without its signature, since a new signature does not make it a
   * new message.
   */
  byte[] digest() {
    return Hashes.sha256().digest(message);
  }

  @Override
  public String toString() {
    return "SignedMessage[redacted]";
  }
}
