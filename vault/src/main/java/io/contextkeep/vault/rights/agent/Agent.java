package io.contextkeep.vault.rights.agent;

import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.jspecify.annotations.Nullable;

/**
 * An authorised agent, as an operator registered it.
 *
 * @param id what the protocol calls it: capital letters, digits and underscores
 * @param key its Ed25519 public key in hexadecimal, which its messages are verified with
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
          "The field 'verifyKey' is an Ed25519 public key: 64 small hexadecimal digits, or its 32"
              + " bytes in Base64");
    }
  }

  /** The key in hexadecimal, which may be given in Base64 as the network's directory has it. */
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

  /** Of full order only: under a point of small order, signatures can be made by anybody. */
  private static Ed25519.@Nullable PublicPoint point(String key) {
    return Ed25519.validatePublicKeyFullExport(HexFormat.of().parseHex(key), 0);
  }

  /** Whether the agent signed the message; the signature stands before it. */
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
