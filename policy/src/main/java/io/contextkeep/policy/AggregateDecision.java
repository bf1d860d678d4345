package io.contextkeep.policy;

/** The gate's decision about a statistic. */
public sealed interface AggregateDecision permits AggregatePermit, Refusal {

  /** Returns a random id, new for every decision. */
  String id();

  /** Returns the policy and the data that decided. */
  PolicyIdentity policy();

  /** Returns the digest of the policy's {@link PolicyDocument}, or "" if there is none. */
  String digest();
}
