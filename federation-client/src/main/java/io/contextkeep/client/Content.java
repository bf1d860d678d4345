package io.contextkeep.client;

import java.util.List;

/** The content of an attribute: its single value, or its events. */
public sealed interface Content {

  /** The value of an attribute with a single value. */
  record Value(Observation observation) implements Content {}

  /** The events of an attribute; never empty. */
  record Events(List<Observation> observations) implements Content {
    public Events {
      observations = List.copyOf(observations);
    }
  }
}
