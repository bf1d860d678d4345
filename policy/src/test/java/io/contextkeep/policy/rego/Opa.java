package io.contextkeep.policy.rego;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The OPA program on the path, which contributors need and users do not. */
public final class Opa {
  public static final Path MODULE =
      Path.of(System.getProperty("contextkeep.root")).resolve("policy");
  public static final Path REGO = MODULE.resolve("src/main/rego");

  /** The result of a run. */
  public record Run(int exit, String output) {}

  private Opa() {}

  public static Optional<Path> program() {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(directory -> Path.of(directory, "opa"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Skips the test, with a message, if there is no opa. */
  public static Path orSkip() {
    assumeTrue(program().isPresent(), "SKIPPED: opa is not on the PATH");
    return program().orElseThrow();
  }

  public static Run run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program().orElseThrow().toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), output);
  }

  /** Returns the policies, without their tests. */
  static List<Path> policies() throws IOException {
    try (Stream<Path> files = Files.walk(REGO)) {
      return files
          .filter(file -> file.toString().endsWith(".rego"))
          .filter(file -> !file.toString().endsWith("_test.rego"))
          .sorted()
          .toList();
    }
  }
}
