package io.contextkeep.ontology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import org.apache.jena.graph.Graph;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.sparql.graph.GraphFactory;
import org.junit.jupiter.api.Test;

final class ConsentGraphTest {
  private static final String PREFIXES =
      """
      PREFIX dpv: <https://w3id.org/dpv#>
      PREFIX dct: <http://purl.org/dc/terms/>
      PREFIX prov: <http://www.w3.org/ns/prov#>
      PREFIX pd: <https://w3id.org/dpv/pd#>
      PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
      PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
      PREFIX ck: <urn:contextkeep:vocab#>
      """;

  @Test
  void anExplicitGrantWithAnEnd_isDescribedInTermsOfDpv() {
    NamedGraph graph =
        ConsentGraph.of(
            Examples.ANN,
            List.of(
                Examples.consent(
                    7,
                    Examples.ANN,
                    "shop",
                    ConsentStatus.GIVEN,
                    true,
                    Instant.parse("2027-01-01T00:00:00Z"))));

    assertThat(graph.name()).isEqualTo("urn:contextkeep:subject:1122334455667788");
    assertThat(
            graph
                .triples()
                .isIsomorphicWith(
                    turtle(
                        """
                        <urn:contextkeep:consent:7> a dpv:ConsentRecord ;
                          ck:place 7 ;
                          dpv:hasDataSubject <urn:contextkeep:subject:1122334455667788> ;
                          dpv:hasConsentStatus dpv:ConsentGiven ;
                          dpv:hasLegalBasis dpv:ExplicitlyExpressedConsent ;
                          dpv:hasPurpose dpv:ServicePersonalisation ;
                          dpv:hasRecipient <urn:contextkeep:app:shop> ;
                          dpv:isIndicatedAtTime "2026-11-24T12:00:00.5Z"^^xsd:dateTime ;
                          dpv:isIndicatedBy dpv:DataSubject ;
                          dpv:hasIndicationMethod <urn:contextkeep:method:portal> ;
                          dpv:hasNotice <urn:contextkeep:notice:v1> ;
                          dct:language "en-GB"^^xsd:language ;
                          dpv:hasDuration <urn:contextkeep:consent:7:duration> .
                        <urn:contextkeep:consent:7:duration> a dpv:UntilTimeDuration ;
                          rdf:value "2027-01-01T00:00:00Z"^^xsd:dateTime .
                        """)))
        .as(graph.triples().toString())
        .isTrue();
  }

  @Test
  void aWithdrawalFromAllApps_namesEveryRecipient_andHasNoLegalBasis() {
    ConsentEvent withdrawal =
        Examples.consent(8, Examples.ANN, "*", ConsentStatus.WITHDRAWN, false, null);
    Graph triples = ConsentGraph.of(Examples.ANN, List.of(withdrawal)).triples();
    assertThat(triples.toString())
        .contains("urn:contextkeep:vocab#Anyone", "ConsentWithdrawn")
        .doesNotContain("hasLegalBasis", "hasDuration");
  }

  @Test
  void anotherCustomersEvent_isRefusedInAGraph() {
    assertThatThrownBy(
            () -> ConsentGraph.of(Examples.ANN, List.of(Examples.given(1, Examples.BOB))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aBatch_isAnActivity_withACollectionForEachCategory() {
    NamedGraph graph = LineageGraph.of(Examples.batch(3));

    assertThat(graph.name())
        .isEqualTo("urn:contextkeep:batch:20567b87-1111-4222-8333-000000000003");
    assertThat(
            graph
                .triples()
                .isIsomorphicWith(
                    turtle(
                        """
                        <urn:contextkeep:batch:20567b87-1111-4222-8333-000000000003>
                          a prov:Activity, dpv:Process ;
                          ck:place 3 ;
                          dpv:hasProcessing dpv:Collect ;
                          prov:wasAssociatedWith <urn:contextkeep:app:crm> ;
                          prov:startedAtTime "2026-11-24T12:00:00Z"^^xsd:dateTime ;
                          prov:endedAtTime "2026-11-24T12:00:01Z"^^xsd:dateTime .
                        <urn:contextkeep:batch:20567b87-1111-4222-8333-000000000003:pd:EmailAddress>
                          a prov:Collection ; dpv:hasPersonalData pd:EmailAddress ; ck:count 2 ;
                          prov:wasGeneratedBy
                            <urn:contextkeep:batch:20567b87-1111-4222-8333-000000000003> .
                        <urn:contextkeep:batch:20567b87-1111-4222-8333-000000000003:pd:Purchase>
                          a prov:Collection ; dpv:hasPersonalData pd:Purchase ; ck:count 40 ;
                          prov:wasGeneratedBy
                            <urn:contextkeep:batch:20567b87-1111-4222-8333-000000000003> .
                        """)))
        .as(graph.triples().toString())
        .isTrue();
  }

  private static Graph turtle(String text) {
    Graph graph = GraphFactory.createDefaultGraph();
    RDFParser.create().source(new StringReader(PREFIXES + text)).lang(Lang.TURTLE).parse(graph);
    return graph;
  }
}
