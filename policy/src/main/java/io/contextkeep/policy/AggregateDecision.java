package io.contextkeep.policy;

/** What the gate says to a question about a population. */
public sealed interface AggregateDecision permits AggregatePermit, Refusal {

  /** A random id, new for every decision. */
  String id();

  /** The policy and the data that decided. */
  PolicyIdentity policy();

  /** The digest of what the policy gave, or "" where it gave nothing ({@link PolicyDocument}). */
  String digest();
}
