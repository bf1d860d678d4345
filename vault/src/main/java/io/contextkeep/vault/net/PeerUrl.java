package io.contextkeep.vault.net;

import java.net.URI;
import java.util.Set;

/** What the URL of somebody whom the vault asks or tells must be. */
public final class PeerUrl {
  private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "[::1]", "localhost");

  private PeerUrl() {}

  /** Whether it is http or https, and carries no password. */
  public static boolean isHttp(URI url) {
    return Set.of("http", "https").contains(String.valueOf(url.getScheme()))
        && url.getHost() != null
        && url.getUserInfo() == null;
  }

  /** Whether nobody on a network reads what is sent there, or changes what is answered. */
  public static boolean isPrivate(URI url) {
    return "https".equals(url.getScheme()) || THIS_MACHINE.contains(String.valueOf(url.getHost()));
  }
}
