package io.contextkeep.vault;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** An OPA server with the vault's policy; only contributors need the program. */
public final class OpaProcess implements AutoCloseable {
  public static final String REVISION = "7-real";

  private final Path dir;
  private final int port;
  private Process process;

  private OpaProcess(Path dir, int port, Process process) {
    this.dir = dir;
    this.port = port;
    this.process = process;
  }

  public static Optional<Path> program() {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(directory -> Path.of(directory, "opa"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Builds the bundle for OPA servers and starts one with it. It needs the program.
   *
   * @param root the repository's directory
   */
  public static OpaProcess start(Path root, Path dir) throws IOException, InterruptedException {
    Path rego = root.resolve("policy/src/main/rego");
    String[] build = {
      "build",
      "-t",
      "rego",
      "--ignore",
      "*_test.rego,capabilities.json",
      "--revision",
      REVISION,
      "-e",
      "contextkeep/gate/decision",
      "-o",
      "bundle.tar.gz",
      "-b",
      rego.toString()
    };
    if (opa(dir, build).waitFor() != 0) {
      throw new IllegalStateException("opa made no bundle; see " + dir.resolve("opa.out"));
    }
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    OpaProcess started = new OpaProcess(dir, port, serve(dir, port));
    started.awaitHealth();
    return started;
  }

  private static Process serve(Path dir, int port) throws IOException {
    return opa(
        dir,
        "run",
        "--server",
        "--addr",
        "127.0.0.1:" + port,
        "--log-level",
        "error",
        "--set",
        "decision_logs.console=false",
        "-b",
        "bundle.tar.gz");
  }

  private static Process opa(Path dir, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program().orElseThrow().toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(dir.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve("opa.out").toFile()))
        .start();
  }

  private void awaitHealth() throws InterruptedException {
    HttpRequest health = HttpRequest.newBuilder(url().resolve("/health")).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (!answers(client, health)) {
        if (!process.isAlive()) {
          throw new IllegalStateException("opa has ended; see " + dir.resolve("opa.out"));
        }
        Thread.sleep(10);
      }
    }
  }

  private static boolean answers(HttpClient client, HttpRequest request)
      throws InterruptedException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Suspends it, like a machine that swaps. */
  public void suspend() throws IOException, InterruptedException {
    signal("-STOP");
  }

  public void resume() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String which) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", which, Long.toString(process.pid())).start();
    if (kill.waitFor() != 0) {
      throw new IllegalStateException("kill " + which + " failed");
    }
  }

  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Starts it again after it was killed. */
  public void restart() throws IOException, InterruptedException {
    process = serve(dir, port);
    awaitHealth();
  }

  @Override
  public void close() {
    kill();
  }
}
