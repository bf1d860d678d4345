package io.contextkeep.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of {@code -Dbench.*}.
 *
 * @param root the repository's directory
 * @param only the names of the benchmarks to run
 * @param step the duration of one measurement
 * @param rounds the number of repetitions
 * @param pairs the number of pairs of answers to compare
 * @param retail the whole retail data set, if there is one
 */
record Settings(
    Path root, Set<String> only, Duration step, int rounds, int pairs, Optional<Path> retail) {

  static Settings of(Path root, Set<String> all) {
    String only = System.getProperty("bench.only", "all");
    Set<String> chosen = only.equals("all") ? all : Set.of(only.split(","));
    if (!all.containsAll(chosen)) {
      throw new IllegalArgumentException("bench.only names " + chosen + "; there are " + all);
    }
    return new Settings(
        root,
        chosen,
        Duration.ofSeconds(Integer.getInteger("bench.seconds", 5)),
        Integer.getInteger("bench.rounds", 5),
        Integer.getInteger("bench.pairs", 5_000),
        retail(root));
  }

  /** Returns a fresh directory, on the disk of the build. */
  Path directory(String name) throws java.io.IOException {
    return Files.createTempDirectory(
        Files.createDirectories(root.resolve("target")), "bench-" + name + "-");
  }

  private static Optional<Path> retail(Path root) {
    String named = System.getProperty("bench.retail", "");
    Path file =
        named.isEmpty()
            ? root.resolve("../shared/data/online-retail.csv.gz").normalize()
            : Path.of(named);
    if (!named.isEmpty() && !Files.isReadable(file)) {
      throw new IllegalArgumentException("bench.retail names no file that can be read");
    }
    return Optional.of(file).filter(Files::isReadable);
  }
}
