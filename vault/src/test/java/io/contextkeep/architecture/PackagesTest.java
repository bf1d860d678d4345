package io.contextkeep.architecture;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The packages of all modules: free of cycles, described, with a bounded share of public types, and
 * listed in docs/architecture.md.
 */
final class PackagesTest implements Rules {
  private static final Path ROOT =
      Path.of(System.getProperty("contextkeep.root", "..")).toAbsolutePath().normalize();

  private static final List<String> MODULES =
      List.of("ontology", "policy", "audit", "federation-client", "vault");

  /** The maximum share of the vault's top-level types, in percent. It may only decrease. */
  private static final int MOST_PUBLIC_OF_THE_VAULT = 45;

  /** The same for the libraries, whose types are for others to use. It may only decrease. */
  private static final int MOST_PUBLIC_OF_THE_LIBRARIES = 73;

  private static final Pattern DESCRIPTION = Pattern.compile("(?s)/\\*\\*(.*?)\\*/");

  @ArchTest
  static final ArchRule packages_areFreeOfCycles =
      slices().matching("io.contextkeep.(**)").should().beFreeOfCycles();

  @Test
  void eachPackage_hasADescription() throws IOException {
    assertThat(descriptions())
        .allSatisfy((name, says) -> assertThat(says).as(name).hasSizeGreaterThan(30).endsWith("."));
  }

  @Test
  void theTreeOfPackages_isInTheDocumentation() throws IOException {
    StringBuilder tree = new StringBuilder();
    descriptions()
        .forEach(
            (name, says) ->
                tree.append(name)
                    .append('\n')
                    .append("    ")
                    .append(firstSentence(says))
                    .append('\n'));
    assertThat(Files.readString(ROOT.resolve("docs/architecture.md")))
        .as("docs/architecture.md has this tree:%n%s", tree)
        .contains("```text\n" + tree + "```");
  }

  @ArchTest
  static void theShareOfPublicTypes_isBounded(JavaClasses all) {
    Map<Boolean, List<JavaClass>> types =
        all.stream()
            .filter(one -> one.isTopLevelClass() && !one.getSimpleName().endsWith("-info"))
            .collect(Collectors.partitioningBy(PackagesTest::isOfTheVault));
    checkPublic("vault", types.getOrDefault(true, List.of()), MOST_PUBLIC_OF_THE_VAULT);
    checkPublic("libraries", types.getOrDefault(false, List.of()), MOST_PUBLIC_OF_THE_LIBRARIES);
  }

  private static boolean isOfTheVault(JavaClass type) {
    return (type.getPackageName() + ".").startsWith("io.contextkeep.vault.");
  }

  private static void checkPublic(String part, List<JavaClass> types, int most) {
    long open =
        types.stream().filter(one -> one.getModifiers().contains(JavaModifier.PUBLIC)).count();
    assertThat(100.0 * open / types.size())
        .as("public types of the %s, %d of %d, in percent", part, open, types.size())
        .isLessThanOrEqualTo(most);
  }

  private static String firstSentence(String text) {
    Matcher end = Pattern.compile("(?<!e\\.g)\\.(?= |$)").matcher(text);
    return end.find() ? text.substring(0, end.end()) : text;
  }

  /** Returns each package with its description in one line. */
  private static SortedMap<String, String> descriptions() throws IOException {
    SortedMap<String, String> all = new TreeMap<>();
    for (String module : MODULES) {
      Path sources = ROOT.resolve(module).resolve("src/main/java");
      List<Path> files = new ArrayList<>();
      try (Stream<Path> found = Files.walk(sources)) {
        found.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
      }
      for (Path file : files) {
        String name = sources.relativize(file.getParent()).toString().replace('/', '.');
        if (!name.isEmpty()) {
          all.putIfAbsent(name, "");
        }
        if (file.endsWith("package-info.java")) {
          all.put(name, description(Files.readString(file)));
        }
      }
    }
    return all;
  }

  private static String description(String source) {
    Matcher doc = DESCRIPTION.matcher(source);
    return doc.find() ? doc.group(1).replaceAll("\\n \\*", "").replaceAll("\\s+", " ").strip() : "";
  }
}
