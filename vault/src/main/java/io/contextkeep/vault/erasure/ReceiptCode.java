package io.contextkeep.vault.erasure;

import io.contextkeep.audit.tree.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A random code that a customer sends with an erasure, to get the certificate after a lost reply.
 * It gives access like the certificate's number, so it prints nothing and only its SHA-256 is kept.
 * A hash without a salt is enough for 2^128 codes.
 */
public final class ReceiptCode {
  /** The form of a code, for problems. */
  public static final String RULE =
      "22 to 128 random characters of A-Z, a-z, 0-9, '-' and '_', with at least 128 bits: 22 where"
          + " all of these occur, 32 of hexadecimal digits, 39 of decimal digits";

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{22,128}");
  private static final Pattern DECIMAL = Pattern.compile("[0-9]");
  private static final Pattern HEXADECIMAL = Pattern.compile("[0-9a-f]+|[0-9A-F]+");
  private static final Pattern LOWER = Pattern.compile("[a-z]");
  private static final Pattern UPPER = Pattern.compile("[A-Z]");
  private static final int MIN_BITS = 128;

  /** The fewest distinct characters: one in ten thousand codes of 39 decimal digits has fewer. */
  private static final int MIN_DISTINCT = 8;

  private static final String CONTEXT = "contextkeep erasure receipt code\n";

  private final byte[] hash;

  private ReceiptCode(byte[] hash) {
    this.hash = hash;
  }

  /** Reads a code; empty if it is not of the form, or of too few bits for its alphabet. */
  public static Optional<ReceiptCode> parse(String text) {
    return FORM.matcher(text).matches() && isRandomEnough(text)
        ? Optional.of(
            new ReceiptCode(
                Hashes.sha256().digest((CONTEXT + text).getBytes(StandardCharsets.US_ASCII))))
        : Optional.empty();
  }

  private static boolean isRandomEnough(String text) {
    // The separators of a UUID are always in the same places and add nothing.
    String drawn = text.replaceAll("[-_]", "");
    boolean separates = drawn.length() < text.length();
    boolean asHex = HEXADECIMAL.matcher(drawn).matches();
    String counted = asHex ? drawn : text;
    double bits = counted.length() * Math.log(alphabet(drawn, asHex, separates)) / Math.log(2);
    return bits >= MIN_BITS && text.chars().distinct().count() >= MIN_DISTINCT;
  }

  /** Returns the size of the alphabet that each character was drawn from, at most. */
  private static int alphabet(String drawn, boolean asHex, boolean separates) {
    boolean decimal = DECIMAL.matcher(drawn).find();
    boolean lower = LOWER.matcher(drawn).find();
    boolean upper = UPPER.matcher(drawn).find();
    if (asHex) {
      return lower || upper ? 16 : 10;
    }
    return (decimal ? 10 : 0) + (lower ? 26 : 0) + (upper ? 26 : 0) + (separates ? 2 : 0);
  }

  byte[] hash() {
    return hash.clone();
  }

  @Override
  public String toString() {
    return "ReceiptCode[redacted]";
  }
}
