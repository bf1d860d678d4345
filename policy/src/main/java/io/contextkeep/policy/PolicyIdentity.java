package io.contextkeep.policy;

/**
 * The identity of a policy: its revision and the SHA-256 of its code and of its data, in
 * hexadecimal. An unknown part is "".
 */
public record PolicyIdentity(String revision, String codeDigest, String dataDigest) {

  /** No policy, or none that is known before it answers. */
  public static final PolicyIdentity NONE = new PolicyIdentity("", "", "");
}
