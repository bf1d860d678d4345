package io.contextkeep.client;

import java.util.regex.Pattern;

/**
 * An identifier of a customer: a kind ({@code email}, {@code customer_number}, {@code device}) and
 * a value. It is personal, so its text form has only the kind.
 */
public record CustomerId(String kind, String value) {
  private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_]{0,31}");

  /**
   * @throws IllegalArgumentException if the kind is not a lower-case name, or the value is blank,
   *     longer than 256 characters or holds control characters
   */
  public CustomerId {
    if (!KIND.matcher(kind).matches()) {
      throw new IllegalArgumentException("The kind of an identifier must be a name in lower case");
    }
    if (value.isBlank() || value.length() > 256 || !Texts.areSound(value)) {
      throw new IllegalArgumentException(
          "The value of an identifier must have 1 to 256 characters and no control characters");
    }
  }

  /** Returns the vault's notation. */
  String text() {
    return kind + ":" + value;
  }

  @Override
  public String toString() {
    return kind + ":redacted";
  }
}
