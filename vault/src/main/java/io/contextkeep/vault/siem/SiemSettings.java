package io.contextkeep.vault.siem;

import io.contextkeep.vault.ops.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Where copies of the audit log go.
 *
 * @param otlp the URL of a collector's OTLP logs over HTTP, its path with it
 * @param otlpToken what is sent to it as a bearer token
 * @param syslog {@code tcp://host:port} or {@code tls://host:port}
 * @param syslogCa certificates in PEM that vouch for it, instead of those that Java trusts
 */
public record SiemSettings(
    Optional<URI> otlp, Optional<Secret> otlpToken, Optional<URI> syslog, Optional<Path> syslogCa) {
  /** Nowhere. */
  public static final SiemSettings NONE =
      new SiemSettings(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "[::1]", "localhost");

  /**
   * @throws IllegalArgumentException naming the setting that cannot be, and what it must be
   */
  public SiemSettings {
    otlp.ifPresent(url -> require(isHttp(url), "siem.otlp.url is the http or https URL of OTLP"));
    syslog.ifPresent(
        url -> require(isSyslog(url), "siem.syslog.url is tcp://host:port or tls://host:port"));
    require(otlpToken.isEmpty() || otlp.isPresent(), "siem.otlp.token needs siem.otlp.url");
    require(
        otlpToken.isEmpty() || otlp.filter(SiemSettings::keepsSecrets).isPresent(),
        "siem.otlp.token is sent by https, or on this machine, alone");
    require(
        syslogCa.isEmpty() || syslog.filter(url -> "tls".equals(url.getScheme())).isPresent(),
        "siem.syslog.ca needs a siem.syslog.url that begins with tls://");
  }

  private static boolean isHttp(URI url) {
    return Set.of("http", "https").contains(String.valueOf(url.getScheme()))
        && url.getHost() != null
        && url.getUserInfo() == null;
  }

  private static boolean isSyslog(URI url) {
    return Set.of("tcp", "tls").contains(String.valueOf(url.getScheme()))
        && url.getHost() != null
        && url.getPort() > 0
        && url.getUserInfo() == null
        && String.valueOf(url.getPath()).isEmpty();
  }

  private static boolean keepsSecrets(URI url) {
    return "https".equals(url.getScheme()) || LOOPBACK.contains(String.valueOf(url.getHost()));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
