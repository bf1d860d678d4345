package io.contextkeep.policy;

/** What the gate says to a question: a {@link Permit} or a {@link Refusal}, nothing between. */
public sealed interface Decision permits Permit, Refusal {

  /** A random id, new for every decision. */
  String id();

  /** The policy and the data that decided. */
  PolicyIdentity policy();

  /** The digest of what the policy gave, or "" where it gave nothing ({@link PolicyDocument}). */
  String digest();

  /** The legal basis that was looked for, such as {@code eu-gdpr:A6-1-a}, or "". */
  String basis();
}
