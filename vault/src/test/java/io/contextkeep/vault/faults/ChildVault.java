package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.vault.ChildJava;
import io.contextkeep.vault.Main;
import io.contextkeep.vault.Vault;
import io.contextkeep.vault.VaultConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A vault in a child process, started as operators start it, that can be killed. Its output goes to
 * a file. Its directory is {@code data} and {@code keys} below the one it is given.
 */
final class ChildVault implements AutoCloseable {
  private static final long START_SECONDS = 120;

  private final Path dir;
  private final int port;
  private final Process process;

  private ChildVault(Path dir, int port, Process process) {
    this.dir = dir;
    this.port = port;
    this.process = process;
  }

  /** Starts a vault and waits until it is ready. */
  static ChildVault start(Path dir) throws IOException, InterruptedException {
    return start(dir, Map.of());
  }

  /**
   * Starts a vault with more settings and waits until it is ready.
   *
   * @param more settings, as environment variables
   */
  static ChildVault start(Path dir, Map<String, String> more)
      throws IOException, InterruptedException {
    ChildVault vault = begin(dir, List.of(), more);
    vault.awaitReady();
    return vault;
  }

  /**
   * Starts a vault without waiting.
   *
   * @param prefix a wrapper of the command, such as a shell that prepares a file system
   */
  static ChildVault begin(Path dir, List<String> prefix) throws IOException {
    return begin(dir, prefix, Map.of());
  }

  private static ChildVault begin(Path dir, List<String> prefix, Map<String, String> more)
      throws IOException {
    int port = freePort();
    Path tmp = Files.createDirectories(dir.resolve("tmp"));
    List<String> flags = List.of("-Xmx512m", "-Djava.io.tmpdir=" + tmp);
    List<String> command = ChildJava.archived(prefix, flags, Main.class, List.of("serve"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(settings(dir, port));
    builder.environment().putAll(more);
    builder.directory(dir.toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(
        ProcessBuilder.Redirect.appendTo(Files.createDirectories(dir).resolve("log").toFile()));
    return new ChildVault(dir, port, builder.start());
  }

  void awaitReady() throws IOException, InterruptedException {
    long latest = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!ready()) {
      if (!process.isAlive() || System.nanoTime() > latest) {
        throw new AssertionError("The vault did not become ready: " + log());
      }
      Thread.sleep(10);
    }
  }

  Parties parties() throws IOException {
    VaultConfig config = VaultConfig.load(List.of(), settings(dir, port));
    return new Parties(port, Vault.issuerOf(config, InstantSource.system()));
  }

  int port() {
    return port;
  }

  Path database() {
    return dir.resolve("data/vault.db");
  }

  /** Returns its output. */
  String log() throws IOException {
    return Files.readString(dir.resolve("log"));
  }

  long pid() {
    return process.pid();
  }

  /** Sends SIGKILL: no hook runs and nothing is flushed. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  /** Waits for its own end and returns the exit code. */
  int awaitExit() throws InterruptedException {
    assertThat(process.waitFor(START_SECONDS, TimeUnit.SECONDS)).as("it ended").isTrue();
    return process.exitValue();
  }

  /** Stops it as an operator would; its wrapper ends with it. */
  @Override
  public void close() throws InterruptedException {
    process.descendants().findFirst().orElse(process.toHandle()).destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      kill();
      throw new AssertionError("The vault did not stop when it was told to");
    }
  }

  private boolean ready() throws IOException {
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + "/health/ready").toURL().openConnection();
      return connection.getResponseCode() == 200;
    } catch (ConnectException notYet) {
      return false;
    }
  }

  private static Map<String, String> settings(Path dir, int port) {
    Map<String, String> settings = new HashMap<>();
    settings.put("CONTEXTKEEP_DATA", dir.resolve("data").toString());
    settings.put("CONTEXTKEEP_KEYS", dir.resolve("keys").toString());
    settings.put("CONTEXTKEEP_HTTP_PORT", String.valueOf(port));
    settings.put("CONTEXTKEEP_POLICY_DEADLINE_MILLIS", "30000");
    return settings;
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }
}
