package io.contextkeep.vault.rights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.ontology.DataRight;
import io.contextkeep.ontology.Justification;
import io.contextkeep.ontology.LegalBasis;
import io.contextkeep.ontology.RequestState;
import io.contextkeep.ontology.Vocabulary;
import io.contextkeep.vault.erasure.ErasureSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.jena.rdf.model.Model;
import org.apache.jena.rdf.model.ModelFactory;
import org.apache.jena.rdf.model.ResourceFactory;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.vocabulary.SKOS;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The built-in rules, compared with the vocabulary, and the rules of operators. */
final class RulePacksTest {
  private static final RulePacks BUILT_IN = RulePacks.load(RightsSettings.BUILT_IN);

  @TempDir Path dir;

  private static RulePack at(String place) {
    return BUILT_IN.at(place).orElseThrow();
  }

  @Test
  void theRulesOfTheEuropeanUnion_areTheDefault() {
    assertThat(BUILT_IN.usual()).isEqualTo(at("loc:EU"));
    assertThat(BUILT_IN.places()).containsExactly("loc:EU", "loc:GB", "loc:US-CA");
  }

  /**
   * Compares the use of each justification with its definition in the vocabulary: to extend, to ask
   * for something, to refuse any request, or to refuse to erase.
   */
  @ParameterizedTest
  @ValueSource(strings = {"loc:EU", "loc:GB"})
  void reasons_areUsedByTheirDefinition(String place) throws IOException {
    RulePack pack = at(place);
    Model gdpr = gdpr();
    Set<String> delay = new TreeSet<>();
    Set<String> action = new TreeSet<>();
    Set<String> refuse = new TreeSet<>();
    Set<String> keep = new TreeSet<>();
    for (Justification one : Justification.all()) {
      String says =
          gdpr.getProperty(ResourceFactory.createResource(one.iri()), SKOS.definition, "en")
              .getString();
      String name = one.curie();
      if (name.contains("JustificationA12") && says.contains("is delayed")) {
        delay.add(name);
      } else if (name.contains("JustificationA12") && name.endsWith("Required")) {
        action.add(name);
      } else if (name.contains("JustificationA12")) {
        assertThat(says).containsPattern("refused|could not be fulfilled");
        refuse.add(name);
      } else if (name.contains("JustificationA17") && says.contains("could not be completed")) {
        keep.add(name);
      }
    }
    assertThat(pack.delay()).isEqualTo(delay).isNotEmpty();
    assertThat(pack.action()).isEqualTo(action).isNotEmpty();
    assertThat(pack.refuse()).isEqualTo(refuse).isNotEmpty();
    assertThat(pack.rule(Right.ERASURE).refuse()).isEqualTo(keep).isNotEmpty();
    assertThat(pack.reasons(Right.ACCESS, RequestState.REJECTED)).doesNotContainAnyElementsOf(keep);
    assertThat(pack.reasons(Right.ERASURE, RequestState.UNFULFILLED)).containsAll(keep);
    assertThat(pack.reasons(Right.ERASURE, RequestState.ACCEPTED)).isEmpty();
  }

  private static Model gdpr() throws IOException {
    Model gdpr = ModelFactory.createDefaultModel();
    try (InputStream in =
        Objects.requireNonNull(Vocabulary.class.getResourceAsStream("dpv-2.3/eu-gdpr.ttl"))) {
      RDFDataMgr.read(gdpr, in, Lang.TURTLE);
    }
    return gdpr;
  }

  /** Compares with the vocabulary's own table of bases and rights. */
  @ParameterizedTest
  @CsvSource({
    "ACCESS,,true",
    "RECTIFICATION,,true",
    "RESTRICTION,,true",
    "ERASURE,,true",
    "PORTABILITY,,false",
    "OBJECTION,,false",
    "REVIEW,,false",
    "ERASURE,eu-gdpr:A6-1-c,false",
    "ERASURE,eu-gdpr:A6-1-c eu-gdpr:A6-1-a,true",
    "PORTABILITY,eu-gdpr:A6-1-b,true",
    "PORTABILITY,eu-gdpr:A6-1-f,false",
    "OBJECTION,eu-gdpr:A6-1-f,true",
    "OBJECTION,eu-gdpr:A6-1-a,false",
    "REVIEW,eu-gdpr:A6-1-c,false",
    "REVIEW,eu-gdpr:A6-1-a,true"
  })
  void aRight_followsFromTheProcessing(Right right, String bases, boolean follows) {
    Set<LegalBasis> on =
        bases == null
            ? Set.of()
            : Set.of(bases.split(" ")).stream()
                .map(curie -> LegalBasis.parse(curie).orElseThrow())
                .collect(Collectors.toSet());
    assertThat(Casework.follows(at("loc:EU"), right, on)).isEqualTo(follows);
  }

  @Test
  void californiasRights_dependOnNoLegalBasis() {
    RulePack california = at("loc:US-CA");
    assertThat(Casework.follows(california, Right.OPT_OUT, Set.of())).isTrue();
    assertThat(california.has(Right.RESTRICTION)).isFalse();
    assertThat(at("loc:EU").has(Right.OPT_OUT)).isFalse();
    assertThat(at("loc:EU").rule(Right.ACCESS).dataRight())
        .isEqualTo(DataRight.parse("eu-gdpr:A15"));
    assertThat(california.rule(Right.ACCESS).dataRight()).isEmpty();
  }

  @Test
  void anOperatorsRules_replaceBuiltInOnes_andAddPlaces() throws IOException {
    String own =
        pack("eu-gdpr.json")
            .replace("\"version\": 1", "\"version\": 2")
            .replace("{\"months\": 1}", "{\"calendar_days\": 20}");
    Files.writeString(dir.resolve("eu.json"), own);
    Files.writeString(
        dir.resolve("swiss.json"),
        pack("eu-gdpr.json").replace("\"eu-gdpr\"", "\"ch-fadp\"").replace("loc:EU", "loc:CH"));
    Files.writeString(dir.resolve("read.me"), "not a pack");
    RulePacks packs =
        RulePacks.load(
            new RightsSettings(
                Optional.of(dir), "loc:CH", Optional.empty(), ErasureSettings.DEFAULT));
    assertThat(packs.usual().reference()).isEqualTo("ch-fadp.1");
    assertThat(packs.at("loc:EU").orElseThrow().reference()).isEqualTo("eu-gdpr.2");
    assertThat(packs.at("loc:EU").orElseThrow().rule(Right.ACCESS).answer())
        .isEqualTo(new Period(Period.Unit.CALENDAR_DAYS, 20));
    assertThat(packs.at("loc:GB")).isPresent();
  }

  @Test
  void californiasBusinessDays_excludeFederalHolidays_andAnOperatorsPackCanChooseOthers()
      throws IOException {
    Instant made = Instant.parse("2026-11-20T20:00:00Z");
    Period confirm = at("loc:US-CA").rule(Right.ACCESS).confirm().orElseThrow();
    assertThat(at("loc:US-CA").due(confirm, made)).isEqualTo("2026-12-08T08:00:00Z");
    Files.writeString(
        dir.resolve("ca.json"),
        pack("us-ca.json").replace("\"holidays\": \"US\",", "\"holidays\": \"US-CA\","));
    RulePack own =
        RulePacks.load(
                new RightsSettings(
                    Optional.of(dir), "loc:EU", Optional.empty(), ErasureSettings.DEFAULT))
            .at("loc:US-CA")
            .orElseThrow();
    assertThat(own.due(confirm, made)).isEqualTo("2026-12-09T08:00:00Z");
  }

  @Test
  void aCase_followsTheVersionThatItWasOpenedUnder() throws IOException {
    for (int version : List.of(2, 3)) {
      Files.writeString(
          dir.resolve("eu-" + version + ".json"),
          pack("eu-gdpr.json").replace("\"version\": 1", "\"version\": " + version));
    }
    RulePacks packs =
        RulePacks.load(
            new RightsSettings(
                Optional.of(dir), "loc:EU", Optional.empty(), ErasureSettings.DEFAULT));
    assertThat(packs.usual().version()).isEqualTo(3);
    assertThat(packs.of(madeUnder("eu-gdpr.2")).version()).isEqualTo(2);
    assertThat(packs.of(madeUnder("eu-gdpr.1")).version()).isEqualTo(1);
    assertThat(packs.of(madeUnder("eu-gdpr.9")).version()).isEqualTo(3);
  }

  private static RightsCase madeUnder(String rules) {
    return new RightsCase(
        "0",
        Right.ACCESS,
        "eu-gdpr:A15",
        rules,
        "loc:EU",
        Optional.empty(),
        RightsCase.Matter.NONE,
        Instant.EPOCH,
        Optional.empty(),
        Instant.EPOCH,
        false,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"version\": 1|\"version\": 0|'version' is a whole number",
        "Europe/Brussels|Europe/Atlantis|'zone' is a time zone",
        "\"loc:EU\"|\"Europe\"|'jurisdiction' is a text",
        "{\"months\": 1}|{\"fortnights\": 1}|'answer' is months",
        "eu-gdpr:A15|eu-gdpr:A999|'term' is a right of DPV",
        "JustificationA12Complexity|JustificationA12Laziness|'delay' is justifications",
        "\"access\"|\"oblivion\"|'rights' is names of",
        "\"delay\"|\"later\"|'later' is unknown",
        "\"keep\"|\"kept\"|'kept' is unknown",
        "\"keep\"|\"holidays\": \"ZZ\", \"keep\"|'holidays' is a country",
        "\"keep\"|\"holidays\": \"US-ZZ\", \"keep\"|'holidays' is a country",
        "\"keep\"|\"holidays\": \"us\", \"keep\"|'holidays' is a country",
        "\"keep\"|\"holidays\": 1, \"keep\"|'holidays' is a country",
        "\"id\": \"eu-gdpr\",|\"id\": \"eu-gdpr\", \"id\": \"x\",|uplicate"
      })
  void malformedRules_stopTheStart_andNameTheFault(String right, String wrong, String says)
      throws IOException {
    Files.writeString(dir.resolve("eu.json"), pack("eu-gdpr.json").replace(right, wrong));
    RightsSettings settings =
        new RightsSettings(Optional.of(dir), "loc:EU", Optional.empty(), ErasureSettings.DEFAULT);
    assertThatThrownBy(() -> RulePacks.load(settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("eu.json")
        .hasMessageContaining(says);
  }

  @Test
  void aPlaceWithoutRules_cannotBeTheDefault() {
    assertThatThrownBy(
            () ->
                RulePacks.load(
                    new RightsSettings(
                        Optional.empty(), "loc:XX", Optional.empty(), ErasureSettings.DEFAULT)))
        .hasMessageContaining("rights.jurisdiction must be one of [loc:EU, loc:GB, loc:US-CA]");
  }

  private static String pack(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(RulePacks.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
