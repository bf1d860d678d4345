package io.contextkeep.bench;

import io.contextkeep.vault.ChildJava;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Java program in a separate process, with the class path of this one and common flags. Lines are
 * exchanged with it.
 */
final class Program implements AutoCloseable {
  /** The flags of servers and load generator alike, for a fair comparison. */
  static final List<String> FLAGS = List.of("-Xms512m", "-Xmx1g", "-XX:+UseG1GC");

  private final Process process;
  private final BufferedReader out;
  private final PrintWriter in;

  private Program(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.in = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
  }

  /**
   * Starts it.
   *
   * @param log the file for its standard error
   */
  static Program start(
      Path log, Map<String, String> environment, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = ChildJava.command(List.of(), FLAGS, main, List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    File file = log.toFile();
    return new Program(builder.redirectError(ProcessBuilder.Redirect.appendTo(file)).start());
  }

  void say(String line) {
    in.println(line);
  }

  /** Returns the next line that it prints. */
  String hear() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IllegalStateException("The process ended; see its log in target/");
    }
    return line;
  }

  long pid() {
    return process.pid();
  }

  /** Returns the processor time that a process has used; zero if it has ended. */
  static Duration processorTime(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().totalCpuDuration())
        .orElse(Duration.ZERO);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Asks it to stop and waits for its end. */
  @Override
  public void close() throws InterruptedException {
    in.close();
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
