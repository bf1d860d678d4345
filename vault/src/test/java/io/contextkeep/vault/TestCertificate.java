package io.contextkeep.vault;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A key and a self-signed certificate for this machine.
 *
 * @param pem the certificate alone
 */
public record TestCertificate(Path pem, Path store) {

  /**
   * Creates both.
   *
   * @param more options of keytool, such as another validity
   */
  public static TestCertificate make(Path dir, String name, String... more) throws Exception {
    TestCertificate made =
        new TestCertificate(dir.resolve(name + ".pem"), dir.resolve(name + ".p12"));
    List<String> pair = new ArrayList<>(List.of("-genkeypair", "-keyalg", "EC", "-dname"));
    pair.addAll(List.of("CN=" + name, "-ext", "SAN=ip:127.0.0.1"));
    pair.addAll(List.of(more));
    made.keytool(pair.toArray(String[]::new));
    made.keytool("-exportcert", "-rfc", "-file", made.pem.toString());
    return made;
  }

  private void keytool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", store.toString(), "-alias", "this"));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", "password"));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(store.resolveSibling("keytool.out").toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IllegalStateException("keytool made nothing");
    }
  }

  /** Returns the settings of a server with the certificate. */
  public SSLContext context() throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "password".toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, "password".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}
