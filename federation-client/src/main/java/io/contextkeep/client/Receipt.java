package io.contextkeep.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The vault's statement that a decision is in its audit log: the index, the RFC 6962 leaf hash and
 * the decision. Keep it with the use of the answer; it is needed to request a proof.
 *
 * @param leafHash 64 hexadecimal digits
 */
public record Receipt(long index, String leafHash, String decision) {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  /**
   * @throws IllegalArgumentException if it is malformed
   */
  public Receipt {
    if (index < 0 || !HASH.matcher(leafHash).matches() || !Texts.ID.matcher(decision).matches()) {
      throw new IllegalArgumentException(
          "A receipt must have an index, a leaf hash and a decision");
    }
  }

  static Receipt read(JsonNode parent) {
    JsonNode node = Json.only(parent.path("receipt"), Set.of("index", "leafHash", "decision"));
    return new Receipt(
        Json.whole(node, "index", Long.MAX_VALUE),
        Json.text(node, "leafHash", HASH),
        Json.text(node, "decision", Texts.ID));
  }
}
