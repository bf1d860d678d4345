package io.contextkeep.audit.note;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The encoding of numbers and bytes in the C2SP text formats. Each value has one spelling, and any
 * other is rejected, so that two texts never mean the same.
 */
public final class Wire {
  private static final int HASH = 32;

  private Wire() {}

  /** Parses a decimal number below 2^63, without sign or leading zeroes. */
  public static OptionalLong number(String text) {
    boolean digits = !text.isEmpty() && text.length() <= 19;
    for (int i = 0; i < text.length() && digits; i++) {
      digits = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    if (!digits || (text.length() > 1 && text.charAt(0) == '0')) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException tooLarge) {
      return OptionalLong.empty();
    }
  }

  /** Parses canonical standard base64 with padding (RFC 4648, section 4). */
  public static Optional<byte[]> bytes(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      return base64(bytes).equals(base64) ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  /** Parses a SHA-256 hash in base64. */
  public static Optional<byte[]> hash(String base64) {
    return bytes(base64).filter(bytes -> bytes.length == HASH);
  }

  public static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
