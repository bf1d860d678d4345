package io.contextkeep.client;

/**
 * What an answer binds its receiver to. One that this client does not know makes the whole answer
 * unusable, for nobody could keep to it.
 */
public enum Obligation {
  /** The context may be given to nobody else. */
  NO_ONWARD_TRANSFER
}
