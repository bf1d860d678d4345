package io.contextkeep.vault.store;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.vault.crypto.IdentifierText;
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

  /** Reads {@code kind:value}; empty if it is not of that form or {@link #of} refuses it. */
  public static Optional<Identifier> parse(String text) {
    int colon = text.indexOf(':');
    return colon < 0 ? Optional.empty() : of(text.substring(0, colon), text.substring(colon + 1));
  }

  /** Says whether the text can name a kind of identifiers. */
  public static boolean isKind(String text) {
    return KIND.matcher(text).matches();
  }

  /** Makes an identifier; empty if the text is a placeholder or not fit to identify anybody. */
  public static Optional<Identifier> of(String kind, String value) {
    boolean sound = isKind(kind) && IdentifierText.canonical(kind, value).isPresent();
    return sound ? Optional.of(new Identifier(kind, value)) : Optional.empty();
  }

  @Override
  public String toString() {
    return kind + ":redacted";
  }
}
