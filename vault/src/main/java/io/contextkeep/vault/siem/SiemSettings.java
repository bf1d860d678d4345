package io.contextkeep.vault.siem;

import io.contextkeep.vault.net.Peer;
import io.contextkeep.vault.net.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The collectors of copies of the audit log.
 *
 * @param otlp the URL for OTLP logs over HTTP, with its path
 * @param otlpToken the bearer token for it
 * @param syslog {@code tcp://host:port} or {@code tls://host:port}
 * @param syslogCa a file with the CA certificates to trust in PEM, instead of Java's
 * @param decisions the URL of a service for OPA's decision logs, without {@code /logs}
 * @param decisionsToken the bearer token for it
 */
public record SiemSettings(
    Optional<URI> otlp,
    Optional<Secret> otlpToken,
    Optional<URI> syslog,
    Optional<Path> syslogCa,
    Optional<URI> decisions,
    Optional<Secret> decisionsToken) {
  /** No collectors. */
  public static final SiemSettings NONE =
      new SiemSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /**
   * @throws IllegalArgumentException naming the invalid setting and what it must be
   */
  public SiemSettings {
    check("siem.otlp", otlp, otlpToken);
    check("siem.decisions", decisions, decisionsToken);
    decisions.ifPresent(
        url ->
            require(
                url.getQuery() == null && url.getFragment() == null,
                "siem.decisions.url must end before /logs"));
    syslog.ifPresent(
        url ->
            require(isSyslog(url), "siem.syslog.url must be tcp://host:port or tls://host:port"));
    require(
        syslogCa.isEmpty() || syslog.filter(url -> "tls".equals(url.getScheme())).isPresent(),
        "siem.syslog.ca needs a siem.syslog.url that begins with tls://");
  }

  private static void check(String name, Optional<URI> url, Optional<Secret> token) {
    url.ifPresent(u -> require(Peer.isHttp(u), name + ".url must be an http or https URL"));
    require(token.isEmpty() || url.isPresent(), name + ".token needs " + name + ".url");
    require(
        token.isEmpty() || url.filter(Peer::isPrivate).isPresent(),
        name + ".token needs an https URL, or one on this machine");
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
