package io.contextkeep.vault.context;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.customers.Identifier;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A customer's opened context. Only {@link ContextStore} makes it, for a Permit, and only the
 * minimiser uses it. Its text shows no values.
 */
public final class Plaintext {

  /** An opened value or event. */
  public record Item(Snapshot.Held held, JsonNode value) {
    @Override
    public String toString() {
      return "Item[" + held.attribute().name() + ", value redacted]";
    }
  }

  private final List<Item> items;
  private final List<Item> beside;
  private final List<Identifier> identifiers;
  private final Set<String> cut;
  private final Optional<EventPlace> next;

  Plaintext(
      List<Item> items,
      List<Item> beside,
      List<Identifier> identifiers,
      Set<String> cut,
      Optional<EventPlace> next) {
    this.items = List.copyOf(items);
    this.beside = List.copyOf(beside);
    this.identifiers = List.copyOf(identifiers);
    this.cut = Set.copyOf(cut);
    this.next = next;
  }

  public List<Item> items() {
    return items;
  }

  /** Returns the sources' values that are not in force. */
  public List<Item> beside() {
    return beside;
  }

  public List<Identifier> identifiers() {
    return identifiers;
  }

  /**
   * Returns the attributes with more events than the permit releases; the older ones stay sealed.
   */
  public Set<String> cut() {
    return cut;
  }

  /** Returns the place after which the remaining events begin; empty if none remain. */
  public Optional<EventPlace> next() {
    return next;
  }

  @Override
  public String toString() {
    return "Plaintext[" + items.size() + " items, redacted]";
  }
}
