package io.contextkeep.vault.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.contextkeep.policy.Mask;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.Release;
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
    return new Disclosure(permit, values);
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
    return switch (mask) {
      case LAST_FOUR when value.isTextual() && value.textValue().length() > 8 ->
          TextNode.valueOf("****" + lastFour(value.textValue()));
      case YEAR_ONLY when value.isTextual() && value.textValue().matches("\\d{4}-.*") ->
          IntNode.valueOf(Integer.parseInt(value.textValue().substring(0, 4)));
      case ROUND_HUNDRED when value.canConvertToExactIntegral() && value.canConvertToLong() ->
          LongNode.valueOf(Math.floorDiv(value.longValue(), 100) * 100);
      case COUNTRY_ONLY when value.path("country").isTextual() -> value.get("country");
      default -> TextNode.valueOf("[redacted]");
    };
  }

  private static String lastFour(String text) {
    return text.substring(text.offsetByCodePoints(text.length(), -4));
  }
}
