package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS served by the vault itself. */
@Order(1)
@Timeout(300)
@TestInstance(Lifecycle.PER_CLASS)
final class TlsIT {
  @TempDir private Path dir;
  private TestCertificate first;
  private TestCertificate second;

  @BeforeAll
  void certificates(@TempDir Path made) throws Exception {
    first = TestCertificate.make(made, "first");
    second = TestCertificate.make(made, "second");
  }

  @BeforeEach
  void useTheFirst() throws Exception {
    use(first);
  }

  private void use(TestCertificate certificate) throws Exception {
    byte[] key = certificate.key().getEncoded();
    replace("key.pem", "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n", key);
    replace("chain.pem", Files.readString(certificate.pem()), new byte[0]);
  }

  private void replace(String name, String text, byte[] content) throws IOException {
    Path made = dir.resolve(name + ".new");
    Files.writeString(made, text.formatted(Base64.getMimeEncoder().encodeToString(content)));
    Files.move(made, dir.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  private Vault start() throws IOException {
    VaultConfig config =
        VaultConfig.load(
            List.of(),
            Map.of(
                "CONTEXTKEEP_DATA", dir.resolve("data").toString(),
                "CONTEXTKEEP_KEYS", dir.resolve("keys").toString(),
                "CONTEXTKEEP_HTTP_PORT", "0",
                "CONTEXTKEEP_HTTP_TLS_CERTIFICATE", dir.resolve("chain.pem").toString(),
                "CONTEXTKEEP_HTTP_TLS_KEY", dir.resolve("key.pem").toString()));
    return Vault.start(config, InstantSource.system());
  }

  @Test
  void theVaultServesTls_withTheSameStrictFraming() throws Exception {
    try (Vault vault = start()) {
      String live = "GET /health/live HTTP/1.1\r\nHost: vault\r\nConnection: close\r\n\r\n";
      assertThat(converse(vault, "TLSv1.3", live)).startsWith("HTTP/1.1 200 ");
      assertThat(converse(vault, "TLSv1.2", live)).startsWith("HTTP/1.1 200 ");
      assertThat(converse(vault, "TLSv1.3", "GET /health/live HTTP/1.1\r\n\r\n"))
          .startsWith("HTTP/1.1 400 ");
      assertThatThrownBy(() -> converse(vault, "TLSv1.1", live))
          .isInstanceOfAny(SSLException.class, IllegalArgumentException.class);
      assertThat(BareHttp.get(vault.port(), "/health/live")).isEmpty();
    }
  }

  @Test
  void aNewCertificate_isLoadedWithoutARestart() throws Exception {
    try (Vault vault = start()) {
      assertThat(certificate(vault)).isEqualTo(read(first));
      use(second);
      while (!certificate(vault).equals(read(second))) {
        Thread.sleep(500);
      }
    }
  }

  /** Certificates that would make every connection fail; the previous one stays in use. */
  @Test
  void anInvalidNewCertificate_changesNothing_andIsLogged() throws Exception {
    TestCertificate old = TestCertificate.make(dir, "old", "-startdate", "-9d", "-validity", "1");
    List<Change> bad =
        List.of(
            () -> replace("chain.pem", "no certificate", new byte[0]),
            () -> replace("key.pem", "no key", new byte[0]),
            () -> replace("chain.pem", Files.readString(second.pem()), new byte[0]),
            () -> use(old),
            () -> Files.delete(dir.resolve("key.pem")));
    try (Vault vault = start()) {
      for (Change change : bad) {
        use(first);
        try (CapturedLogs logs = new CapturedLogs()) {
          change.make();
          String line = logs.awaitLine("the old one is kept");
          assertThat(line).contains("\"level\":\"ERROR\"").doesNotContain("PRIVATE KEY");
        }
        assertThat(certificate(vault)).isEqualTo(read(first));
      }
      use(second);
      while (!certificate(vault).equals(read(second))) {
        Thread.sleep(500);
      }
    }
  }

  /** The change of the files. */
  private interface Change {
    void make() throws Exception;
  }

  @Test
  void aKeyOfAnotherCertificate_stopsTheStart() throws Exception {
    replace("chain.pem", Files.readString(second.pem()), new byte[0]);
    assertThatThrownBy(this::start)
        .hasMessageContaining("http.tls.certificate and http.tls.key must hold");
  }

  private static X509Certificate read(TestCertificate certificate) throws Exception {
    try (InputStream in = Files.newInputStream(certificate.pem())) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private X509Certificate certificate(Vault vault) throws Exception {
    try (SSLSocket socket = connect(vault)) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private SSLSocket connect(Vault vault) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("first", read(first));
    trusted.setCertificateEntry("second", read(second));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", vault.port());
  }

  private String converse(Vault vault, String version, String request) throws Exception {
    try (SSLSocket socket = connect(vault)) {
      socket.setEnabledProtocols(new String[] {version});
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }
}
