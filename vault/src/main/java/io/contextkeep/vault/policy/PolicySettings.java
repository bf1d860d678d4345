package io.contextkeep.vault.policy;

import io.contextkeep.policy.bundle.BundleKey;
import io.contextkeep.policy.bundle.Trust;
import io.contextkeep.vault.net.Peer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The settings of the policy: its source, the keys that may sign it, and its limits.
 *
 * @param bundle the file, directory or URL of a bundle; empty for the built-in policy
 * @param keys the keys that may sign, each as {@code id:algorithm:file} with a public key in PEM,
 *     separated by commas; or {@code unsigned}, which accepts any bundle
 * @param token a file with the bearer token for a bundle server
 * @param minInterval the shortest interval between polls
 * @param maxInterval the longest interval between polls
 * @param deadline the time limit of a decision
 * @param server the OPA server that decides; empty if the policy in this process decides
 */
public record PolicySettings(
    Optional<String> bundle,
    Optional<String> keys,
    Optional<Path> token,
    Duration minInterval,
    Duration maxInterval,
    Duration deadline,
    Optional<PolicyServerSettings> server) {
  /** Settings without a bundle: the built-in policy decides. */
  public static final PolicySettings BUILT_IN =
      new PolicySettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Duration.ofMinutes(1),
          Duration.ofMinutes(2),
          Duration.ofMillis(500),
          Optional.empty());

  private static final String UNSIGNED = "unsigned";

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException naming the invalid setting and what it must be
   */
  public PolicySettings {
    require(
        minInterval.compareTo(maxInterval) <= 0,
        "policy.poll.min.seconds is more than policy.poll.max.seconds");
    require(bundle.isPresent() || keys.isEmpty(), "policy.bundle.keys needs policy.bundle");
    require(
        bundle.isEmpty() || keys.isPresent(),
        "policy.bundle needs policy.bundle.keys, the keys that may sign, as id:ES256:file.pem");
    require(
        token.isEmpty() || bundle.filter(PolicySettings::isUrl).isPresent(),
        "policy.bundle.token.file needs a policy.bundle that is a URL");
    bundle.filter(PolicySettings::isUrl).ifPresent(PolicySettings::checkUrl);
  }

  /** Returns whether unsigned bundles are accepted, so that write access is enough to decide. */
  boolean unsigned() {
    return keys.equals(Optional.of(UNSIGNED));
  }

  /**
   * Returns the keys that may sign a bundle.
   *
   * @throws IllegalArgumentException if a key cannot be read or does not fit its algorithm
   */
  public Trust trust() {
    if (keys.isEmpty() || unsigned()) {
      return new Trust.Anybody();
    }
    List<BundleKey> all = new ArrayList<>();
    for (String key : keys.get().split(",", -1)) {
      String[] parts = key.strip().split(":", 3);
      require(
          parts.length == 3,
          "policy.bundle.keys must be id:algorithm:file.pem, separated by commas");
      all.add(BundleKey.of(parts[0], parts[1], pem(Path.of(parts[2]))));
    }
    return Trust.signedBy(all, Optional.empty());
  }

  static boolean isUrl(String bundle) {
    return bundle.startsWith("http:") || bundle.startsWith("https:");
  }

  private static String pem(Path file) {
    try {
      return Files.readString(file, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new IllegalArgumentException("policy.bundle.keys: " + file + " cannot be read", e);
    }
  }

  /** Refuses plain http: a bundle would still be verified, but the token would be exposed. */
  private static void checkUrl(String bundle) {
    URI url = URI.create(bundle);
    require(
        Peer.isHttp(url) && Peer.isPrivate(url),
        "policy.bundle must be a file, a directory, an https URL, or an http URL of this machine");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
