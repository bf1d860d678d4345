package io.contextkeep.vault.siem;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.LogReader;
import io.contextkeep.vault.ops.Metrics;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** All copies of the log that go out: one forwarder for each collector that is configured. */
public final class Forwarders implements AutoCloseable {
  private final List<Forwarder> all;

  private Forwarders(List<Forwarder> all) {
    this.all = List.copyOf(all);
  }

  /**
   * Starts them.
   *
   * @param directory where each keeps how far it is
   * @param threads makes the thread of a name
   * @param clients makes clients that follow no redirect
   * @throws IOException if a cursor or the certificates cannot be read
   */
  public static Forwarders start(
      SiemSettings settings,
      LogReader reader,
      AuditLog log,
      Path directory,
      Function<String, ThreadFactory> threads,
      Supplier<HttpClient> clients,
      Metrics metrics)
      throws IOException {
    List<Forwarder> all = new ArrayList<>();
    for (Collector collector : collectors(settings, log.origin(), clients)) {
      String name = collector.name();
      Cursor cursor = Cursor.open(directory.resolve("siem-" + name + ".cursor"), log.origin());
      Forwarder forwarder =
          new Forwarder(
              reader,
              log,
              collector,
              cursor,
              threads.apply("siem-" + name),
              () -> metrics.notForwarded(name));
      metrics.auditLag(name, forwarder::lag);
      all.add(forwarder);
    }
    all.forEach(Forwarder::start);
    return new Forwarders(all);
  }

  private static List<Collector> collectors(
      SiemSettings settings, String log, Supplier<HttpClient> clients) throws IOException {
    List<Collector> collectors = new ArrayList<>();
    settings
        .otlp()
        .ifPresent(
            url ->
                collectors.add(new OtlpCollector(clients.get(), url, settings.otlpToken(), log)));
    if (settings.syslog().isPresent()) {
      URI url = settings.syslog().get();
      Optional<SSLSocketFactory> tls =
          "tls".equals(url.getScheme()) ? Optional.of(tls(settings.syslogCa())) : Optional.empty();
      collectors.add(new SyslogCollector(url.getHost(), url.getPort(), tls, log));
    }
    return collectors;
  }

  static SSLSocketFactory tls(Optional<Path> ca) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(ca.isPresent() ? certificates(ca.get()) : null);
      context.init(null, trust.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IOException("siem.syslog.ca holds no certificates in PEM", e);
    }
  }

  private static KeyStore certificates(Path pem) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(pem)) {
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + number++, certificate);
      }
      if (number == 0) {
        throw new GeneralSecurityException("none");
      }
    }
    return store;
  }

  @Override
  public void close() {
    all.forEach(Forwarder::close);
  }
}
