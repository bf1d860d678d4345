package io.contextkeep.policy.bundle;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whose bundles are taken. */
public sealed interface Trust {

  /**
   * Those that one of the keys has signed.
   *
   * @param scope what the signature must be for, if anything
   */
  record SignedBy(Map<String, BundleKey> keys, Optional<String> scope) implements Trust {
    public SignedBy {
      keys = Map.copyOf(keys);
      if (keys.isEmpty()) {
        throw new IllegalArgumentException("Signatures are asked for, but no key may sign");
      }
    }
  }

  /** Anybody's: for who has another way to know where a bundle comes from. */
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
