package io.contextkeep.vault.rights;

import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.jspecify.annotations.Nullable;

/**
 * An authorised agent, as an operator registered it.
 *
 * @param id the id in the protocol: capital letters, digits and underscores
 * @param key the Ed25519 public key in hexadecimal, which verifies the agent's messages
 */
record Agent(String id, String name, String key) {
  private static final Pattern ID = Pattern.compile("[A-Z][A-Z0-9_]{0,62}");

  /**
   * @throws IllegalArgumentException naming what is wrong
   */
  public Agent {
    if (!isId(id)) {
      throw new IllegalArgumentException(
          "An agent's id is a capital letter and up to 62 more, digits or underscores");
    }
    if (!key.matches("[0-9a-f]{64}") || point(key) == null) {
      throw new IllegalArgumentException(
          "The field 'verifyKey' must be an Ed25519 public key: 64 hexadecimal digits in lower"
              + " case, or 32 bytes in Base64");
    }
  }

  /** Returns a key in hexadecimal; the network's directory has keys in Base64. */
  public static String hexadecimal(String key) {
    try {
      byte[] bytes = Base64.getDecoder().decode(key);
      return bytes.length == Ed25519.PUBLIC_KEY_SIZE ? HexFormat.of().formatHex(bytes) : key;
    } catch (IllegalArgumentException notBase64) {
      return key;
    }
  }

  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /**
   * Returns the point of a key of full order; under one of small order anyone can make signatures.
   */
  private static Ed25519.@Nullable PublicPoint point(String key) {
    return Ed25519.validatePublicKeyFullExport(HexFormat.of().parseHex(key), 0);
  }

  /** Returns whether the agent signed the message, which follows its signature. */
  boolean signed(byte[] signatureAndMessage) {
    Ed25519.PublicPoint point = point(key);
    return point != null
        && Ed25519.verify(
            signatureAndMessage,
            0,
            point,
            signatureAndMessage,
            Ed25519.SIGNATURE_SIZE,
            signatureAndMessage.length - Ed25519.SIGNATURE_SIZE);
  }
}
