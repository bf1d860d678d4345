package io.contextkeep.vault.crypto;

import java.net.IDN;
import java.text.Normalizer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The texts that can identify a customer, and the canonical spelling of each.
 *
 * <p>Two texts that look the same must never be two customers, and two accounts of an identity
 * provider must never become one here. So only Unicode's canonical equivalents (NFC) are joined,
 * and the case of e-mail addresses; a text with characters that are invisible, change the direction
 * of writing or merely look like others (those that NFKC changes, such as fullwidth letters or the
 * Kelvin sign) is refused.
 */
public final class IdentifierText {
  private static final int MAX_LENGTH = 256;

  private IdentifierText() {}

  /**
   * Returns the canonical spelling of the text; empty if the text cannot identify a customer,
   * because it is a placeholder such as {@code null} or has characters that are refused.
   */
  public static Optional<String> canonical(String kind, String text) {
    if (text.length() > MAX_LENGTH || !text.codePoints().allMatch(IdentifierText::isPlain)) {
      return Optional.empty();
    }
    String stripped = Normalizer.normalize(text.strip(), Normalizer.Form.NFC);
    if (Placeholders.isPlaceholder(kind, stripped)) {
      return Optional.empty();
    }
    return kind.equals("email") ? email(stripped) : Optional.of(stripped);
  }

  /**
   * Returns the spellings under which a text may be stored, the canonical one first. Until 2026-12
   * vaults stored international domains as sent; those rows are still found.
   */
  public static List<String> spellings(String kind, String text) {
    String asItCame = asItCame(kind, text);
    String canonical = canonical(kind, text).orElse(asItCame);
    if (canonical.equals(asItCame) && isAscii(canonical)) {
      return List.of(canonical);
    }
    Set<String> spellings = new LinkedHashSet<>(List.of(canonical, asItCame));
    if (kind.equals("email")) {
      asciiDomain(canonical).ifPresent(spellings::add);
    }
    return List.copyOf(spellings);
  }

  private static String asItCame(String kind, String text) {
    String one = Normalizer.normalize(text.strip(), Normalizer.Form.NFC);
    return kind.equals("email") ? one.toLowerCase(Locale.ROOT) : one;
  }

  /** Returns whether a character is visible, has one direction and is not a lookalike. */
  private static boolean isPlain(int character) {
    if (character < 0x7f) {
      return character >= ' ';
    }
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> !isInvisible(character) && isItsOwnForm(character);
    };
  }

  /** The characters without a glyph that are not format characters in Unicode. */
  private static boolean isInvisible(int character) {
    return character == 0x034f
        || character == 0x115f
        || character == 0x1160
        || character == 0x17b4
        || character == 0x17b5
        || character >= 0x180b && character <= 0x180f
        || character == 0x2800
        || character == 0x3164
        || character >= 0xfe00 && character <= 0xfe0f
        || character == 0xffa0
        || character >= 0xe0000 && character <= 0xe0fff;
  }

  private static boolean isItsOwnForm(int character) {
    String text = Character.toString(character);
    return Normalizer.normalize(text, Normalizer.Form.NFKC).equals(text);
  }

  /** Returns the address in lower case, with its domain in Unicode. */
  private static Optional<String> email(String address) {
    String lower = address.toLowerCase(Locale.ROOT);
    int at = lower.lastIndexOf('@');
    String domain = lower.substring(at + 1);
    if (at < 0 || isAscii(domain) && !domain.contains("xn--")) {
      return lower.endsWith(".") ? Optional.empty() : Optional.of(lower);
    }
    try {
      String unicode = IDN.toUnicode(IDN.toASCII(domain, IDN.ALLOW_UNASSIGNED));
      boolean sound = isAscii(domain) || !isDeviation(domain);
      return sound && !unicode.endsWith(".")
          ? Optional.of(lower.substring(0, at + 1) + unicode.toLowerCase(Locale.ROOT))
          : Optional.empty();
    } catch (IllegalArgumentException notADomain) {
      return Optional.empty();
    }
  }

  /**
   * The characters that the JDK's IDNA 2003 maps to other letters; newer rules give other domains.
   */
  private static boolean isDeviation(String domain) {
    return domain.indexOf('\u00df') >= 0 || domain.indexOf('\u03c2') >= 0;
  }

  private static Optional<String> asciiDomain(String address) {
    int at = address.lastIndexOf('@');
    try {
      return Optional.of(
          address.substring(0, at + 1)
              + IDN.toASCII(address.substring(at + 1), IDN.ALLOW_UNASSIGNED));
    } catch (IllegalArgumentException notADomain) {
      return Optional.empty();
    }
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(character -> character < 0x80);
  }
}
