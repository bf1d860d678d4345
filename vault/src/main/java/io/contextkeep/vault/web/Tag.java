package io.contextkeep.vault.web;

import io.contextkeep.audit.tree.Hashes;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A strong entity tag (RFC 9110 section 8.8.3): the first half of the content's SHA-256. */
public record Tag(String text) {

  public static Tag of(byte[] served) {
    return new Tag('"' + HexFormat.of().formatHex(Hashes.sha256().digest(served), 0, 16) + '"');
  }

  /**
   * Returns whether an If-Match header has it, by strong comparison (RFC 9110 section 13.1.1).
   *
   * @param header the If-Match header
   */
  public boolean isMatched(String header) {
    return Arrays.stream(header.split(",", -1))
        .map(String::strip)
        .anyMatch(held -> held.equals(text) || held.equals("*"));
  }

  /**
   * Returns whether an If-None-Match header has it (RFC 9110 section 13.1.2).
   *
   * @param header the If-None-Match header
   */
  public boolean isHeld(@Nullable String header) {
    return header != null
        && Arrays.stream(header.split(",", -1))
            .map(String::strip)
            .map(held -> held.startsWith("W/") ? held.substring(2) : held)
            .anyMatch(held -> held.equals(text) || held.equals("*"));
  }
}
