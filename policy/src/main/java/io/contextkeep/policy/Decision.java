package io.contextkeep.policy;

/** The gate's decision about a question: a {@link Permit} or a {@link Refusal}. */
public sealed interface Decision permits Permit, Refusal {

  /** Returns a random id, new for every decision. */
  String id();

  /** Returns the policy and the data that decided. */
  PolicyIdentity policy();

  /** Returns the digest of the policy's {@link PolicyDocument}, or "" if it gave none. */
  String digest();

  /** Returns the legal basis that was required, such as {@code eu-gdpr:A6-1-a}, or "". */
  String basis();
}
