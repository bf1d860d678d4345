package io.contextkeep.vault;

import io.contextkeep.vault.web.HttpSettings;
import java.net.URI;
import java.util.Locale;

/** The absolute URL under which a vault is reached. */
final class WebAddress {
  private WebAddress() {}

  /**
   * The public URL where that is one of the web, otherwise the address that the vault listens on;
   * without a slash at the end, so that a path can follow.
   *
   * @param port the port that it listens on
   */
  static String of(URI publicUrl, HttpSettings http, int port) {
    if (isWeb(publicUrl)) {
      String path = publicUrl.getRawPath().replaceFirst("/+$", "");
      return scheme(publicUrl) + "://" + publicUrl.getRawAuthority() + path;
    }
    String host = http.host().contains(":") ? "[" + http.host() + "]" : http.host();
    return (http.tls().isPresent() ? "https://" : "http://") + host + ":" + port;
  }

  private static boolean isWeb(URI url) {
    return url.getHost() != null && (scheme(url).equals("https") || scheme(url).equals("http"));
  }

  private static String scheme(URI url) {
    return url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
  }
}
