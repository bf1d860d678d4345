package io.contextkeep.vault.consent;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A notice's name and version, as consents refer to it. */
record NoticeReference(String id, int version) {
  private static final Pattern TEXT = Pattern.compile("([a-z][a-z0-9-]{0,39})\\.([1-9][0-9]{0,5})");

  static Optional<NoticeReference> parse(String text) {
    return Optional.of(TEXT.matcher(text))
        .filter(Matcher::matches)
        .map(parts -> new NoticeReference(parts.group(1), Integer.parseInt(parts.group(2))));
  }
}
