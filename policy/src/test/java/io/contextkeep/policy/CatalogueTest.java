package io.contextkeep.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

/** What is a catalogue, and what only looks like one. */
final class CatalogueTest {
  private final ObjectNode catalogue = Catalogue.of(Bundle.builtIn().data());

  @Test
  void theBuiltInOne_isOne() {
    assertThat(Catalogue.faults(catalogue)).isEmpty();
  }

  @Test
  void whatNoRuleReads_isRefused() {
    purpose().put("ttl", 3);
    assertThat(Catalogue.faults(catalogue))
        .containsExactly("/purposes/dpv:CustomerCare against additionalProperties");
  }

  @Test
  void wordsThatAreNoTerms_areRefused() {
    ((ObjectNode) catalogue.path("purposes")).set("dpv:SellingIt", purpose().deepCopy());
    purpose().withArrayProperty("categories").add("pd:Everything");
    purpose().put("basis", "eu-gdpr:A6-1-z");
    assertThat(Catalogue.faults(catalogue))
        .containsExactlyInAnyOrder(
            "a purpose is no DPV term",
            "a category is no DPV term",
            "a purpose's basis is no DPV term",
            "a purpose's basis is of no jurisdiction");
  }

  @Test
  void aFaultInAnyPartOfTheForm_saysWhereItIs() {
    catalogue.withObject("/assurance").put("acr", 3);
    assertThat(Catalogue.faults(catalogue)).containsExactly("/assurance/acr against type");
  }

  @Test
  void aMaskThatTheVaultDoesNotKnow_isRefused() {
    purpose().withObjectProperty("masks").put("pd:Name", "SMUDGE");
    assertThat(Catalogue.faults(catalogue)).anyMatch(fault -> fault.endsWith("against enum"));
  }

  @Test
  void whereLawsAreGiven_everyBasisIsOfOne() {
    catalogue.withObject("/jurisdictions/eu/bases").remove("eu-gdpr:A6-1-b");
    assertThat(Catalogue.faults(catalogue))
        .containsExactly("a purpose's basis is of no jurisdiction");
  }

  @Test
  void whatIsSaleOrSharing_theLawsSay() {
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
