package io.contextkeep.vault.http;

import io.contextkeep.audit.tree.Hashes;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's TLS: versions 1.2 and 1.3, HTTP/1.1 alone, and a certificate that is replaced
 * without a restart. New files that do not fit together change nothing and are logged.
 */
final class Tls {
  private static final Logger LOG = LoggerFactory.getLogger(Tls.class);
  private static final Set<String> VERSIONS = Set.of("TLSv1.2", "TLSv1.3");
  private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
  private static final long HANDSHAKE_SECONDS = 10;

  private final TlsFiles files;
  private String inUse;

  private Tls(TlsFiles files, Pair now) {
    this.files = files;
    this.inUse = now.digest();
  }

  private record Pair(Buffer certificate, Buffer key) {
    String digest() {
      MessageDigest digest = Hashes.sha256();
      digest.update(certificate.getBytes());
      return HexFormat.of().formatHex(digest.digest(key.getBytes()));
    }

    ServerSSLOptions options() {
      ServerSSLOptions options = new ServerSSLOptions();
      options.setKeyCertOptions(new PemKeyCertOptions().addCertValue(certificate).addKeyValue(key));
      options.setEnabledSecureTransportProtocols(VERSIONS);
      options.setSslHandshakeTimeout(HANDSHAKE_SECONDS);
      options.setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
      options.setUseAlpn(false);
      return options;
    }
  }

  /** Makes the server one of HTTPS. */
  static Tls configure(HttpServerOptions options, TlsFiles files) {
    Pair now = read(files);
    ServerSSLOptions ssl = now.options();
    options
        .setSsl(true)
        .setUseAlpn(false)
        .setKeyCertOptions(ssl.getKeyCertOptions())
        .setEnabledSecureTransportProtocols(VERSIONS)
        .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
    return new Tls(files, now);
  }

  /** Looks for changed files from now on. */
  void watch(Vertx vertx, HttpServer server) {
    vertx.setPeriodic(
        LOOK_EVERY.toMillis(), _ -> vertx.executeBlocking(() -> look(server)).onFailure(Tls::kept));
  }

  /**
   * Takes the files' certificate and key if they have changed.
   *
   * @return whether they have
   */
  synchronized boolean look(HttpServer server) {
    Pair now = read(files);
    String digest = now.digest();
    if (digest.equals(inUse)) {
      return false;
    }
    inUse = digest;
    server.updateSSLOptions(now.options()).await();
    LOG.info("the certificate was replaced");
    return true;
  }

  private static void kept(Throwable thrown) {
    LOG.atError()
        .addKeyValue("thrown", thrown.getClass().getName())
        .log("the new certificate or key cannot be used; the one before is kept");
  }

  private static Pair read(TlsFiles files) {
    try {
      return new Pair(
          Buffer.buffer(Files.readAllBytes(files.certificate())),
          Buffer.buffer(Files.readAllBytes(files.key())));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "http.tls.certificate and http.tls.key must name files that can be read", e);
    }
  }
}
