package io.contextkeep.vault.context;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.policy.Enforced;
import io.contextkeep.policy.Mask;
import io.contextkeep.policy.Permit;
import io.contextkeep.vault.customers.Identifier;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What one decision lets out of one customer's context, and nothing more. Made by {@link Minimiser}
 * alone; it never prints what it holds.
 */
final class Disclosure {

  /** One value as it leaves. */
  record Value(Snapshot.Held held, JsonNode value, Optional<Mask> mask) {
    @Override
    public String toString() {
      return "Value[" + held.attribute().name() + ", redacted]";
    }
  }

  private final Permit permit;
  private final SortedMap<String, List<Value>> values;
  private final SortedMap<String, List<Value>> beside;
  private final SortedMap<String, Enforced> less;
  private final List<Identifier> identifiers;
  private final Optional<EventPlace> next;

  Disclosure(
      Permit permit,
      SortedMap<String, List<Value>> values,
      SortedMap<String, List<Value>> beside,
      SortedMap<String, Enforced> less,
      List<Identifier> identifiers,
      Optional<EventPlace> next) {
    this.permit = permit;
    this.values = values;
    this.beside = beside;
    this.less = less;
    this.identifiers = List.copyOf(identifiers);
    this.next = next;
  }

  Permit permit() {
    return permit;
  }

  SortedMap<String, List<Value>> values() {
    return values;
  }

  /** What sources say of an attribute that is not in force; for the customer alone. */
  SortedMap<String, List<Value>> beside() {
    return beside;
  }

  /** The attributes of which less leaves than is held and permitted, or nothing, each with why. */
  SortedMap<String, Enforced> less() {
    return less;
  }

  List<Identifier> identifiers() {
    return identifiers;
  }

  /** Where the rest begins; empty where nothing is left. */
  Optional<EventPlace> next() {
    return next;
  }

  @Override
  public String toString() {
    return "Disclosure[" + values.keySet() + ", redacted]";
  }
}
