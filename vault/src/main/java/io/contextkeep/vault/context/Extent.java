package io.contextkeep.vault.context;

import java.util.Optional;

/** How much of a customer's context one ask is for: one decision, one entry, one permit each. */
public sealed interface Extent {

  /** Whether values are asked for, or only more events. */
  boolean values();

  /** Whether the customer's identifiers are asked for too. */
  boolean identifiers();

  /** Whether what sources say beside the values in force is asked for too. */
  boolean sourceValues();

  /** The newest events of each kind: what apps get. */
  record Newest(int events) implements Extent {
    @Override
    public boolean values() {
      return true;
    }

    @Override
    public boolean identifiers() {
      return false;
    }

    @Override
    public boolean sourceValues() {
      return false;
    }
  }

  /**
   * Everything held: identifiers, values and events, oldest first, as far as they fit in one
   * answer. The rest is asked for again from where the answer ended.
   */
  record Everything(Optional<EventPlace> after) implements Extent {
    @Override
    public boolean values() {
      return after.isEmpty();
    }

    @Override
    public boolean identifiers() {
      return after.isEmpty();
    }

    @Override
    public boolean sourceValues() {
      return after.isEmpty();
    }
  }
}
