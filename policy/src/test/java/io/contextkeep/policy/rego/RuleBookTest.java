package io.contextkeep.policy.rego;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.policy.Enforced;
import io.contextkeep.policy.PolicyFailure;
import io.contextkeep.policy.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The documentation of the rules and of their reason codes, which is made from the Rego. */
final class RuleBookTest {
  private static final Path BOOK =
      Path.of(System.getProperty("contextkeep.root")).resolve("docs/policy-rules.md");
  private static final Path REASONS =
      Opa.MODULE.resolve("src/main/resources/io/contextkeep/policy/reasons.json");
  private static final Pattern CODE = Pattern.compile("(?:contains|:=) \"([A-Z_]+)\"");

  @Test
  void theCommittedDocumentation_matchesTheRego() throws Exception {
    String book = book();
    if (Boolean.getBoolean("contextkeep.rego.write")) {
      Files.writeString(BOOK, book);
    }
    assertThat(Files.readString(BOOK))
        .as("./mvnw -pl policy -am -Dtest=RuleBookTest -Dcontextkeep.rego.write=true verify")
        .isEqualTo(book);
  }

  @Test
  void theReasonsThatTheVaultExplains_areThoseOfTheRego() throws Exception {
    String reasons = reasonsByPackage();
    if (Boolean.getBoolean("contextkeep.rego.write")) {
      Files.writeString(REASONS, reasons);
    }
    assertThat(Files.readString(REASONS))
        .as("./mvnw -pl policy -am -Dtest=RuleBookTest -Dcontextkeep.rego.write=true verify")
        .isEqualTo(reasons);
    assertThat(Reason.of("OBJECTION").rule()).isEqualTo("contextkeep.gate.reasons");
    assertThat(Reason.of("OBJECTION").remedy()).isNotBlank();
    assertThat(Reason.of("POLICY_BUSY").title()).isNotBlank();
    assertThat(Reason.of("OF_ANOTHER_POLICY").title()).isEqualTo("OF_ANOTHER_POLICY");
  }

  private static String reasonsByPackage() throws IOException {
    ObjectNode all = new ObjectMapper().createObjectNode();
    for (Path policy : Opa.policies()) {
      List<Rule> rules = Rule.of(policy);
      String name = rules.getFirst().name();
      ArrayNode of = all.putArray(name);
      for (Rule rule : reasons(List.of(policy))) {
        of.addObject()
            .put("code", rule.code().orElseThrow())
            .put("rule", name + "." + rule.name())
            .put("title", rule.title())
            .put("description", rule.description())
            .put("remedy", rule.custom("remedy").orElse(""));
      }
    }
    return all.toPrettyString() + "\n";
  }

  @Test
  void everyRule_isDocumented() throws Exception {
    for (Path policy : Opa.policies()) {
      Set<String> named = new TreeSet<>();
      for (String line : Files.readAllLines(policy)) {
        Rule.head(line).ifPresent(named::add);
      }
      List<Rule> rules = Rule.of(policy);
      assertThat(rules.stream().map(Rule::name).toList()).as(policy.toString()).containsAll(named);
      assertThat(rules).allSatisfy(rule -> assertThat(rule.title()).isNotBlank());
    }
  }

  @Test
  void everyReasonCode_isDocumentedOnce_withItsAudienceAndRemedy() throws Exception {
    for (Path policy : Opa.policies()) {
      Set<String> given = new TreeSet<>();
      CODE.matcher(Files.readString(policy)).results().forEach(code -> given.add(code.group(1)));
      List<Rule> reasons = reasons(List.of(policy));
      assertThat(reasons.stream().flatMap(rule -> rule.code().stream()).toList())
          .as(policy.toString())
          .containsExactlyInAnyOrderElementsOf(given);
      for (Rule reason : reasons) {
        assertThat(reason.custom("audience").orElse("")).isIn("app", "customer", "none");
        assertThat(reason.custom("remedy")).as(reason.title()).isPresent();
      }
    }
  }

  @Test
  void opaItself_readsTheSameAnnotations() throws Exception {
    Opa.orSkip();
    Set<String> ours = new TreeSet<>();
    for (Path policy : Opa.policies()) {
      Rule.of(policy).forEach(rule -> ours.add(rule.title() + "|" + rule.description()));
    }
    Set<String> theirs = new TreeSet<>();
    Opa.Run run = Opa.run("inspect", "-a", "-f", "json", Opa.REGO.toString());
    JsonNode inspected = new ObjectMapper().readTree(run.output());
    for (JsonNode found : inspected.path("annotations")) {
      JsonNode notes = found.path("annotations");
      theirs.add(notes.path("title").asText() + "|" + notes.path("description").asText().strip());
    }
    assertThat(ours).isEqualTo(theirs);
  }

  private static String book() throws IOException {
    StringBuilder book = new StringBuilder();
    book.append("# The rules and their reason codes\n\n");
    book.append("Generated from the annotations in `policy/src/main/rego`.\n\n");
    book.append("## Reason codes\n\n");
    book.append("Each refusal and each withheld attribute has a code. All codes of a refusal are");
    book.append(" in the audit log. The audience receives the code from the vault: an app only");
    book.append(
        " codes that reveal nothing about a customer, the customer also those about them.\n\n");
    book.append("| code | audience | meaning | remedy |\n|---|---|---|---|\n");
    for (Rule rule : reasons(Opa.policies())) {
      book.append("| `").append(rule.code().orElseThrow()).append("` | ");
      book.append(rule.custom("audience").orElse("")).append(" | ").append(sentence(rule));
      book.append(" | ").append(rule.custom("remedy").orElse("")).append(" |\n");
    }
    for (PolicyFailure.Kind kind : PolicyFailure.Kind.values()) {
      book.append("| `").append(kind).append("` | app | ").append(kind.meaning());
      book.append(" Nothing was decrypted. | Ask again later; the operator finds the cause. |\n");
    }
    for (Enforced code : Enforced.values()) {
      book.append("| `").append(code).append("` | app | ").append(code.meaning());
      book.append(" | Ask the operator to check the purpose's terms. |\n");
    }
    for (Path policy : Opa.policies()) {
      List<Rule> rules = Rule.of(policy);
      book.append("\n## ").append(rules.getFirst().title()).append("\n\n");
      book.append(rules.getFirst().description()).append("\n\n");
      book.append("| rule of `").append(rules.getFirst().name());
      book.append("` | title | description |\n|---|---|---|\n");
      for (Rule rule : rules.subList(1, rules.size())) {
        book.append("| `").append(rule.name()).append("` | ").append(rule.title()).append(" | ");
        book.append(rule.description()).append(code(rule)).append(" |\n");
      }
    }
    return book.toString();
  }

  private static String sentence(Rule rule) {
    Optional<String> more = Optional.of(rule.description()).filter(text -> !text.isEmpty());
    return rule.title() + "." + more.map(text -> " " + text).orElse("");
  }

  private static String code(Rule rule) {
    return rule.code().map(code -> " `" + code + "`").orElse("");
  }

  private static List<Rule> reasons(List<Path> policies) throws IOException {
    TreeSet<Rule> reasons = new TreeSet<>(Comparator.comparing(rule -> rule.code().orElse("")));
    for (Path policy : policies) {
      Rule.of(policy).stream().filter(rule -> rule.code().isPresent()).forEach(reasons::add);
    }
    return List.copyOf(reasons);
  }
}
