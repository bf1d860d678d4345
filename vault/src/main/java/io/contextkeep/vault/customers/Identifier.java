package io.contextkeep.vault.customers;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.vault.crypto.IdentifierText;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * An identifier of a customer: a kind ({@code email}, {@code customer_number}, {@code device}) and
 * a value. The value is personal, so the text shows the kind only.
 */
public record Identifier(String kind, String value) {
  /**
   * The name of identifiers in decisions about attributes. No attribute can be registered under it.
   */
  public static final String ATTRIBUTE = "@identifiers";

  /** The data category of identifiers in decisions. */
  public static final DataCategory CATEGORY = DataCategory.parse("pd:Identifier").orElseThrow();

  /**
   * The kind of pseudonyms, by which an app asks about a customer in an auditor's list. No source
   * can link one and no account can be one, because {@link #of} refuses it.
   */
  private static final String PSEUDONYM_KIND = "vault_pseudonym";

  private static final Pattern PSEUDONYM = Pattern.compile("[0-9a-f]{16}");

  private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_]{0,31}");

  /** Parses {@code kind:value}; empty if the text has another form or {@link #of} refuses it. */
  public static Optional<Identifier> parse(String text) {
    int colon = text.indexOf(':');
    return colon < 0 ? Optional.empty() : of(text.substring(0, colon), text.substring(colon + 1));
  }

  /** Parses the identifier or the pseudonym of a customer who is asked about. */
  public static Optional<Identifier> parseAsked(String text) {
    String pseudonym =
        text.startsWith(PSEUDONYM_KIND + ":") ? text.substring(PSEUDONYM_KIND.length() + 1) : "";
    return PSEUDONYM.matcher(pseudonym).matches()
        ? Optional.of(new Identifier(PSEUDONYM_KIND, pseudonym))
        : parse(text);
  }

  /** Returns the row key of a pseudonym; empty for other identifiers. */
  public OptionalLong rowKey() {
    return kind.equals(PSEUDONYM_KIND)
        ? OptionalLong.of(Long.parseUnsignedLong(value, 16))
        : OptionalLong.empty();
  }

  /** Returns whether a text can name a kind of identifiers. */
  public static boolean isKind(String text) {
    return KIND.matcher(text).matches() && !text.equals(PSEUDONYM_KIND);
  }

  /** Makes an identifier; empty if the value is a placeholder or has unsuitable characters. */
  public static Optional<Identifier> of(String kind, String value) {
    boolean sound = isKind(kind) && IdentifierText.canonical(kind, value).isPresent();
    return sound ? Optional.of(new Identifier(kind, value)) : Optional.empty();
  }

  @Override
  public String toString() {
    return kind + ":redacted";
  }
}
