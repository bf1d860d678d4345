package io.contextkeep.vault.policy;

import io.contextkeep.policy.Bundle;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.web.Routes;
import java.util.List;
import java.util.Map;

/** The module of the policy in force. */
public record PolicyModule(Policies policies, PastPolicies past, List<Routes.Api> routes)
    implements Module {

  /**
   * Makes the module.
   *
   * @param builtIn the policy that decides if no other was ever in force
   */
  public static PolicyModule of(Policies policies, Bundle builtIn) {
    return new PolicyModule(
        policies, new PastPolicies(policies::inForce, builtIn), List.of(new PolicyApi(policies)));
  }

  /** Returns the processing that the policy in force allows for each purpose. */
  public Map<String, Processing> allowed() {
    return policies.allowed();
  }
}
