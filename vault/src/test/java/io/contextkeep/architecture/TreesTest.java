package io.contextkeep.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Answers and requests are records, written and read by one mapper. JSON is built member by member
 * only where its shape is data.
 */
final class TreesTest implements Rules {
  /** The classes that build JSON, and why. The list may only become shorter. */
  private static final Map<String, String> EXCEPTIONS =
      Map.ofEntries(
          Map.entry("vault.context.Masks", "a masked value"),
          Map.entry("vault.auditlog.Accesses", "an entry of the log without names of staff"),
          Map.entry("vault.portability.ExportJsonLd", "JSON-LD"),
          Map.entry("vault.lineage.LineageDocument", "JSON-LD"),
          Map.entry("vault.consent.ConsentDocument", "JSON-LD"),
          Map.entry("vault.web.MergePatch", "RFC 7396, whose operands are documents"),
          Map.entry("vault.web.ContractDocument", "the contract, of its fragments"),
          Map.entry("vault.web.CommonAnswers", "the contract"));

  private static final String[] OTHER_MODULES = {
    "io.contextkeep.ontology..",
    "io.contextkeep.policy..",
    "io.contextkeep.audit..",
    "io.contextkeep.client.."
  };

  private static final Set<String> TREES =
      Set.of(ObjectNode.class.getName(), ArrayNode.class.getName());
  private static final Set<String> MAKERS =
      Set.of("createObjectNode", "createArrayNode", "objectNode", "arrayNode");
  private static final Pattern CHANGES =
      Pattern.compile("(put|set|add|insert|remove|replace|with|without)([A-Z].*)?");

  private static final DescribedPredicate<JavaAccess<?>> BUILDING =
      DescribedPredicate.describe(
          "building of JSON",
          access ->
              MAKERS.contains(access.getName())
                  || TREES.contains(access.getTargetOwner().getName())
                      && CHANGES.matcher(access.getName()).matches());

  @ArchTest
  static final ArchRule jsonIsWrittenFromRecords =
      noClasses()
          .that()
          .resideOutsideOfPackages(OTHER_MODULES)
          .and(DescribedPredicate.not(named(EXCEPTIONS)))
          .should()
          .accessTargetWhere(BUILDING)
          .because("answers are records; see docs/contributing.md");

  private static DescribedPredicate<JavaClass> named(Map<String, String> classes) {
    return DescribedPredicate.describe(
        "named as exceptions", one -> classes.keySet().stream().anyMatch(name -> isIn(one, name)));
  }

  private static boolean isIn(JavaClass one, String name) {
    String whole = "io.contextkeep." + name;
    return one.getName().equals(whole) || one.getName().startsWith(whole + "$");
  }

  /** An exception that is no longer needed would hide the next tree that is built there. */
  @ArchTest
  static void everyException_isStillNeeded(JavaClasses main) {
    assertThat(EXCEPTIONS.keySet().stream().filter(name -> !builds(main, name))).isEmpty();
  }

  private static boolean builds(JavaClasses main, String name) {
    return main.stream()
        .filter(one -> isIn(one, name))
        .flatMap(one -> one.getAccessesFromSelf().stream())
        .anyMatch(BUILDING);
  }

  @Test
  void aTreeThatIsMade_andOneThatIsChanged_areBothFound() {
    JavaClasses wrong = new ClassFileImporter().importClasses(Makes.class, Changes.class);
    assertThat(jsonIsWrittenFromRecords.evaluate(wrong).getFailureReport().getDetails()).hasSize(3);
  }

  /** Makes two. */
  private static final class Makes {
    static Object made(ObjectMapper mapper) {
      return JsonNodeFactory.instance.objectNode().equals(mapper.createArrayNode());
    }
  }

  /** Changes one. */
  private static final class Changes {
    static void change(ObjectNode node) {
      node.put("a", 1);
    }
  }
}
