package io.contextkeep.vault.store;

import io.contextkeep.ontology.DataCategory;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Something a customer is found by: a kind ({@code email}, {@code customer_number}, {@code device})
 * and a value. Personal, so it prints its kind only.
 */
public record Identifier(String kind, String value) {
  /**
   * What identifiers are called where attributes are decided upon. No attribute can be registered
   * under it.
   */
  public static final String ATTRIBUTE = "@identifiers";

  /** What identifiers are to the policy. */
  public static final DataCategory CATEGORY = DataCategory.parse("pd:Identifier").orElseThrow();

  private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_]{0,31}");

  /** Reads {@code kind:value}; empty when it is not of that form or longer than 256 characters. */
  public static Optional<Identifier> parse(String text) {
    int colon = text.indexOf(':');
    return colon < 0 ? Optional.empty() : of(text.substring(0, colon), text.substring(colon + 1));
  }

  public static Optional<Identifier> of(String kind, String value) {
    boolean sound =
        KIND.matcher(kind).matches()
            && !value.isBlank()
            && value.length() <= 256
            && value.codePoints().noneMatch(Character::isISOControl);
    return sound ? Optional.of(new Identifier(kind, value)) : Optional.empty();
  }

  @Override
  public String toString() {
    return kind + ":redacted";
  }
}
