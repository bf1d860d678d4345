package io.contextkeep.policy;

/** What an answer binds its receiver to. One that the vault does not know is a refusal. */
public enum Obligation {
  NO_ONWARD_TRANSFER
}
