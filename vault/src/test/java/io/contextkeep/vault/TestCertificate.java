package io.contextkeep.vault;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A key and a self-signed certificate for this machine.
 *
 * @param pem the certificate alone
 */
public record TestCertificate(Path pem, Path store) {
  private static final String ALIAS = "this";
  private static final String PASSWORD = "password";

  /**
   * Creates both.
   *
   * @param more options of keytool, such as another validity
   */
  public static TestCertificate make(Path dir, String name, String... more) throws Exception {
    TestCertificate made =
        new TestCertificate(dir.resolve(name + ".pem"), dir.resolve(name + ".p12"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    ChildJava.shortLived().forEach(flag -> command.add("-J" + flag));
    command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-dname", "CN=" + name));
    command.addAll(List.of("-ext", "SAN=ip:127.0.0.1", "-alias", ALIAS));
    command.addAll(List.of("-keystore", made.store.toString(), "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", PASSWORD));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("keytool.out").toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IllegalStateException("keytool made nothing");
    }
    Files.writeString(
        made.pem,
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
            .formatted(
                Base64.getMimeEncoder()
                    .encodeToString(made.keys().getCertificate(ALIAS).getEncoded())));
    return made;
  }

  /** Returns the private key. */
  PrivateKey key() throws IOException, GeneralSecurityException {
    return (PrivateKey) keys().getKey(ALIAS, PASSWORD.toCharArray());
  }

  private KeyStore keys() throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  /** Returns the settings of a server with the certificate. */
  public SSLContext context() throws IOException, GeneralSecurityException {
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys(), PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}
