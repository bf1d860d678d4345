package io.contextkeep.policy.rego;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The coverage of the Rego's own tests, which must notice a change of each condition, rule and
 * constant.
 */
final class RegoMutationTest {
  /**
   * The exit codes of {@code opa test} after a failed test, and for a policy that does not compile.
   */
  private static final int FAILED = 2;

  private static final int NOT_A_POLICY = 1;

  @TempDir Path work;

  @Test
  void everyMutant_isKilledByATest() throws Exception {
    Opa.orSkip();
    assumeTrue(
        Boolean.getBoolean("contextkeep.rego.mutants"),
        "SKIPPED: some hundred mutants run with -Dcontextkeep.rego.mutants=true");
    List<String> survivors = new ArrayList<>();
    int killed = 0;
    for (Path policy : Opa.policies()) {
      List<Callable<Outcome>> runs = new ArrayList<>();
      for (Mutant mutant : Mutant.of(policy)) {
        runs.add(() -> new Outcome(mutant, exit(policy, mutant)));
      }
      try (var two = Executors.newFixedThreadPool(2)) {
        for (Future<Outcome> done : two.invokeAll(runs)) {
          switch (done.get().exit()) {
            case FAILED -> killed++;
            case NOT_A_POLICY -> {}
            default -> survivors.add(policy.getFileName() + ":" + done.get().mutant().told());
          }
        }
      }
    }
    System.out.println("Mutants of the Rego: " + killed + " killed, " + survivors.size() + " live");
    assertThat(survivors).isEmpty();
    assertThat(killed).as("mutants that the language allows").isGreaterThan(100);
  }

  private record Outcome(Mutant mutant, int exit) {}

  private int exit(Path policy, Mutant mutant) throws IOException, InterruptedException {
    Path copy = Files.createTempDirectory(work, "mutant");
    try (Stream<Path> files = Files.walk(Opa.REGO)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = copy.resolve(Opa.REGO.relativize(file));
        Files.createDirectories(to.getParent());
        Files.copy(file, to);
      }
    }
    Files.delete(copy.resolve("capabilities.json"));
    Files.writeString(copy.resolve(Opa.REGO.relativize(policy)), mutant.text());
    return Opa.run("test", copy.toString()).exit();
  }
}
