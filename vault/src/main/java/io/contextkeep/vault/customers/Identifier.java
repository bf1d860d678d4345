package io.contextkeep.vault.customers;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.vault.crypto.IdentifierText;
import java.util.Optional;
import java.util.OptionalLong;
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

  /**
   * The kind by which an app asks about a customer whom an auditor's list names: no source can link
   * it and no account can be one, since {@link #of} refuses it.
   */
  private static final String PSEUDONYM_KIND = "vault_pseudonym";

  private static final Pattern PSEUDONYM = Pattern.compile("[0-9a-f]{16}");

  private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_]{0,31}");

  /** Reads {@code kind:value}; empty if it is not of that form or {@link #of} refuses it. */
  public static Optional<Identifier> parse(String text) {
    int colon = text.indexOf(':');
    return colon < 0 ? Optional.empty() : of(text.substring(0, colon), text.substring(colon + 1));
  }

  /** The same for those who ask about a customer: they may name one by pseudonym too. */
  public static Optional<Identifier> parseAsked(String text) {
    String pseudonym =
        text.startsWith(PSEUDONYM_KIND + ":") ? text.substring(PSEUDONYM_KIND.length() + 1) : "";
    return PSEUDONYM.matcher(pseudonym).matches()
        ? Optional.of(new Identifier(PSEUDONYM_KIND, pseudonym))
        : parse(text);
  }

  /** The row key that a pseudonym shows; empty for what customers are found by otherwise. */
  public OptionalLong rowKey() {
    return kind.equals(PSEUDONYM_KIND)
        ? OptionalLong.of(Long.parseUnsignedLong(value, 16))
        : OptionalLong.empty();
  }

  /** Says whether the text can name a kind of identifiers. */
  public static boolean isKind(String text) {
    return KIND.matcher(text).matches() && !text.equals(PSEUDONYM_KIND);
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
