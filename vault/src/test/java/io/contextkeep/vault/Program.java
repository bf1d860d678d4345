package io.contextkeep.vault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The program in a child process, started as in production. */
final class Program implements AutoCloseable {
  private final Process process;
  private final Path out;
  private final Path err;

  private Program(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  static Program start(Path dir, String... arguments) throws IOException {
    return start(dir, Main.class, Map.of(), arguments);
  }

  /** Starts another program with more environment variables. */
  static Program start(Path dir, Class<?> main, Map<String, String> more, String... arguments)
      throws IOException {
    List<String> command =
        ChildJava.archived(List.of(), List.of("-Xmx512m"), main, List.of(arguments));
    Path out = Files.createTempFile(dir, "program", ".out");
    Path err = Files.createTempFile(dir, "program", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("CONTEXTKEEP_"));
    builder.environment().putAll(more);
    return new Program(builder.start(), out, err);
  }

  /** Writes a settings file for a vault in the directory. */
  static Path settings(Path dir, Map<String, String> more) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("data=").append(dir.resolve("data")).append('\n');
    text.append("keys=").append(dir.resolve("keys")).append('\n');
    text.append("http.port=0\npolicy.deadline.millis=10000\n");
    more.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    return Files.writeString(Files.createTempFile(dir, "vault", ".properties"), text);
  }

  /** Returns the port in its output. */
  int port() throws IOException, InterruptedException {
    while (true) {
      for (String line : err().lines().toList()) {
        if (line.contains("\"started\"")) {
          String port = line.substring(line.indexOf("{\"port\":\"") + 9);
          return Integer.parseInt(port.substring(0, port.indexOf('"')));
        }
      }
      if (!process.isAlive()) {
        throw new IllegalStateException("It did not start: " + err());
      }
      Thread.sleep(20);
    }
  }

  /** Sends it SIGTERM. */
  void terminate() {
    process.destroy();
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      throw new IllegalStateException("It does not end");
    }
    return process.exitValue();
  }

  String out() throws IOException {
    return Files.readString(out);
  }

  String err() throws IOException {
    return Files.readString(err);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
