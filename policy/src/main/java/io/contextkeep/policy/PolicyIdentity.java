package io.contextkeep.policy;

/**
 * Which policy decides: its revision and the SHA-256 of its code and of its data, in hexadecimal.
 * What nobody told is "".
 */
public record PolicyIdentity(String revision, String codeDigest, String dataDigest) {

  /** No policy, or none that is known before it answers. */
  public static final PolicyIdentity NONE = new PolicyIdentity("", "", "");
}
