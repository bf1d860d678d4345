package io.contextkeep.vault.context;

import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the order of a customer's events: the last event of a page. It holds nothing personal;
 * the id is random or blinded.
 *
 * @param id the event's id in hexadecimal
 */
public record EventPlace(String name, long observed, String id) {
  private static final Pattern TEXT =
      Pattern.compile("([a-z][a-z0-9_]{0,62})\\.([0-9]{1,15})\\.((?:[0-9a-f]{2}){1,32})");

  /** The place before every event. */
  static final EventPlace START = new EventPlace("", -1, "");

  /** Parses the output of {@link #text}; empty if the text has another form. */
  public static Optional<EventPlace> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    return parts.matches()
        ? Optional.of(
            new EventPlace(parts.group(1), Long.parseLong(parts.group(2)), parts.group(3)))
        : Optional.empty();
  }

  public String text() {
    return name + "." + observed + "." + id;
  }

  byte[] idBytes() {
    return HexFormat.of().parseHex(id);
  }
}
