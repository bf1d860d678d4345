package io.contextkeep.vault.context;

import java.util.Optional;

/** The extent of a read. Each read has one decision, one entry and one permit. */
public sealed interface Extent {

  /** Returns whether the read includes values, or only more events. */
  boolean values();

  /** Returns whether the read includes the customer's identifiers. */
  boolean identifiers();

  /** Returns whether the read includes sources' values that are not in force. */
  boolean sourceValues();

  /** The values, and the newest events of each attribute: the extent of apps' reads. */
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
   * answer. The next read begins after the last event of the answer.
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
