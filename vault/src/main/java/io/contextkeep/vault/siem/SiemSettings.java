package io.contextkeep.vault.siem;

import io.contextkeep.vault.net.PeerUrl;
import io.contextkeep.vault.net.Secret;
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
 * @param decisions the URL of a service that takes OPA's decision logs, without {@code /logs}
 * @param decisionsToken what is sent to it as a bearer token
 */
public record SiemSettings(
    Optional<URI> otlp,
    Optional<Secret> otlpToken,
    Optional<URI> syslog,
    Optional<Path> syslogCa,
    Optional<URI> decisions,
    Optional<Secret> decisionsToken) {
  /** Nowhere. */
  public static final SiemSettings NONE =
      new SiemSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /**
   * @throws IllegalArgumentException naming the setting that cannot be, and what it must be
   */
  public SiemSettings {
    check("siem.otlp", otlp, otlpToken);
    check("siem.decisions", decisions, decisionsToken);
    decisions.ifPresent(
        url ->
            require(
                url.getQuery() == null && url.getFragment() == null,
                "siem.decisions.url ends where /logs is to follow"));
    syslog.ifPresent(
        url -> require(isSyslog(url), "siem.syslog.url is tcp://host:port or tls://host:port"));
    require(
        syslogCa.isEmpty() || syslog.filter(url -> "tls".equals(url.getScheme())).isPresent(),
        "siem.syslog.ca needs a siem.syslog.url that begins with tls://");
  }

  private static void check(String name, Optional<URI> url, Optional<Secret> token) {
    url.ifPresent(u -> require(PeerUrl.isHttp(u), name + ".url is an http or https URL"));
    require(token.isEmpty() || url.isPresent(), name + ".token needs " + name + ".url");
    require(
        token.isEmpty() || url.filter(PeerUrl::isPrivate).isPresent(),
        name + ".token is sent by https, or on this machine, alone");
  }

  private static boolean isSyslog(URI url) {
    return Set.of("tcp", "tls").contains(String.valueOf(url.getScheme()))
        && url.getHost() != null
        && url.getPort() > 0
        && url.getUserInfo() == null
        && String.valueOf(url.getPath()).isEmpty();
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
