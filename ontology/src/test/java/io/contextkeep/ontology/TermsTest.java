package io.contextkeep.ontology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.jena.rdf.model.Model;
import org.apache.jena.rdf.model.ModelFactory;
import org.apache.jena.rdf.model.Property;
import org.apache.jena.rdf.model.Resource;
import org.apache.jena.rdf.model.ResourceFactory;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.vocabulary.RDF;
import org.apache.jena.vocabulary.SKOS;
import org.junit.jupiter.api.Test;

final class TermsTest {
  private static final Map<String, String> HASHES =
      Map.of(
          "dpv.ttl", "97bc7ce1a4544d39b9e480eeb7990693bee1155fb094f3dd50b9eb1d0c0d578f",
          "pd.ttl", "65d3f07a407a76c7dbf2934a386e74137e434f0b0446f93000b4fb580c641080",
          "eu-gdpr.ttl", "9b710961f5e010b659f4a87dca13578dd92d6768c8716f551d142c661f7fb77f");

  @Test
  void theVocabularyFiles_areThePublishedOnes() throws Exception {
    for (Map.Entry<String, String> file : HASHES.entrySet()) {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(resource("dpv-2.3/" + file.getKey()));
      assertThat(HexFormat.of().formatHex(digest)).as(file.getKey()).isEqualTo(file.getValue());
    }
  }

  /** With JAVA_TOOL_OPTIONS=-Dcontextkeep.regenerate=true it writes the table instead. */
  @Test
  void theTableOfTerms_matchesTheVocabulary() throws IOException {
    String made = table();
    if (Boolean.getBoolean("contextkeep.regenerate")) {
      Path root = Path.of(System.getProperty("contextkeep.root"));
      Files.writeString(
          root.resolve("ontology/src/main/resources/io/contextkeep/ontology/terms.tsv"), made);
      return;
    }
    assertThat(new String(resource("terms.tsv"), StandardCharsets.UTF_8)).isEqualTo(made);
  }

  @Test
  void aPurpose_isFoundByCurieAndByIri_andOnlyIfItExists() {
    Purpose purpose = Purpose.parse("dpv:ServicePersonalisation").orElseThrow();
    assertThat(Purpose.parse("https://w3id.org/dpv#ServicePersonalisation")).contains(purpose);
    assertThat(purpose.iri()).isEqualTo("https://w3id.org/dpv#ServicePersonalisation");
    assertThat(Purpose.parse("dpv:Analytics")).isEmpty();
    assertThat(Purpose.parse("pd:EmailAddress")).isEmpty();
    assertThat(Purpose.parse("http://w3id.org/dpv#Marketing")).isEmpty();
    assertThat(Purpose.parse("")).isEmpty();
  }

  @Test
  void broaderPurposes_areFollowedToTheTop() {
    assertThat(Purpose.parse("dpv:TargetedAdvertising").orElseThrow().ancestors())
        .extracting(Purpose::curie)
        .contains("dpv:PersonalisedAdvertising", "dpv:Personalisation", "dpv:Marketing");
  }

  @Test
  void specialCategories_areMarked_ethnicityToo() {
    assertThat(DataCategory.parse("pd:EmailAddress").orElseThrow().isSpecial()).isFalse();
    assertThat(DataCategory.parse("pd:Health").orElseThrow().isSpecial()).isTrue();
    assertThat(DataCategory.parse("pd:Ethnicity").orElseThrow().isSpecial()).isTrue();
  }

  private static String table() throws IOException {
    Model model = ModelFactory.createDefaultModel();
    for (String file : HASHES.keySet()) {
      try (InputStream in =
          Objects.requireNonNull(Terms.class.getResourceAsStream("dpv-2.3/" + file))) {
        RDFDataMgr.read(model, in, Lang.TURTLE);
      }
    }
    TreeMap<String, String> lines = new TreeMap<>();
    add(model, lines, Terms.Kind.PURPOSE, "dpv", "Purpose");
    add(model, lines, Terms.Kind.CATEGORY, "dpv pd", "PersonalData");
    add(model, lines, Terms.Kind.CATEGORY, "dpv pd", "SpecialCategoryPersonalData");
    add(model, lines, Terms.Kind.BASIS, "eu-gdpr", "LegalBasis");
    add(model, lines, Terms.Kind.RIGHT, "eu-gdpr", "Right");
    add(model, lines, Terms.Kind.JUSTIFICATION, "eu-gdpr", "Justification");
    return String.join("", lines.values());
  }

  private static void add(
      Model model, TreeMap<String, String> lines, Terms.Kind kind, String prefixes, String type) {
    TreeSet<String> terms = new TreeSet<>();
    model
        .listSubjectsWithProperty(RDF.type, dpv(type))
        .forEach(
            term ->
                curie(term)
                    .filter(c -> (" " + prefixes + " ").contains(" " + c.split(":")[0] + " "))
                    .filter(c -> !c.equals("dpv:" + type))
                    .ifPresent(terms::add));
    for (String term : terms) {
      Resource resource = ResourceFactory.createResource(Vocabulary.iri(term));
      TreeSet<String> broader = new TreeSet<>();
      climb(model, resource, broader);
      TreeSet<String> ancestors = new TreeSet<>(broader);
      ancestors.removeIf(
          a ->
              !model.contains(
                      ResourceFactory.createResource(Vocabulary.iri(a)), RDF.type, dpv(type))
                  || a.equals("dpv:" + type));
      boolean special =
          model.contains(resource, RDF.type, dpv("SpecialCategoryPersonalData"))
              || broader.contains("dpv:SpecialCategoryPersonalData")
              || term.equals("pd:Ethnicity");
      String label = model.getProperty(resource, SKOS.prefLabel, "en").getString();
      lines.put(
          kind.ordinal() + term,
          String.join(
                  "\t",
                  kind.name(),
                  term,
                  String.join(" ", ancestors),
                  Boolean.toString(special),
                  String.join(" ", rights(model, resource)),
                  label)
              + "\n");
    }
  }

  private static TreeSet<String> rights(Model model, Resource basis) {
    TreeSet<String> rights = new TreeSet<>();
    model
        .listObjectsOfProperty(basis, ResourceFactory.createProperty(Vocabulary.DPV + "hasRight"))
        .forEach(right -> curie(right.asResource()).ifPresent(rights::add));
    return rights;
  }

  private static void climb(Model model, Resource term, TreeSet<String> broader) {
    Property up = SKOS.broader;
    model
        .listObjectsOfProperty(term, up)
        .forEach(
            node ->
                curie(node.asResource())
                    .filter(broader::add)
                    .ifPresent(_ -> climb(model, node.asResource(), broader)));
  }

  private static Optional<String> curie(Resource term) {
    return Terms.PREFIXES.entrySet().stream()
        .filter(p -> term.isURIResource() && term.getNameSpace().equals(p.getValue()))
        .map(p -> p.getKey() + ":" + term.getURI().substring(p.getValue().length()))
        .findFirst();
  }

  private static Resource dpv(String name) {
    return ResourceFactory.createResource("https://w3id.org/dpv#" + name);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(Terms.class.getResourceAsStream(name))) {
      return in.readAllBytes();
    }
  }
}
