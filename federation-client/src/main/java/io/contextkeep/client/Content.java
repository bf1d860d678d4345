package io.contextkeep.client;

import java.util.List;

/** What is known under one attribute: its one value, or the events that happened. */
public sealed interface Content {

  /** An attribute that a customer has one of. */
  record Value(Observation observation) implements Content {}

  /** An attribute that happens again and again; never empty. */
  record Events(List<Observation> observations) implements Content {
    public Events {
      observations = List.copyOf(observations);
    }
  }
}
