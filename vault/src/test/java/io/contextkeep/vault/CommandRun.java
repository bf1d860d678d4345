package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A run of a command of the program: its exit code and its output. */
record CommandRun(int code, String out, String err) {

  static CommandRun of(Map<String, String> environment, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            List.of(arguments),
            environment,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new CommandRun(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Asserts the exit code, and a single line on standard error with the text. */
  void endedWith(int exitCode, String says) {
    assertThat(code).as(toString()).isEqualTo(exitCode);
    assertThat(out).isEmpty();
    assertThat(err).contains(says).hasLineCount(1);
  }
}
