package io.contextkeep.client;

/**
 * What comes of acknowledging a notice. Until it is taken, acknowledge it again: it counts once.
 */
public sealed interface Acknowledged permits Acknowledged.Taken, Unavailable {

  /** The vault has noted it, and cannot name the customer any more. */
  record Taken() implements Acknowledged {}
}
