package io.contextkeep.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documentation's links have targets, and CI runs its commands. */
final class DocumentationTest {
  private static final Path ROOT = Path.of(System.getProperty("contextkeep.root"));
  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");
  private static final Pattern COMMAND = Pattern.compile("(?m)^ *(?:\\$ )?(\\./mvnw [^#\n]*)");

  @Test
  void everyLinkInADocument_hasAnExistingTarget() throws IOException {
    List<String> dead = new ArrayList<>();
    int links = 0;
    for (Path page : pages()) {
      for (String link : links(page)) {
        links++;
        if (!leadsSomewhere(page, link)) {
          dead.add(ROOT.relativize(page) + " -> " + link);
        }
      }
    }
    assertThat(dead).isEmpty();
    assertThat(links).isGreaterThan(100);
  }

  @Test
  void everyDocument_isReachableFromTheReadme() throws IOException {
    Set<Path> reached = new TreeSet<>();
    List<Path> next = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    while (!next.isEmpty()) {
      Path page = next.removeLast();
      if (reached.add(page)) {
        for (String link : links(page)) {
          Path target = target(page, link);
          if (target.toString().endsWith(".md") && Files.exists(target)) {
            next.add(target);
          }
        }
      }
    }
    assertThat(reached).containsAll(pages());
  }

  @Test
  void everyBuildCommandOfTheReadme_isRunByCi() throws IOException {
    Set<String> run = new TreeSet<>();
    for (String script : List.of(".ci/run", ".ci/demo")) {
      run.addAll(commands(ROOT.resolve(script)));
    }
    assertThat(commands(ROOT.resolve("README.md"))).hasSize(2).isSubsetOf(run);
    assertThat(Files.readString(ROOT.resolve(".ci/run"))).contains("\n.ci/demo\n", "\n.ci/docs\n");
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    pages.add(ROOT.resolve("README.md"));
    pages.add(ROOT.resolve("federation-client/README.md"));
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  /** Returns the links to files and headings; links to other hosts are not followed. */
  private static List<String> links(Path page) throws IOException {
    return LINK.matcher(prose(page))
        .results()
        .map(link -> link.group(1))
        .filter(link -> !link.matches("[a-z]+:.*"))
        .toList();
  }

  private static boolean leadsSomewhere(Path page, String link) throws IOException {
    Path target = target(page, link);
    int anchor = link.indexOf('#');
    return Files.exists(target)
        && (anchor < 0 || anchors(target).contains(link.substring(anchor + 1)));
  }

  private static Path target(Path page, String link) {
    String file = link.replaceFirst("#.*", "");
    return file.isEmpty() ? page : page.resolveSibling(file).normalize();
  }

  /** Returns GitHub's anchors of headings; a repeated one has a number. */
  private static Set<String> anchors(Path page) throws IOException {
    Map<String, Integer> seen = new HashMap<>();
    return HEADING
        .matcher(prose(page))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N}_ -]", "").strip().replace(' ', '-'))
        .map(
            name -> {
              int times = seen.merge(name, 1, Integer::sum);
              return times == 1 ? name : name + "-" + (times - 1);
            })
        .collect(Collectors.toSet());
  }

  private static String prose(Path page) throws IOException {
    return FENCED.matcher(Files.readString(page)).replaceAll("");
  }

  /** Returns Maven's commands without the options for the amount of output. */
  private static Set<String> commands(Path file) throws IOException {
    String plain = Files.readString(file).replaceAll("(?m)^ *plain ", "");
    return COMMAND
        .matcher(plain)
        .results()
        .map((MatchResult command) -> command.group(1))
        .map(command -> command.replaceAll(" (-B|-q|-ntp|-DskipTests)(?= |$)", ""))
        .map(command -> command.replaceFirst(" *[>&|].*", "").strip())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
