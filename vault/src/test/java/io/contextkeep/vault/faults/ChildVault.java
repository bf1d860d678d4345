package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.vault.ChildJava;
import io.contextkeep.vault.Main;
import io.contextkeep.vault.Vault;
import io.contextkeep.vault.VaultConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A vault in a child process, started as operators start it, that can be killed. Its output goes to
 * a file. Its directory is {@code data} and {@code keys} below the one it is given.
 */
final class ChildVault implements AutoCloseable {
  private static final long START_SECONDS = 120;

  /** The line that a vault logs once it listens. */
  private static final Pattern STARTED =
      Pattern.compile("\\{\"port\":\"([0-9]+)\"}].*\"formattedMessage\":\"started\"");

  private final Path dir;

  /** The length of the log before the process wrote to it. */
  private final long begun;

  private final Process process;
  private int port;

  private ChildVault(Path dir, long begun, Process process) {
    this.dir = dir;
    this.begun = begun;
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
    Path log = Files.createDirectories(dir).resolve("log");
    long begun = Files.exists(log) ? Files.size(log) : 0;
    Path tmp = Files.createDirectories(dir.resolve("tmp"));
    List<String> flags = List.of("-Xmx512m", "-Djava.io.tmpdir=" + tmp);
    List<String> command = ChildJava.archived(prefix, flags, Main.class, List.of("serve"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(settings(dir));
    builder.environment().putAll(more);
    builder.directory(dir.toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return new ChildVault(dir, begun, builder.start());
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
    VaultConfig config = VaultConfig.load(List.of(), settings(dir));
    return new Parties(port(), Vault.issuerOf(config, InstantSource.system()));
  }

  /** Returns the port, which the vault chose when it started to listen. */
  int port() {
    assertThat(port).as("the vault has started").isPositive();
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
    if (port == 0) {
      byte[] all = Files.readAllBytes(dir.resolve("log"));
      int from = Math.toIntExact(Math.min(begun, all.length));
      Matcher started =
          STARTED.matcher(new String(all, from, all.length - from, StandardCharsets.UTF_8));
      port = started.find() ? Integer.parseInt(started.group(1)) : 0;
      return port != 0 && ready();
    }
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + "/health/ready").toURL().openConnection();
      return connection.getResponseCode() == 200;
    } catch (ConnectException notYet) {
      return false;
    }
  }

  private static Map<String, String> settings(Path dir) {
    Map<String, String> settings = new HashMap<>();
    settings.put("CONTEXTKEEP_DATA", dir.resolve("data").toString());
    settings.put("CONTEXTKEEP_KEYS", dir.resolve("keys").toString());
    settings.put("CONTEXTKEEP_HTTP_PORT", "0");
    settings.put("CONTEXTKEEP_POLICY_DEADLINE_MILLIS", "30000");
    return settings;
  }
}
