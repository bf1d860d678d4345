package io.contextkeep.vault.policy;

import io.contextkeep.policy.PolicyIdentity;

/** The identity of a policy as answers name it. */
public record PolicyVersion(String revision, String policyDigest, String dataDigest) {

  /** Returns the version of a policy. */
  public static PolicyVersion of(PolicyIdentity policy) {
    return new PolicyVersion(policy.revision(), policy.codeDigest(), policy.dataDigest());
  }
}
