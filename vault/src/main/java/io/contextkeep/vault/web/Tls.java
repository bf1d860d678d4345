package io.contextkeep.vault.web;

import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.vault.web.HttpSettings.TlsFiles;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's TLS: versions 1.2 and 1.3, HTTP/1.1 only, and replacement of the certificate without
 * a restart. New files that do not match, or whose certificate is not valid now, are logged and
 * otherwise ignored.
 */
final class Tls {
  private static final Logger LOG = LoggerFactory.getLogger(Tls.class);
  private static final Set<String> VERSIONS = Set.of("TLSv1.2", "TLSv1.3");
  private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
  private static final long HANDSHAKE_SECONDS = 10;

  /** The signature algorithm of each kind of key. */
  private static final Map<String, String> SIGNATURES =
      Map.of("EC", "SHA256withECDSA", "RSA", "SHA256withRSA", "EdDSA", "EdDSA");

  private static final String NO_PAIR =
      "http.tls.certificate and http.tls.key must hold a certificate and its key in PEM";

  private final Vertx vertx;
  private final TlsFiles files;
  private String inUse;

  /** The fault that was logged last; empty if the files were valid at the last check. */
  private String fault = "";

  private Tls(Vertx vertx, TlsFiles files, Pair now) {
    this.vertx = vertx;
    this.files = files;
    this.inUse = now.digest();
  }

  private record Pair(Buffer certificate, Buffer key) {
    String digest() {
      MessageDigest digest = Hashes.sha256();
      digest.update(certificate.getBytes());
      return HexFormat.of().formatHex(digest.digest(key.getBytes()));
    }

    private PemKeyCertOptions pem() {
      return new PemKeyCertOptions().addCertValue(certificate).addKeyValue(key);
    }

    /**
     * Returns the server's certificate after checking that the key belongs to it. With another key
     * the server would start and every connection would fail.
     *
     * @throws IllegalArgumentException if no certificate matches the key
     */
    X509Certificate leaf(Vertx vertx) {
      try {
        KeyManagerFactory factory = pem().getKeyManagerFactory(vertx);
        for (KeyManager manager : factory.getKeyManagers()) {
          for (String type : SIGNATURES.keySet()) {
            if (manager instanceof X509KeyManager keys
                && keys.getServerAliases(type, null) != null) {
              return leaf(keys, keys.getServerAliases(type, null)[0], SIGNATURES.get(type));
            }
          }
        }
      } catch (Exception e) {
        throw new IllegalArgumentException(NO_PAIR, e);
      }
      throw new IllegalArgumentException(NO_PAIR);
    }

    private static X509Certificate leaf(X509KeyManager keys, String alias, String algorithm)
        throws GeneralSecurityException {
      X509Certificate leaf = keys.getCertificateChain(alias)[0];
      byte[] probe = {1};
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(keys.getPrivateKey(alias));
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(leaf.getPublicKey());
      signature.update(probe);
      if (!signature.verify(signed)) {
        throw new IllegalArgumentException(NO_PAIR);
      }
      return leaf;
    }

    ServerSSLOptions options() {
      ServerSSLOptions options = new ServerSSLOptions();
      options.setKeyCertOptions(pem());
      options.setEnabledSecureTransportProtocols(VERSIONS);
      options.setSslHandshakeTimeout(HANDSHAKE_SECONDS);
      options.setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
      options.setUseAlpn(false);
      return options;
    }
  }

  /** Configures the server for HTTPS. */
  static Tls configure(Vertx vertx, HttpServerOptions options, TlsFiles files) {
    Pair now = read(files);
    now.leaf(vertx);
    ServerSSLOptions ssl = now.options();
    options
        .setSsl(true)
        .setUseAlpn(false)
        .setKeyCertOptions(ssl.getKeyCertOptions())
        .setEnabledSecureTransportProtocols(VERSIONS)
        .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
    return new Tls(vertx, files, now);
  }

  /** Watches the files for changes. */
  void watch(HttpServer server) {
    vertx.setPeriodic(
        LOOK_EVERY.toMillis(),
        _ -> vertx.executeBlocking(() -> look(server)).onFailure(this::kept));
  }

  /**
   * Loads the certificate and key if the files have changed.
   *
   * @return whether they changed
   */
  synchronized boolean look(HttpServer server) {
    Pair now = read(files);
    if (now.digest().equals(inUse)) {
      fault = "";
      return false;
    }
    checkNow(now.leaf(vertx));
    server.updateSSLOptions(now.options()).await();
    inUse = now.digest();
    LOG.info("the certificate was replaced");
    return true;
  }

  private static void checkNow(X509Certificate leaf) {
    try {
      leaf.checkValidity();
    } catch (CertificateException e) {
      throw new IllegalArgumentException("The certificate has expired or is not valid yet", e);
    }
  }

  /** Logs a fault once, however often the same files are checked. */
  private synchronized void kept(Throwable thrown) {
    String found = thrown + " of " + digest();
    if (!found.equals(fault)) {
      LOG.atError()
          .addKeyValue("thrown", thrown.getClass().getName())
          .log("the new certificate or key cannot be used; the old one is kept");
    }
    fault = found;
  }

  private String digest() {
    try {
      return read(files).digest();
    } catch (UncheckedIOException unreadable) {
      return "unreadable";
    }
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
