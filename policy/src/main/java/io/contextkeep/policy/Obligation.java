package io.contextkeep.policy;

/** An obligation of the receiver of an answer. An unknown one leads to a refusal. */
public enum Obligation {
  NO_ONWARD_TRANSFER
}
