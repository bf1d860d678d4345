package io.contextkeep.vault;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The consistency of the API's names and formats. */
final class ContractStyleTest {
  private static final JsonNode CONTRACT = OpenApi.bundled().document();

  /** Ranges are {@code from} and {@code until}; pages are {@code limit} and {@code cursor}. */
  private static final Set<String> OTHER_NAMES =
      Set.of("to", "before", "after", "since", "start", "end", "page", "offset", "size");

  @Test
  void rangesAndPages_haveOneNameEach() {
    assertThat(operations().flatMap(ContractStyleTest::otherNames))
        .as("a comparison with one instant, and the size of a log")
        .containsExactlyInAnyOrder(
            "get /v1/audit/processing-records takes 'since'",
            "get /audit/checkpoints takes 'after'");
  }

  @Test
  void aPagedList_linksToTheNextPage() {
    List<String> wrong = new ArrayList<>();
    operations()
        .filter(one -> queries(one.operation()).contains("limit"))
        .filter(one -> !one.says("/responses/200/content/application~1x-ndjson"))
        .forEach(
            one -> {
              boolean cursor = queries(one.operation()).contains("cursor");
              boolean link = one.says("/responses/200/headers/Link");
              JsonNode schema =
                  resolved(one.operation().at("/responses/200/content/application~1json/schema"));
              if (!cursor || !link || !schema.path("properties").has("next")) {
                wrong.add(one.name());
              }
            });
    assertThat(wrong)
        .as("a queue that acknowledgements empty; one proof")
        .containsExactlyInAnyOrder("get /v1/erasure-notices", "get /v1/me/accesses/proof");
  }

  /** The lists that are answered whole, and what bounds each. It may only become shorter. */
  private static final Map<String, String> WHOLE =
      Map.ofEntries(
          entry("asOf attributes", "the registered attributes, in a state of the past"),
          entry("asOf consents", "one for each purpose of the app that is asked about"),
          entry("change differences", "the members of one document"),
          entry("auditSummary groups", "10000, or the question is refused"),
          entry("processingRecords records", "the purposes of the policy in force"),
          entry("namedQueries queries", "fixed"),
          entry("receiptKeys keys", "one key"),
          entry("notice recipients", "a hundred of one notice"),
          entry("notice texts", "a hundred of one notice"),
          entry("recompute recompute", "one for each attribute of the caller"),
          entry("explainAccess reasons", "the policy's reasons"),
          entry("explainAccess restsOn", "the facts of one decision"),
          entry("explainAccess attributes", "the attributes of one decision"),
          entry("explainAccess wouldHelp", "the facts of one decision"),
          entry("explainDecision explanations", "100 decisions of one request"),
          entry("myConsents consents", "one for each purpose of each app that they decided about"),
          entry("myLineage reads", "one for each app and purpose among 10000 accesses"),
          entry("myLineage sources", "one for each source of one attribute"),
          entry("myRequest steps", "the steps of one case"),
          entry("request steps", "the steps of one case"),
          entry("myRights processings", "the purposes of the policy in force"),
          entry("mySummary held", "the facets"),
          entry("mySummary reads", "the last ten"),
          entry("mySummary requests", "the open ones, which are limited"),
          entry("replayChange notAskedAgain", "the causes"),
          entry("replayChange flips", "grouped by purpose, app and way"),
          entry("replayChange supposed", "grouped by purpose, app and way"),
          entry("replayChange uses", "the purposes of one app"));

  @Test
  void aListOfWhatIsKept_isReadInPages() {
    TreeSet<String> whole = new TreeSet<>();
    operations()
        .filter(one -> one.name().startsWith("get "))
        .filter(one -> !queries(one.operation()).contains("cursor"))
        .forEach(
            one ->
                lists(one.operation().at("/responses/200/content/application~1json/schema"))
                    .forEach(
                        list ->
                            whole.add(one.operation().path("operationId").asText() + " " + list)));
    assertThat(whole).isEqualTo(new TreeSet<>(WHOLE.keySet()));
  }

  /** Returns the members that are lists of objects, also of the alternatives of an answer. */
  private static Set<String> lists(JsonNode schema) {
    Set<String> lists = new TreeSet<>();
    JsonNode at = resolved(schema);
    at.path("properties")
        .properties()
        .forEach(
            member -> {
              JsonNode items = resolved(resolved(member.getValue()).path("items"));
              if (items.path("type").asText().equals("object")) {
                lists.add(member.getKey());
              }
            });
    for (String parts : List.of("oneOf", "allOf", "anyOf")) {
      at.path(parts).forEach(part -> lists.addAll(lists(part)));
    }
    return lists;
  }

  private static final Pattern CODE = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
  private static final Pattern PROBLEM = Pattern.compile("[a-z0-9]+(_[a-z0-9]+)*");
  private static final Pattern OF_THE_LOG = Pattern.compile("[A-Z]+(_[A-Z]+)*");
  private static final Pattern TERM = Pattern.compile("[a-z-]+:[A-Za-z0-9:_-]+");

  /** Fields with codes that the policy or the log defines, which are the same there. */
  private static final Set<String> CODES_OF_POLICY_AND_LOG =
      Set.of(
          "Access.status",
          "AuditEntry.status",
          "ConsentSaid.status",
          "Consents.status",
          "Context.obligations",
          "ContextAnswers.obligations",
          "Cut",
          "Held.obligations",
          "NotDecided.reasons",
          "NotPermitted.reasons",
          "Value.masked",
          "Withheld");

  /** Fields with names that other specifications define. */
  private static final Map<String, String> NAMES_OF_OTHERS =
      Map.ofEntries(
          entry("AppRegistration.kty", "RFC 7517"),
          entry("AppRegistration.crv", "RFC 7517"),
          entry("AppRegistration.alg", "RFC 7517"),
          entry("App.kty", "RFC 7517"),
          entry("App.crv", "RFC 7517"),
          entry("App.alg", "RFC 7517"),
          entry("AppPatch.kty", "RFC 7517"),
          entry("AppPatch.crv", "RFC 7517"),
          entry("AppPatch.alg", "RFC 7517"),
          entry("ConsentRecords.type", "JSON-LD"),
          entry("Export.@type", "JSON-LD"),
          entry("LineageActivity.type", "JSON-LD"),
          entry("LineageDocument.type", "JSON-LD"),
          entry("LineageEntity.type", "JSON-LD"),
          entry("RequestRecord.type", "JSON-LD"),
          entry("ExerciseStatus.status", "Data Rights Protocol"),
          entry("ExerciseStatus.reason", "Data Rights Protocol"));

  /** The members of a schema that hold plain values. */
  private static final Set<String> NO_SCHEMAS =
      Set.of("enum", "const", "example", "examples", "text/plain");

  @Test
  void codesOfFields_haveOneSpelling() {
    TreeSet<String> others = new TreeSet<>();
    TreeSet<String> ofThePolicy = new TreeSet<>();
    eachEnum(
        (field, codes) -> {
          if (codes.allMatch(CODE)
              || field.endsWith(".code") && codes.allMatch(PROBLEM)
              || codes.allMatch(TERM)) {
            return;
          }
          boolean isOfOthers = NAMES_OF_OTHERS.containsKey(field) || !codes.allMatch(OF_THE_LOG);
          (isOfOthers ? others : ofThePolicy).add(field);
        });
    assertThat(ofThePolicy).isEqualTo(new TreeSet<>(CODES_OF_POLICY_AND_LOG));
    assertThat(others).isEqualTo(new TreeSet<>(NAMES_OF_OTHERS.keySet()));
  }

  private record Codes(List<String> codes) {
    boolean allMatch(Pattern spelling) {
      return codes.stream().allMatch(code -> spelling.matcher(code).matches());
    }
  }

  /** Calls for the codes of every field of JSON, each by its component and its name. */
  private static void eachEnum(BiConsumer<String, Codes> each) {
    CONTRACT
        .at("/components/schemas")
        .properties()
        .forEach(schema -> enums(schema.getKey(), "", schema.getValue(), each));
    CONTRACT
        .at("/components/parameters")
        .properties()
        .forEach(one -> enums(one.getKey(), "", one.getValue().path("schema"), each));
    operations()
        .forEach(
            one -> enums(one.operation().path("operationId").asText(), "", one.operation(), each));
  }

  private static void enums(
      String component, String field, JsonNode node, BiConsumer<String, Codes> each) {
    Stream<JsonNode> constants =
        Stream.concat(node.path("enum").valueStream(), Stream.of(node.path("const")));
    List<String> codes = constants.filter(JsonNode::isTextual).map(JsonNode::asText).toList();
    if (!codes.isEmpty()) {
      each.accept(field.isEmpty() ? component : component + "." + field, new Codes(codes));
    }
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      if (member.getKey().equals("properties")) {
        member
            .getValue()
            .properties()
            .forEach(one -> enums(component, one.getKey(), one.getValue(), each));
      } else if (!NO_SCHEMAS.contains(member.getKey())) {
        enums(component, field, member.getValue(), each);
      }
    }
    if (node.isArray()) {
      node.forEach(item -> enums(component, field, item, each));
    }
  }

  private record Operation(String name, JsonNode operation) {
    boolean says(String pointer) {
      return !operation.at(pointer).isMissingNode();
    }
  }

  private static Stream<Operation> operations() {
    return CONTRACT.path("paths").properties().stream()
        .flatMap(
            path ->
                path.getValue().properties().stream()
                    .filter(method -> method.getValue().has("operationId"))
                    .map(
                        method ->
                            new Operation(
                                method.getKey() + " " + path.getKey(), method.getValue())));
  }

  private static Stream<String> otherNames(Operation one) {
    return queries(one.operation()).stream()
        .filter(OTHER_NAMES::contains)
        .map(name -> one.name() + " takes '" + name + "'");
  }

  private static Set<String> queries(JsonNode operation) {
    Set<String> names = new TreeSet<>();
    for (JsonNode parameter : operation.path("parameters")) {
      JsonNode one = resolved(parameter);
      if (one.path("in").asText().equals("query")) {
        names.add(one.path("name").asText());
      }
    }
    return names;
  }

  private static JsonNode resolved(JsonNode node) {
    JsonNode at = node;
    while (at.has("$ref")) {
      at = CONTRACT.at(at.path("$ref").asText().substring(1));
    }
    return at;
  }
}
