package io.contextkeep.client;

import java.util.regex.Pattern;

/**
 * What a customer is found by: a kind ({@code email}, {@code customer_number}, {@code device}) and
 * a value. It is personal, so it prints its kind only.
 */
public record CustomerId(String kind, String value) {
  private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_]{0,31}");

  /**
   * @throws IllegalArgumentException if the kind is not a lower-case name, or the value is blank,
   *     longer than 256 characters or holds control characters
   */
  public CustomerId {
    if (!KIND.matcher(kind).matches()) {
      throw new IllegalArgumentException("The kind of an identifier is a lower-case name");
    }
    if (value.isBlank() || value.length() > 256 || !Texts.areSound(value)) {
      throw new IllegalArgumentException(
          "The value of an identifier has 1 to 256 characters, none of them a control character");
    }
  }

  /** As the vault writes it. */
  String text() {
    return kind + ":" + value;
  }

  @Override
  public String toString() {
    return kind + ":redacted";
  }
}
