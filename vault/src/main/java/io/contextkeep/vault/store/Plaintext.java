package io.contextkeep.vault.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A customer's opened context: made by {@link ContextStore} alone, against a Permit, and meant only
 * for the minimiser. It never prints what it holds.
 */
public final class Plaintext {

  /** One opened value or event. */
  public record Item(Snapshot.Held held, JsonNode value) {
    @Override
    public String toString() {
      return "Item[" + held.attribute().name() + ", value redacted]";
    }
  }

  private final List<Item> items;

  Plaintext(List<Item> items) {
    this.items = List.copyOf(items);
  }

  public List<Item> items() {
    return items;
  }

  @Override
  public String toString() {
    return "Plaintext[" + items.size() + " items, redacted]";
  }
}
