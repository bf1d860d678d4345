package io.contextkeep.vault.policy;

import io.contextkeep.vault.net.PeerUrl;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The OPA server that decides instead of the built-in policy.
 *
 * @param url where its API is: https, or http on this machine
 * @param tokenFile holds what it is sent as a bearer token
 * @param ca certificates in PEM that vouch for it, instead of those that Java trusts
 */
public record PolicyServerSettings(URI url, Optional<Path> tokenFile, Optional<Path> ca) {

  /**
   * @throws IllegalArgumentException naming the setting that cannot be, and what it must be
   */
  public PolicyServerSettings {
    // Whoever can change an answer on its way decides who sees what.
    require(
        PeerUrl.isHttp(url)
            && PeerUrl.isPrivate(url)
            && url.getQuery() == null
            && url.getFragment() == null,
        "policy.server is an https URL, or http at 127.0.0.1, [::1] or localhost");
    require(
        ca.isEmpty() || "https".equals(url.getScheme()),
        "policy.server.ca needs a policy.server that begins with https://");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
