package io.contextkeep.vault.policy;

import io.contextkeep.policy.Bundle;
import java.util.Map;
import java.util.Optional;

/** The processing that a policy allows, read from its data when it is first asked for. */
final class AllowedProcessing {
  private final Bundle policy;
  private volatile Optional<Map<String, Processing>> read = Optional.empty();

  AllowedProcessing(Bundle policy) {
    this.policy = policy;
  }

  /** Returns the processing of every purpose in the catalogue, by the purpose's CURIE. */
  Map<String, Processing> all() {
    Map<String, Processing> all = read.orElseGet(() -> Processing.all(policy.data()));
    read = Optional.of(all);
    return all;
  }
}
