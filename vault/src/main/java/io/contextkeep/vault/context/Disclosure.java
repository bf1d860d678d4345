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
 * The part of one customer's context that one decision discloses. Only {@link Minimiser} makes it,
 * and its text shows no values.
 */
final class Disclosure {

  /** A value as it is disclosed. */
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

  /** Returns the sources' values that are not in force, which only the customer sees. */
  SortedMap<String, List<Value>> beside() {
    return beside;
  }

  /** Returns the attributes of which less is disclosed than was permitted, each with the reason. */
  SortedMap<String, Enforced> less() {
    return less;
  }

  List<Identifier> identifiers() {
    return identifiers;
  }

  /** Returns the place after which the remaining events begin; empty if none remain. */
  Optional<EventPlace> next() {
    return next;
  }

  @Override
  public String toString() {
    return "Disclosure[" + values.keySet() + ", redacted]";
  }
}
