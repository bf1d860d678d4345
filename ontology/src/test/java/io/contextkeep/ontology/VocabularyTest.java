package io.contextkeep.ontology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.jena.rdf.model.Model;
import org.apache.jena.rdf.model.ModelFactory;
import org.apache.jena.rdf.model.Resource;
import org.apache.jena.rdf.model.ResourceFactory;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.vocabulary.DCTerms;
import org.apache.jena.vocabulary.RDF;
import org.apache.jena.vocabulary.RDFS;
import org.junit.jupiter.api.Test;

final class VocabularyTest {

  /** The terms that we use of PROV-O (W3C Recommendation, 30 April 2013). */
  private static final Set<String> PROV =
      Set.of(
          "Activity",
          "Agent",
          "Collection",
          "wasAssociatedWith",
          "startedAtTime",
          "endedAtTime",
          "wasGeneratedBy",
          "wasInvalidatedBy",
          "wasDerivedFrom",
          "Association",
          "qualifiedAssociation",
          "agent",
          "hadPlan");

  @Test
  void everyTermOfDpv_isInThePublishedVocabulary_asTheClassOrPropertyThatItIsUsedAs()
      throws Exception {
    Model dpv = dpv();
    int checked = 0;
    for (String iri : constants()) {
      if (iri.startsWith(Vocabulary.DPV) && !iri.equals(Vocabulary.DPV)) {
        boolean property = Character.isLowerCase(iri.charAt(Vocabulary.DPV.length()));
        Resource term = ResourceFactory.createResource(iri);
        assertThat(dpv.contains(term, RDF.type, property ? RDF.Property : RDFS.Class))
            .as(iri)
            .isTrue();
        checked++;
      }
    }
    assertThat(checked).isGreaterThan(15);
  }

  @Test
  void everyOtherTerm_isOfProvDublinCoreRdfOrOurOwn() throws Exception {
    for (String iri : constants()) {
      if (iri.startsWith(Vocabulary.PROV) && !iri.equals(Vocabulary.PROV)) {
        assertThat(PROV).contains(iri.substring(Vocabulary.PROV.length()));
      } else if (!iri.startsWith(Vocabulary.DPV) && !iri.startsWith(Vocabulary.OWN)) {
        assertThat(iri)
            .isIn(
                Vocabulary.PROV,
                Vocabulary.RDF,
                DCTerms.language.getURI(),
                RDF.type.getURI(),
                RDF.value.getURI());
      }
    }
  }

  @Test
  void everyConsentStatus_isInThePublishedVocabulary() throws Exception {
    Model dpv = dpv();
    for (ConsentStatus status : ConsentStatus.values()) {
      assertThat(dpv.contains(ResourceFactory.createResource(status.iri()), RDF.type, dpvStatus()))
          .as(status.curie())
          .isTrue();
    }
  }

  private static Resource dpvStatus() {
    return ResourceFactory.createResource(Vocabulary.DPV + "ConsentStatus");
  }

  private static List<String> constants() throws IllegalAccessException {
    List<String> constants = new ArrayList<>();
    for (Field field : Arrays.asList(Vocabulary.class.getDeclaredFields())) {
      if (Modifier.isPublic(field.getModifiers()) && field.getType() == String.class) {
        constants.add(String.valueOf(field.get(null)));
      }
    }
    return constants;
  }

  private static Model dpv() throws IOException {
    Model model = ModelFactory.createDefaultModel();
    try (InputStream in =
        Objects.requireNonNull(Terms.class.getResourceAsStream("dpv-2.3/dpv.ttl"))) {
      RDFDataMgr.read(model, in, Lang.TURTLE);
    }
    return model;
  }
}
