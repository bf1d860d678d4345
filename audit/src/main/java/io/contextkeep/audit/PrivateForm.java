package io.contextkeep.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * An entry's private part without its number among the customer's entries, which only the log's
 * writer knows. The fresh salt of each entry prevents guesses of the content from the commitment.
 */
final class PrivateForm {
  static final int SALT = 32;

  private static final HexFormat HEX = HexFormat.of();

  private static final byte[] BEFORE = utf8("{\"details\":");

  private final byte[] details;
  private final String after;

  /**
   * @param details canonical JSON
   */
  PrivateForm(long subject, byte[] details, byte[] salt) {
    this.details = details;
    this.after =
        ",\"salt\":\""
            + HEX.formatHex(salt)
            + "\",\"subject\":\""
            + HEX.toHexDigits(subject)
            + "\"}";
  }

  /** Returns the canonical bytes, as {@link Jcs} would make them. */
  byte[] bytes(long n) {
    byte[] end = utf8(",\"n\":" + n + after);
    return ByteBuffer.allocate(BEFORE.length + details.length + end.length)
        .put(BEFORE)
        .put(details)
        .put(end)
        .array();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "PrivateForm[redacted]";
  }
}
