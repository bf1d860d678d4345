package io.contextkeep.client;

/**
 * An obligation of the receiver of an answer. One that this client does not know makes the answer
 * unusable.
 */
public enum Obligation {
  /** The context must not be passed on. */
  NO_ONWARD_TRANSFER
}
