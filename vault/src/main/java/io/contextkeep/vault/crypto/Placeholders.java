package io.contextkeep.vault.crypto;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Texts that programs write instead of a missing identifier. Accepted as one, such a text would
 * merge all customers without an identifier.
 */
final class Placeholders {
  /** The placeholders, compared without case, spaces and punctuation. */
  private static final Set<String> WORDS =
      Set.of(
          "null",
          "undefined",
          "nan",
          "none",
          "na",
          "nil",
          "void",
          "empty",
          "blank",
          "missing",
          "unknown",
          "unknownuser",
          "unknowncustomer",
          "anonymous",
          "anonymoususer",
          "anon",
          "guest",
          "guestuser",
          "nobody",
          "noone",
          "noname",
          "notset",
          "unset",
          "notavailable",
          "notapplicable",
          "notprovided",
          "notspecified",
          "unspecified",
          "notfound",
          "novalue",
          "nodata",
          "noid",
          "noemail",
          "nomail",
          "nophone",
          "nullptr",
          "nullnull",
          "undefinedundefined",
          "dbnull",
          "objectobject",
          "objectundefined",
          "objectnull",
          "true",
          "false",
          "yes",
          "no",
          "test",
          "testtest",
          "testuser",
          "placeholder",
          "dummy",
          "default",
          "tbd",
          "tba",
          "todo",
          "xxx",
          "inf",
          "infinity",
          "ref",
          "value",
          "div0",
          "error",
          "invalid",
          "deleted",
          "redacted",
          "0x0");

  /** Placeholder local parts of e-mail addresses, compared in the same way. */
  private static final Set<String> MAILBOXES =
      Set.of(
          "null",
          "undefined",
          "none",
          "nil",
          "unknown",
          "anonymous",
          "anon",
          "guest",
          "nobody",
          "noreply",
          "noreplies",
          "donotreply",
          "dontreply",
          "neverreply",
          "donotrespond",
          "noemail",
          "nomail",
          "noone",
          "notprovided",
          "notset",
          "notavailable",
          "na",
          "mailerdaemon",
          "bounce",
          "bounces",
          "objectobject",
          "placeholder",
          "dummy");

  /** Placeholder domains of e-mail addresses. */
  private static final Set<String> DOMAINS =
      Set.of(
          "null",
          "undefined",
          "none",
          "nan",
          "nil",
          "na",
          "unknown",
          "test",
          "example",
          "localhost",
          "invalid",
          "local",
          "domain",
          "email",
          "mail",
          "null.com",
          "none.com",
          "test.com",
          "test.test",
          "noemail.com",
          "nomail.com");

  private static final Pattern TEST_DOMAIN =
      Pattern.compile("(test|example|domain|email)\\.[a-z]+");
  private static final Pattern PUNCTUATION = Pattern.compile("[^\\p{L}\\p{N}]+");
  private static final Pattern TEMPLATE = Pattern.compile("\\$\\{|\\{\\{|<%|%[sd]$|^\\[object ");
  private static final String URN = "urn:uuid:";
  private static final Pattern ONLY_F = Pattern.compile("f{8,}");

  private Placeholders() {}

  static boolean isPlaceholder(String kind, String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.equals("-1") || lower.equals("\\n") || TEMPLATE.matcher(lower).find()) {
      return true;
    }
    int at = lower.lastIndexOf('@');
    if (at >= 0 && isNobodys(kind, lower.substring(0, at), lower.substring(at + 1))) {
      return true;
    }
    String bare = lower.startsWith(URN) ? lower.substring(URN.length()) : lower;
    String letters = PUNCTUATION.matcher(bare).replaceAll("");
    return letters.isEmpty()
        || WORDS.contains(letters)
        || letters.codePoints().allMatch(c -> Character.digit(c, 10) == 0)
        || ONLY_F.matcher(letters).matches()
        || kind.equals("device") && letters.equals("9774d56d682e549c");
  }

  private static boolean isNobodys(String kind, String mailbox, String domain) {
    int tag = mailbox.indexOf('+');
    String name = PUNCTUATION.matcher(tag < 0 ? mailbox : mailbox.substring(0, tag)).replaceAll("");
    return kind.equals("email") && (name.isEmpty() || domain.isEmpty())
        || name.equals("test") && TEST_DOMAIN.matcher(domain).matches()
        || MAILBOXES.contains(name)
        || DOMAINS.contains(domain)
        || domain.endsWith(".invalid");
  }
}
