package io.contextkeep.vault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.ontology.Graphs;
import io.contextkeep.vault.net.Clients;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/**
 * The command that makes the archive of loaded and linked classes (JEP 483) beside the program's
 * jar. It runs a vault that is thrown away; the JVM writes the archive when that vault stops.
 */
@Command(
    name = "prepare",
    description =
        "Makes an archive of classes beside the program, so that it starts in half the time. Once"
            + " for each installation and JDK.")
final class PrepareCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintStream out;

  PrepareCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path jar = jar();
    Path archive = jar.resolveSibling("classes.aot");
    Path work = Files.createTempDirectory("contextkeep-prepare-");
    try {
      Path made = work.resolve("classes.aot");
      train(jar, made, work);
      if (!Files.exists(made)) {
        throw new IllegalStateException("This Java made no archive: use a JDK 25");
      }
      // A vault that starts meanwhile finds the old archive or the new one, never a part of it.
      Path fresh = jar.resolveSibling("classes.aot.new");
      Files.copy(made, fresh, StandardCopyOption.REPLACE_EXISTING);
      Files.move(fresh, archive, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Graphs.deleteTree(work);
    }
    out.println("The archive is " + archive + "; bin/contextkeep uses it from now on");
    return 0;
  }

  /**
   * Returns the program's jar.
   *
   * @throws IllegalStateException if the program does not run from a jar
   */
  private static Path jar() {
    try {
      Path jar = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (!Files.isRegularFile(jar)) {
        throw new IllegalStateException("The program is not installed: run it from its jar");
      }
      return jar;
    } catch (URISyntaxException e) {
      throw new IllegalStateException("The program's jar has no path", e);
    }
  }

  private static void train(Path jar, Path archive, Path work)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:AOTCacheOutput=" + archive,
            // What the second compiler made in this run would be made at once in each start, which
            // would wait for it. A vault under load asks for it soon enough.
            "-XX:TieredStopAtLevel=1",
            "-jar",
            jar.toString(),
            "serve");
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("CONTEXTKEEP_"));
    environment.put("CONTEXTKEEP_DATA", work.resolve("data").toString());
    environment.put("CONTEXTKEEP_KEYS", work.resolve("keys").toString());
    environment.put("CONTEXTKEEP_HTTP_PORT", "0");
    Process vault = builder.redirectErrorStream(true).start();
    try (BufferedReader lines = vault.inputReader(StandardCharsets.UTF_8)) {
      ask(port(lines));
      // Unlike the process, its handle keeps the stream open.
      vault.toHandle().destroy();
      while (lines.readLine() != null) {
        // What the JVM says of the classes that it leaves out.
      }
      if (!vault.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("The archive was not written in time");
      }
    } finally {
      vault.destroyForcibly();
    }
  }

  /** Reads lines until one says which port the vault listens on. */
  private static int port(BufferedReader lines) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      all.append(line).append('\n');
      JsonNode event = line.startsWith("{") ? JSON.readTree(line) : JSON.nullNode();
      if (event.path("formattedMessage").asText().equals("started")) {
        return event.at("/kvpList/0/port").asInt();
      }
    }
    throw new IllegalStateException("The vault did not start: " + all);
  }

  /** Asks for what loads the classes of an answer. */
  private static void ask(int port) throws IOException, InterruptedException {
    for (String path : List.of("/health/ready", "/v1/me", "/openapi.json")) {
      Clients.client()
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .timeout(TIMEOUT)
                  .build(),
              HttpResponse.BodyHandlers.discarding());
    }
  }
}
