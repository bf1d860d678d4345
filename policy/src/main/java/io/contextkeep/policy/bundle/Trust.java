package io.contextkeep.policy.bundle;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The condition on which bundles are accepted. */
public sealed interface Trust {

  /**
   * One of the keys has signed the bundle.
   *
   * @param scope the scope that the signature must have, if any
   */
  record SignedBy(Map<String, BundleKey> keys, Optional<String> scope) implements Trust {
    public SignedBy {
      keys = Map.copyOf(keys);
      if (keys.isEmpty()) {
        throw new IllegalArgumentException("At least one key must be allowed to sign");
      }
    }
  }

  /** Acceptance of any bundle, for bundles whose origin is known in another way. */
  record Anybody() implements Trust {}

  static Trust signedBy(List<BundleKey> keys, Optional<String> scope) {
    Map<String, BundleKey> byId = new HashMap<>();
    for (BundleKey key : keys) {
      if (byId.put(key.id(), key) != null) {
        throw new IllegalArgumentException("Two keys have the id " + key.id());
      }
    }
    return new SignedBy(byId, scope);
  }
}
