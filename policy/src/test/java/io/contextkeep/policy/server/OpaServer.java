package io.contextkeep.policy.server;

import io.contextkeep.policy.rego.Opa;
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
import java.util.stream.Stream;

/** An OPA server with a bundle that was built for it (target rego). */
final class OpaServer implements AutoCloseable {
  static final String REVISION = "7-real";

  private final Process process;
  private final int port;

  private OpaServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts a server with the vault's own policy. Skips the test, with a message, if there is no
   * opa.
   */
  static Path bundle(Path dir) throws Exception {
    return built(Opa.REGO, dir.resolve("rego.tar.gz"), "rego");
  }

  /** Returns a copy of the vault's own policy. */
  static Path sources(Path dir) throws IOException {
    Path sources = Files.createDirectories(dir.resolve("rego"));
    try (Stream<Path> files = Files.walk(Opa.REGO)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = sources.resolve(Opa.REGO.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    return sources;
  }

  /** Returns a bundle of that policy. */
  static Path built(Path sources, String target) throws Exception {
    return built(sources, sources.resolveSibling(target + ".tar.gz"), target);
  }

  private static Path built(Path sources, Path bundle, String target) throws Exception {
    Opa.orSkip();
    Opa.Run build =
        Opa.run(
            "build",
            "-t",
            target,
            "-e",
            "contextkeep/gate/decision",
            "--ignore",
            "*_test.rego,capabilities.json",
            "--revision",
            REVISION,
            "-o",
            bundle.toString(),
            "-b",
            sources.toString());
    if (build.exit() != 0) {
      throw new IllegalStateException(build.output());
    }
    return bundle;
  }

  static OpaServer start(Path bundle, String... options) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                Opa.orSkip().toString(),
                "run",
                "--server",
                "--addr",
                "127.0.0.1:" + port,
                "--log-level",
                "error",
                "-b",
                bundle.toString()));
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(bundle.resolveSibling("opa.out").toFile())
            .start();
    OpaServer server = new OpaServer(process, port);
    server.awaitHealth();
    return server;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  private void awaitHealth() throws InterruptedException {
    HttpRequest health = HttpRequest.newBuilder(url().resolve("/health?bundles=true")).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      int status = 0;
      while (status != 200) {
        if (!process.isAlive()) {
          throw new IllegalStateException("opa has ended");
        }
        try {
          status = client.send(health, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
          Thread.sleep(20);
        }
      }
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
