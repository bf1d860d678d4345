package io.contextkeep.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The threat model, which names an existing test for each promise. */
final class ThreatModelTest {
  private static final Path ROOT = Path.of(System.getProperty("contextkeep.root"));
  private static final Pattern NAMED =
      Pattern.compile("`([A-Z][A-Za-z0-9]+(?:Test|IT))#([A-Za-z0-9_]+)`");
  private static final Pattern CI_SCRIPT = Pattern.compile("`(\\.ci/[a-z/-]+)`");

  /** The columns of a row: threat, promise, tests. */
  private static final int TESTS = 3;

  @Test
  void eachPromise_namesATest_thatExists() throws IOException {
    Map<String, String> sources = testSources();
    List<String> faults = new ArrayList<>();
    int promises = 0;
    for (String row : promises()) {
      promises++;
      String tests = row.split("\\|", -1)[TESTS];
      Matcher named = NAMED.matcher(tests);
      Matcher script = CI_SCRIPT.matcher(tests);
      boolean none = true;
      while (named.find()) {
        none = false;
        String source = sources.getOrDefault(named.group(1), "");
        if (!source.contains(" " + named.group(2) + "(")) {
          faults.add("no such test: " + named.group());
        }
      }
      while (script.find()) {
        none = false;
        if (!Files.isExecutable(ROOT.resolve(script.group(1)))) {
          faults.add("no such script: " + script.group());
        }
      }
      if (none) {
        faults.add("no test: " + row);
      }
    }
    assertThat(faults).isEmpty();
    assertThat(promises).isGreaterThan(40);
  }

  private static List<String> promises() throws IOException {
    return Files.readAllLines(ROOT.resolve("docs/threat-model.md")).stream()
        .dropWhile(line -> !line.startsWith("## What is promised"))
        .takeWhile(line -> !line.startsWith("## What is not promised"))
        .filter(line -> line.startsWith("| ") && !line.startsWith("| threat"))
        .toList();
  }

  private static Map<String, String> testSources() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    for (String module : List.of("ontology", "policy", "audit", "federation-client", "vault")) {
      Path tests = ROOT.resolve(module).resolve("src/test/java");
      if (Files.isDirectory(tests)) {
        try (Stream<Path> files = Files.walk(tests)) {
          for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
            String name = file.getFileName().toString().replace(".java", "");
            sources.put(name, Files.readString(file));
          }
        }
      }
    }
    return sources;
  }
}
