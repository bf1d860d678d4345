package io.contextkeep.vault.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.contextkeep.policy.Mask;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.Release;
import io.contextkeep.vault.store.Identifier;
import io.contextkeep.vault.store.Plaintext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Cuts opened context down to what the permit names: only its attributes, each as the permit says,
 * clear or masked. A mask that does not fit a value hides the value whole.
 */
final class Minimiser {

  private Minimiser() {}

  static Disclosure minimise(Permit permit, Plaintext plaintext) {
    TreeMap<String, List<Disclosure.Value>> values = new TreeMap<>();
    for (Plaintext.Item item : plaintext.items()) {
      String name = item.held().attribute().name();
      Release release = permit.releases().get(name);
      if (release != null) {
        values.computeIfAbsent(name, n -> new ArrayList<>()).add(released(item, release));
      }
    }
    boolean known = permit.releases().get(Identifier.ATTRIBUTE) instanceof Release.Clear;
    return new Disclosure(
        permit, values, known ? plaintext.identifiers() : List.of(), plaintext.next());
  }

  private static Disclosure.Value released(Plaintext.Item item, Release release) {
    return switch (release) {
      case Release.Clear _ -> new Disclosure.Value(item.held(), item.value(), Optional.empty());
      case Release.Masked masked ->
          new Disclosure.Value(
              item.held(), masked(item.value(), masked.mask()), Optional.of(masked.mask()));
    };
  }

  static JsonNode masked(JsonNode value, Mask mask) {
    Optional<JsonNode> coarser =
        switch (mask) {
          case LAST_FOUR -> lastFour(value);
          case YEAR_ONLY -> yearOnly(value);
          case ROUND_HUNDRED -> roundHundred(value);
          case COUNTRY_ONLY -> Optional.of(value.path("country")).filter(JsonNode::isTextual);
          case REDACT -> Optional.empty();
        };
    return coarser.orElse(TextNode.valueOf("[redacted]"));
  }

  /** Of a text so short that four characters are half of it, nothing is shown. */
  private static Optional<JsonNode> lastFour(JsonNode value) {
    String text = value.asText("");
    int length = text.codePointCount(0, text.length());
    return value.isTextual() && length > 8
        ? Optional.of(
            TextNode.valueOf("****" + text.substring(text.offsetByCodePoints(text.length(), -4))))
        : Optional.empty();
  }

  private static Optional<JsonNode> yearOnly(JsonNode value) {
    String text = value.asText("");
    return value.isTextual() && text.matches("[0-9]{4}-[0-9]{2}-.*")
        ? Optional.of(IntNode.valueOf(Integer.parseInt(text.substring(0, 4))))
        : Optional.empty();
  }

  private static Optional<JsonNode> roundHundred(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToLong()
        ? Optional.of(LongNode.valueOf(Math.floorDiv(value.longValue(), 100) * 100))
        : Optional.empty();
  }
}
