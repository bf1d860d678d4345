package io.contextkeep.vault.net;

import java.net.URI;
import java.util.Set;

/** Requirements on the URLs of other systems. */
public final class PeerUrl {
  private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "[::1]", "localhost");

  private PeerUrl() {}

  /** Returns whether the URL is http or https, without a password. */
  public static boolean isHttp(URI url) {
    return Set.of("http", "https").contains(String.valueOf(url.getScheme()))
        && url.getHost() != null
        && url.getUserInfo() == null;
  }

  /** Returns whether the exchange is protected from others on the network. */
  public static boolean isPrivate(URI url) {
    return "https".equals(url.getScheme()) || THIS_MACHINE.contains(String.valueOf(url.getHost()));
  }
}
