package io.contextkeep.ontology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.jena.rdf.model.Model;
import org.apache.jena.rdf.model.ModelFactory;
import org.apache.jena.rdf.model.Resource;
import org.apache.jena.rdf.model.ResourceFactory;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.vocabulary.RDF;
import org.junit.jupiter.api.Test;

final class AccessTrailTest {

  @Test
  void anEntry_isAnActivity_inTermsOfProvAndDpv() {
    Model trail =
        written(
            entry("shop", "app", "dpv:Marketing", List.of("NO_CONSENT"), List.of("pd:Country")));
    Resource activity = trail.createResource("urn:contextkeep:entry:7");
    assertThat(activity.hasProperty(RDF.type, iri(Vocabulary.PROV + "Activity"))).isTrue();
    assertHas(trail, activity, Vocabulary.HAS_PURPOSE, Vocabulary.DPV + "Marketing");
    assertHas(
        trail, activity, Vocabulary.HAS_LEGAL_BASIS, "https://w3id.org/dpv/legal/eu/gdpr#A6-1-a");
    assertHas(trail, activity, Vocabulary.HAS_PERSONAL_DATA, "https://w3id.org/dpv/pd#Country");
    assertHas(trail, activity, Vocabulary.ASSOCIATED_WITH, "urn:contextkeep:app:shop");
    assertHas(trail, activity, Vocabulary.REASON, "urn:contextkeep:reason:NO_CONSENT");
    assertHas(trail, activity, Vocabulary.DECISION, "urn:contextkeep:decision:refuse");
    assertThat(
            activity
                .getProperty(trail.createProperty(Vocabulary.ENDED_AT))
                .getLiteral()
                .getLexicalForm())
        .isEqualTo("2026-11-24T12:00:00Z");
  }

  @Test
  void unknownTermsAndCodes_areLeftOut() {
    Model trail =
        written(entry("a b<c>", "app", "unknown", List.of("x y"), List.of("pd:NoSuchThing")));
    assertThat(trail.listObjects().toList().toString())
        .doesNotContain("a b", "unknown", "x y", "NoSuchThing");
    assertThat(trail.contains(null, trail.createProperty(Vocabulary.HAS_PURPOSE))).isFalse();
  }

  private static AccessTrail.Entry entry(
      String actor, String role, String purpose, List<String> reasons, List<String> categories) {
    return new AccessTrail.Entry(
        7,
        Instant.parse("2026-11-24T12:00:00Z"),
        "refuse",
        actor,
        role,
        purpose,
        "eu-gdpr:A6-1-a",
        "refuse",
        reasons,
        categories,
        "r7");
  }

  private static Model written(AccessTrail.Entry entry) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (AccessTrail trail = AccessTrail.to(out)) {
      trail.write(entry);
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("prov:Activity");
    Model model = ModelFactory.createDefaultModel();
    RDFDataMgr.read(model, new ByteArrayInputStream(out.toByteArray()), Lang.TURTLE);
    return model;
  }

  private static void assertHas(Model model, Resource subject, String property, String object) {
    assertThat(model.contains(subject, model.createProperty(property), iri(object)))
        .as("%s %s in %s", property, object, model)
        .isTrue();
  }

  private static Resource iri(String iri) {
    return ResourceFactory.createResource(iri);
  }
}
