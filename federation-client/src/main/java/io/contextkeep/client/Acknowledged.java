package io.contextkeep.client;

/** The result of acknowledging a notice. Retry until it is accepted; it counts once. */
public sealed interface Acknowledged permits Acknowledged.Taken, Unavailable {

  /** The vault has recorded it, and can no longer name the customer. */
  record Taken() implements Acknowledged {}
}
