package io.contextkeep.vault.policy;

import io.contextkeep.policy.bundle.BundleKey;
import io.contextkeep.policy.bundle.Trust;
import io.contextkeep.vault.net.PeerUrl;
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
 * Where the policy comes from, and whose it may be.
 *
 * @param bundle a file, a directory or the URL of a bundle; the built-in policy where it is empty
 * @param keys who may sign: {@code id:algorithm:file} for each, with commas between, the file a
 *     public key in PEM; or {@code unsigned}, which takes anybody's
 * @param token a file with what a bundle server is sent as bearer token
 * @param least how long to wait at least before looking again
 * @param most how long to wait at most
 * @param deadline how long a decision may take
 * @param server the OPA server that decides; where it is empty the policy in force here does
 */
public record PolicySettings(
    Optional<String> bundle,
    Optional<String> keys,
    Optional<Path> token,
    Duration least,
    Duration most,
    Duration deadline,
    Optional<PolicyServerSettings> server) {
  /** No bundle: what is built in decides. */
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
   * @throws IllegalArgumentException naming the setting that cannot be, and what it must be
   */
  public PolicySettings {
    require(
        least.compareTo(most) <= 0, "policy.poll.min.seconds is more than policy.poll.max.seconds");
    require(bundle.isPresent() || keys.isEmpty(), "policy.bundle.keys needs policy.bundle");
    require(
        bundle.isEmpty() || keys.isPresent(),
        "policy.bundle needs policy.bundle.keys: who may sign, as id:ES256:file.pem");
    require(
        token.isEmpty() || bundle.filter(PolicySettings::isUrl).isPresent(),
        "policy.bundle.token.file needs a policy.bundle that is a URL");
    bundle.filter(PolicySettings::isUrl).ifPresent(PolicySettings::checkUrl);
  }

  /** Whether bundles that nobody signed are taken, so that whoever writes them decides. */
  boolean unsigned() {
    return keys.equals(Optional.of(UNSIGNED));
  }

  /**
   * Who may have made a bundle.
   *
   * @throws IllegalArgumentException if a key cannot be read or is none for its algorithm
   */
  public Trust trust() {
    if (keys.isEmpty() || unsigned()) {
      return new Trust.Anybody();
    }
    List<BundleKey> all = new ArrayList<>();
    for (String key : keys.get().split(",", -1)) {
      String[] parts = key.strip().split(":", 3);
      require(
          parts.length == 3, "policy.bundle.keys are id:algorithm:file.pem, with commas between");
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

  /** By http a signed bundle would still be verified, but the token would be everybody's. */
  private static void checkUrl(String bundle) {
    URI url = URI.create(bundle);
    require(
        PeerUrl.isHttp(url) && PeerUrl.isPrivate(url),
        "policy.bundle is a file, a directory, an https URL, or an http URL on this machine");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
