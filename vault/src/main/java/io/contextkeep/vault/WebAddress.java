package io.contextkeep.vault;

import io.contextkeep.vault.web.HttpSettings;
import java.net.URI;
import java.util.Locale;

/** The absolute URL under which a vault is reached. */
final class WebAddress {
  private WebAddress() {}

  /**
   * Returns the public URL if it is http or https, otherwise the address of the server; without a
   * trailing slash.
   *
   * @param port the server's port
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
