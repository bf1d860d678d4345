package io.contextkeep.vault.faults;

import io.contextkeep.vault.ChildJava;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@link LogProgram} in a child process, whose answers are recorded. */
final class ChildLog implements AutoCloseable {
  private final Process process;
  private final BufferedReader lines;
  private final List<Acknowledged> receipts = new ArrayList<>();
  private int refusals;
  private boolean done;

  private ChildLog(Process process) {
    this.process = process;
    this.lines = process.inputReader(StandardCharsets.US_ASCII);
  }

  /**
   * Starts a program.
   *
   * @param prefix a wrapper of the command, such as a tracer
   * @param errors the file of its standard error
   * @param more further arguments
   */
  static ChildLog start(
      Path dir, List<String> prefix, Path errors, int writers, int appends, String... more)
      throws IOException {
    List<String> flags = List.of("-Xmx128m");
    List<String> arguments = new ArrayList<>();
    arguments.add(dir.toString());
    arguments.add(String.valueOf(writers));
    arguments.add(String.valueOf(appends));
    arguments.addAll(List.of(more));
    List<String> command = ChildJava.archived(prefix, flags, LogProgram.class, arguments);
    return new ChildLog(
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
            .start());
  }

  /** Reads answers until there is a number of receipts, or no more come. */
  void await(int count) throws IOException {
    while (receipts.size() < count && heard(Optional.ofNullable(lines.readLine()))) {
      // One line more.
    }
  }

  /** Reads all remaining answers. */
  void awaitEnd() throws IOException, InterruptedException {
    await(Integer.MAX_VALUE);
    process.waitFor();
  }

  private boolean heard(Optional<String> line) {
    line.filter(l -> l.startsWith(LogProgram.RECEIPT))
        .map(l -> l.split(" "))
        .filter(parts -> parts.length == 3 && parts[2].length() == 64)
        .ifPresent(parts -> receipts.add(new Acknowledged(Long.parseLong(parts[1]), parts[2])));
    line.filter(LogProgram.REFUSED::equals).ifPresent(_ -> refusals++);
    line.filter(LogProgram.DONE::equals).ifPresent(_ -> done = true);
    return line.isPresent();
  }

  /** Sends SIGKILL and reads the answers before it. */
  void kill() throws IOException, InterruptedException {
    // Process.destroyForcibly would close the pipe with unread answers.
    process.toHandle().destroyForcibly();
    awaitEnd();
  }

  List<Acknowledged> receipts() {
    return receipts;
  }

  int refusals() {
    return refusals;
  }

  /** Returns whether all its writers finished. */
  boolean done() {
    return done;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
