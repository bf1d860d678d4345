package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.vault.demo.Demo;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's transcript, run line by line against the demo. */
@Order(2)
final class ReadmeIT {
  private static final Pattern FENCE = Pattern.compile("```\n(\\$ .*?)```", Pattern.DOTALL);

  @TempDir Path dir;

  /** A command of the README with its stated answer. */
  private record Line(String command, String answer) {}

  @Test
  void everyCommandOfTheReadme_hasItsStatedAnswer() throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "curl"))),
        "SKIPPED: curl is not installed, so the README's commands were not run");
    VaultConfig config =
        VaultConfig.load(
            List.of(),
            Map.of(
                "CONTEXTKEEP_DATA",
                dir.resolve("data").toString(),
                "CONTEXTKEEP_KEYS",
                dir.resolve("keys").toString(),
                "CONTEXTKEEP_POLICY_DEADLINE_MILLIS",
                "10000",
                "CONTEXTKEEP_HTTP_PORT",
                "0"));
    try (Vault vault = Vault.start(config, InstantSource.system())) {
      URI base = URI.create("http://127.0.0.1:" + vault.port());
      Path tokens = dir.resolve("demo.json");
      try (PrintStream printed = new PrintStream(dir.resolve("printed").toFile(), "UTF-8")) {
        new Demo(base, vault.issuer()).run(tokens, printed);
      }
      JsonNode demo = new ObjectMapper().readTree(tokens.toFile());
      List<Line> lines = lines();
      assertThat(lines).hasSizeGreaterThanOrEqualTo(6);
      for (Line line : lines) {
        assertThat(oneLine(run(filledIn(line.command(), demo))))
            .as(line.command())
            .matches(Pattern.compile(pattern(line.answer()), Pattern.DOTALL));
      }
    }
  }

  private static List<Line> lines() throws Exception {
    Path readme = Path.of(System.getProperty("contextkeep.root")).resolve("README.md");
    List<Line> lines = new ArrayList<>();
    FENCE
        .matcher(Files.readString(readme))
        .results()
        .flatMap(fence -> Stream.of(fence.group(1).split("(?m)^\\$ ")))
        .filter(block -> !block.isBlank())
        .forEach(
            block -> {
              int end = block.indexOf('\n');
              lines.add(new Line(block.substring(0, end), block.substring(end)));
            });
    return lines;
  }

  private static String filledIn(String command, JsonNode demo) {
    String filled = command.replace("<vault>", demo.get("url").textValue());
    for (Map.Entry<String, JsonNode> token : demo.get("tokens").properties()) {
      filled = filled.replace("<" + token.getKey() + ">", token.getValue().textValue());
    }
    assertThat(filled).doesNotContain("<");
    return filled;
  }

  /** Ignores the README's own line breaks in JSON; an ellipsis matches anything. */
  private static String pattern(String answer) {
    return Stream.of(oneLine(answer).split("…", -1))
        .map(Pattern::quote)
        .collect(Collectors.joining(".*?"));
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\n\\s*", "");
  }

  private static String run(String command) throws Exception {
    Process shell = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start();
    shell.getOutputStream().close();
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).as(output).isZero();
    return output;
  }
}
