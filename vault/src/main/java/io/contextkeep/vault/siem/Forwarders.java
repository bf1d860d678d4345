package io.contextkeep.vault.siem;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.LogReader;
import io.contextkeep.vault.jobs.Job;
import io.contextkeep.vault.net.PemTrust;
import io.contextkeep.vault.ops.Metrics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/** The forwarders, one for each configured collector. */
public final class Forwarders {
  private Forwarders() {}

  /**
   * Makes their jobs.
   *
   * @param directory the directory of the cursors
   * @param clients makes clients; they must not follow redirects
   * @throws IOException if a cursor or the certificates cannot be read
   */
  public static List<Job> jobs(
      SiemSettings settings,
      LogReader reader,
      AuditLog log,
      Path directory,
      Supplier<HttpClient> clients,
      Metrics metrics)
      throws IOException {
    List<Job> jobs = new ArrayList<>();
    for (Collector collector : collectors(settings, log.origin(), clients)) {
      String name = collector.name();
      Cursor cursor = Cursor.open(directory.resolve("siem-" + name + ".cursor"), log.origin());
      Forwarder forwarder =
          new Forwarder(reader, log, collector, cursor, () -> metrics.notForwarded(name));
      metrics.auditLag(name, forwarder::lag);
      metrics.forwards(name);
      jobs.add(forwarder.job());
    }
    return jobs;
  }

  private static List<Collector> collectors(
      SiemSettings settings, String log, Supplier<HttpClient> clients) throws IOException {
    List<Collector> collectors = new ArrayList<>();
    settings
        .otlp()
        .ifPresent(
            url ->
                collectors.add(
                    new OtlpCollector(
                        new Delivery(clients.get(), url, settings.otlpToken()), log)));
    settings
        .decisions()
        .ifPresent(
            url ->
                collectors.add(
                    new DecisionLogCollector(
                        new Delivery(clients.get(), logs(url), settings.decisionsToken()), log)));
    if (settings.syslog().isPresent()) {
      URI url = settings.syslog().get();
      Optional<SSLSocketFactory> tls =
          "tls".equals(url.getScheme()) ? Optional.of(tls(settings.syslogCa())) : Optional.empty();
      collectors.add(new SyslogCollector(url.getHost(), url.getPort(), tls, log));
    }
    return collectors;
  }

  /** Returns the URL of a service's decision logs. */
  private static URI logs(URI service) {
    return URI.create(service.toString().replaceFirst("/+$", "") + "/logs");
  }

  static SSLSocketFactory tls(Optional<Path> ca) throws IOException {
    return PemTrust.context(ca, "siem.syslog.ca").getSocketFactory();
  }
}
