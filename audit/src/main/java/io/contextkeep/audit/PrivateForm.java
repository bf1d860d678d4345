package io.contextkeep.audit;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;

/**
 * An entry's private part without its number among the customer's entries, which only the log's
 * writer knows. The fresh salt of each entry prevents guesses of the content from the commitment.
 */
final class PrivateForm {
  static final int SALT = 32;

  private static final HexFormat HEX = HexFormat.of();

  private final String before;
  private final String after;

  PrivateForm(long subject, Map<String, Object> details, byte[] salt) {
    this.before = "{\"details\":" + Jcs.text(details) + ",\"n\":";
    this.after =
        ",\"salt\":\""
            + HEX.formatHex(salt)
            + "\",\"subject\":\""
            + HEX.toHexDigits(subject)
            + "\"}";
  }

  /** Returns the canonical bytes, as {@link Jcs} would make them. */
  byte[] bytes(long n) {
    return (before + n + after).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "PrivateForm[redacted]";
  }
}
