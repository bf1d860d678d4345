package io.contextkeep.vault.policy;

import io.contextkeep.vault.net.Peer;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The OPA server that decides instead of the built-in policy.
 *
 * @param url the URL of its API: https, or http on this machine
 * @param tokenFile a file with its bearer token
 * @param ca a file with the CA certificates to trust in PEM, instead of Java's
 */
public record PolicyServerSettings(URI url, Optional<Path> tokenFile, Optional<Path> ca) {

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException naming the invalid setting and what it must be
   */
  public PolicyServerSettings {
    // An attacker who can change an answer in transit would decide.
    require(
        Peer.isHttp(url)
            && Peer.isPrivate(url)
            && url.getQuery() == null
            && url.getFragment() == null,
        "policy.server must be an https URL, or http at 127.0.0.1, [::1] or localhost");
    require(
        ca.isEmpty() || "https".equals(url.getScheme()),
        "policy.server.ca needs a policy.server with an https URL");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
