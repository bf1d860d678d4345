package io.contextkeep.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Valid and invalid catalogues. */
final class CatalogueTest {
  private final ObjectNode catalogue = Catalogue.of(Bundle.builtIn().data());

  @Test
  void theBuiltInCatalogue_isValid() {
    assertThat(Catalogue.faults(catalogue)).isEmpty();
  }

  @Test
  void aMemberThatNoRuleReads_isRefused() {
    purpose().put("ttl", 3);
    assertThat(Catalogue.faults(catalogue))
        .containsExactly("/purposes/dpv:CustomerCare against additionalProperties");
  }

  @Test
  void unknownTerms_areRefused() {
    ((ObjectNode) catalogue.path("purposes")).set("dpv:SellingIt", purpose().deepCopy());
    purpose().withArrayProperty("categories").add("pd:Everything");
    purpose().put("basis", "eu-gdpr:A6-1-z");
    assertThat(Catalogue.faults(catalogue))
        .containsExactlyInAnyOrder(
            "a purpose is not a DPV term",
            "a category is not a DPV term",
            "the basis of a purpose is not a DPV term",
            "the basis of a purpose belongs to no jurisdiction");
  }

  @Test
  void aFaultInAnyPart_isReportedWithItsPlace() {
    catalogue.withObject("/assurance").put("acr", 3);
    assertThat(Catalogue.faults(catalogue)).containsExactly("/assurance/acr against type");
  }

  @Test
  void aMaskThatTheVaultDoesNotKnow_isRefused() {
    purpose().withObjectProperty("masks").put("pd:Name", "SMUDGE");
    assertThat(Catalogue.faults(catalogue)).anyMatch(fault -> fault.endsWith("against enum"));
  }

  @Test
  void withJurisdictions_everyBasisMustBelongToOne() {
    catalogue.withObject("/jurisdictions/eu/bases").remove("eu-gdpr:A6-1-b");
    assertThat(Catalogue.faults(catalogue))
        .containsExactly("the basis of a purpose belongs to no jurisdiction");
  }

  @Test
  void edgesWithEmptyBuckets_areRefused() throws Exception {
    for (String edges :
        List.of(
            "[10, 0]",
            "[0, 1]",
            "[0, 9223372036854775808]",
            "[-9223372036854775809, 0]",
            "[0, 1e20]",
            "[0.0, 10.0]",
            "[0, 5, 5]",
            "[0, 10, 9]")) {
      bucket(edges);
      assertThat(Catalogue.faults(catalogue)).as(edges).isNotEmpty();
    }
  }

  @Test
  void ascendingEdges_areAccepted_upToTheGreatestAndLeastNumbers() throws Exception {
    bucket("[-9223372036854775808, 0, 2, 9223372036854775807]");
    assertThat(Catalogue.faults(catalogue)).isEmpty();
  }

  private void bucket(String edges) throws Exception {
    purpose()
        .withObjectProperty("masks")
        .putObject("pd:Name")
        .put("mask", "BUCKET")
        .set("edges", new ObjectMapper().readTree(edges));
  }

  @Test
  void aNumberWithAFraction_isRefused_evenIfItIsZero() {
    purpose().put("ttl_s", 900.0);
    assertThat(Catalogue.faults(catalogue)).anyMatch(fault -> fault.contains("whole number"));
  }

  @Test
  void capsThatContradictEachOther_areRefused() {
    purpose().putObject("caps").put("customers", 20).put("reads_per_hour", 19);
    assertThat(Catalogue.faults(catalogue)).singleElement().asString().contains("/caps");
    purpose().putObject("caps").put("customers", 20).put("reads_per_hour", 20);
    assertThat(Catalogue.faults(catalogue)).isEmpty();
  }

  @Test
  void anAssuranceThatNoTokenCanHave_isRefused() {
    purpose().put("assurance", 4);
    assertThat(Catalogue.faults(catalogue)).singleElement().asString().contains("/assurance");
  }

  @Test
  void aHierarchyWithACycleOrAGap_isRefused() {
    ObjectNode ancestors = (ObjectNode) catalogue.path("ancestors");
    ObjectNode before = ancestors.deepCopy();
    ancestors.withArrayProperty("dpv:Marketing").add("dpv:Marketing");
    assertThat(Catalogue.faults(catalogue)).anyMatch(fault -> fault.contains("than itself"));
    ancestors.setAll(before.deepCopy());
    ancestors.withArrayProperty("dpv:Marketing").add("dpv:Advertising");
    assertThat(Catalogue.faults(catalogue)).anyMatch(fault -> fault.contains("than the other"));
    ancestors.setAll(before.deepCopy());
    ancestors.withArrayProperty("dpv:Marketing").add("dpv:Personalisation");
    assertThat(Catalogue.faults(catalogue)).anyMatch(fault -> fault.contains("is missing"));
  }

  @Test
  void saleAndSharing_areDefinedByTheJurisdictions() {
    assertThat(Catalogue.optOut(Bundle.builtIn().data()))
        .extracting(purpose -> purpose.curie())
        .containsExactly(
            "dpv:PersonalisedAdvertising", "dpv:SellDataToThirdParties", "dpv:TargetedAdvertising");
    assertThat(Catalogue.optOut("{}")).isEmpty();
  }

  private ObjectNode purpose() {
    return (ObjectNode) catalogue.at("/purposes/dpv:CustomerCare");
  }
}
