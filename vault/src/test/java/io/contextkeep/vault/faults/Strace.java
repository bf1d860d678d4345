package io.contextkeep.vault.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Command prefixes that trace system calls, or make them fail. */
final class Strace {

  private Strace() {}

  /** Skips the test with a message if strace is missing or not permitted. */
  static void assumeAllowed() throws IOException, InterruptedException {
    assumeTrue(allowed(), "SKIPPED: strace is not installed or not allowed on this machine");
  }

  /** Returns a prefix that writes calls of a kind with their files to a file. */
  static List<String> watching(Path trace, String calls) {
    return List.of(
        "strace",
        "--follow-forks",
        "--seccomp-bpf",
        "--decode-fds=path,socket",
        "--string-limit=48",
        "--output=" + trace,
        "--trace=" + calls);
  }

  /**
   * Returns a prefix that makes calls on a file fail.
   *
   * @param when strace's expression: the number of the call of a thread that fails, with {@code +}
   *     behind it for all later ones too
   */
  static List<String> failing(Path trace, Path file, String calls, String error, String when) {
    List<String> command = new ArrayList<>(watching(trace, calls));
    command.add("--trace-path=" + file);
    command.add("--inject=" + calls + ":error=" + error + ":when=" + when);
    return command;
  }

  private static boolean allowed() throws IOException, InterruptedException {
    try {
      Process probe =
          new ProcessBuilder("strace", "--seccomp-bpf", "--follow-forks", "true")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return probe.waitFor(10, TimeUnit.SECONDS) && probe.exitValue() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    }
  }
}
